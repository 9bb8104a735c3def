using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Connectors.Postgres;

/// <summary>A place in the order of a cursor, as the server's text.</summary>
/// <param name="Value">Value of the cursor; null among the rows without one, which come first.</param>
/// <param name="Key">Tie-breaker of the last row read among those of the value; null when all of them were.</param>
/// <param name="Seen">The transactions whose rows were visible (<c>txid_current_snapshot</c>); null where the server cannot say.</param>
/// <param name="IsOpen">Whether rows of the value itself were left to the next read.</param>
internal sealed record ReadMark(string? Value, IReadOnlyList<string>? Key, string? Seen, bool IsOpen = false)
{
    /// <summary>What a row fulfils that was not read when the mark was made.</summary>
    public string Unread(RowOrder order)
    {
        if (Value is null)
        {
            return Key is null ? $"{order.Cursor} IS NOT NULL" : $"({order.Cursor} IS NOT NULL OR {order.Behind(Key)}{OrNew})";
        }

        string value = order.CursorLiteral(Value);
        if (IsOpen)
        {
            return $"{order.Cursor} >= {value}";
        }

        string behind = Key is null ? "" : $" OR {order.Behind(Key)}";
        return behind.Length == 0 && OrNew.Length == 0
            ? $"{order.Cursor} > {value}"
            : $"{order.Cursor} >= {value} AND ({order.Cursor} > {value}{behind}{OrNew})";
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["value"] = Value };
        if (Key is not null)
        {
            json["key"] = new JsonArray([.. Key.Select(k => (JsonNode)k)]);
        }

        if (Seen is not null)
        {
            json["seen"] = Seen;
        }

        if (IsOpen)
        {
            json["open"] = true;
        }

        return json;
    }

    public static ReadMark FromJson(JsonNode json) => new(
        (string?)json["value"],
        json["key"]?.AsArray().Select(k => (string)k!).ToArray(),
        (string?)json["seen"],
        (bool?)json["open"] ?? false);

    private string OrNew => Seen is null ? "" : $" OR {IsNew(Seen)}";

    // A row's xmin is the low half of the number of the transaction that wrote it. It is new if that transaction began after the
    // snapshot was taken or was under way then; comparing modulo 2^32, as the server does, tells before from after.
    private static string IsNew(string snapshot)
    {
        string[] parts = snapshot.Split(':');
        string test = string.Create(CultureInfo.InvariantCulture, $"((xmin::text::int8 - {Low(parts[1])}) & 4294967295) < 2147483648");
        return parts[2].Length == 0 ? test : $"{test} OR xmin::text::int8 IN ({string.Join(", ", parts[2].Split(',').Select(Low))})";
    }

    private static uint Low(string transaction) => unchecked((uint)ulong.Parse(transaction, CultureInfo.InvariantCulture));
}
