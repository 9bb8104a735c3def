using System.Text.Json.Nodes;

namespace Millrace.Connectors.Common;

/// <summary>A place in the order of a cursor, as the server's text.</summary>
/// <param name="Value">Value of the cursor; null among the rows without one, which come first.</param>
/// <param name="Key">Tie-breaker of the last row read among those of the value; null when all of them were.</param>
/// <param name="Seen">The transactions whose rows were visible, as the server describes them; null where it cannot say.</param>
/// <param name="IsOpen">Whether rows of the value itself were left to the next read.</param>
internal sealed record ReadMark(string? Value, IReadOnlyList<string>? Key, string? Seen, bool IsOpen = false)
{
    /// <summary>What a row fulfils that was not read when the mark was made.</summary>
    public string Unread(ICursorOrder order)
    {
        if (Value is null)
        {
            return Key is null ? $"{order.Cursor} IS NOT NULL" : $"({order.Cursor} IS NOT NULL OR {order.Behind(Key)}{OrNew(order)})";
        }

        string value = order.CursorLiteral(Value);
        if (IsOpen)
        {
            return $"{order.Cursor} >= {value}";
        }

        string behind = Key is null ? "" : $" OR {order.Behind(Key)}";
        string orNew = OrNew(order);
        return behind.Length == 0 && orNew.Length == 0
            ? $"{order.Cursor} > {value}"
            : $"{order.Cursor} >= {value} AND ({order.Cursor} > {value}{behind}{orNew})";
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

    private string OrNew(ICursorOrder order) => Seen is null ? "" : $" OR {order.IsNew(Seen)}";
}
