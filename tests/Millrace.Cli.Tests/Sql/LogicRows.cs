using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Rows of two engines as text that can be compared: a row a line, values between tabs.</summary>
internal static class LogicRows
{
    private const double Tolerance = 1e-9;

    /// <summary>A value of a result as it stands in a file.</summary>
    public static string Cell(string? value) => value switch
    {
        null => "NULL",
        "" => "(empty)",
        _ => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal),
    };

    /// <summary>A value as the oracle gives it.</summary>
    public static string Cell(JsonNode? value) => value switch
    {
        null => Cell((string?)null),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => Cell((string)v!),
        JsonValue v when v.GetValueKind() is JsonValueKind.True or JsonValueKind.False => v.ToJsonString(),
        JsonObject o when o.Count == 1 && o["hex"] is { } hex => $"\\\\x{hex}",
        _ => Cell(value.ToJsonString()),
    };

    /// <summary>The first difference in words; null for none.</summary>
    /// <param name="expected">Rows of the one engine.</param>
    /// <param name="found">Rows of the other.</param>
    /// <param name="sorted">Whether the rows come in no order.</param>
    /// <param name="rounding">By how much numbers may differ because one side has fewer digits.</param>
    public static string? Difference(IReadOnlyList<string> expected, IReadOnlyList<string> found, bool sorted, double rounding = 0)
    {
        if (expected.Count != found.Count)
        {
            return $"{expected.Count} rows expected, {found.Count} found\nexpected:\n{Show(expected)}\nfound:\n{Show(found)}";
        }

        string[] a = [.. expected];
        string[] b = [.. found];
        if (sorted)
        {
            Array.Sort(a, Order);
            Array.Sort(b, Order);
        }

        for (int i = 0; i < a.Length; i++)
        {
            string[] left = a[i].Split('\t');
            string[] right = b[i].Split('\t');
            if (left.Length != right.Length || left.Zip(right).Any(p => !Same(p.First, p.Second, rounding)))
            {
                return $"row {i + 1}: expected {a[i]}, found {b[i]}";
            }
        }

        return null;
    }

    // Numbers differ only as far as sums of floating-point numbers in another order do.
    private static bool Same(string a, string b, double rounding = 0)
    {
        if (a == b)
        {
            return true;
        }

        if (double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out double x) && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out double y))
        {
            return x.Equals(y) || Math.Abs(x - y) <= Math.Max(rounding, Tolerance * Math.Max(Math.Abs(x), Math.Abs(y)));
        }

        return (a.StartsWith('[') || a.StartsWith('{')) && SameJson(a, b);
    }

    private static bool SameJson(string a, string b)
    {
        try
        {
            return SameJson(JsonNode.Parse(a), JsonNode.Parse(b));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool SameJson(JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (null, null) => true,
        (JsonArray x, JsonArray y) => x.Count == y.Count && x.Zip(y).All(p => SameJson(p.First, p.Second)),
        (JsonObject x, JsonObject y) => x.Count == y.Count && x.All(p => y.ContainsKey(p.Key) && SameJson(p.Value, y[p.Key])),
        (JsonValue x, JsonValue y) => Same(x.GetValueKind() == JsonValueKind.String ? (string)x! : x.ToJsonString(), y.GetValueKind() == JsonValueKind.String ? (string)y! : y.ToJsonString()),
        _ => false,
    };

    // Equal numbers may be spelled differently, so they are brought to one spelling before sorting.
    private static int Order(string a, string b) => string.CompareOrdinal(Key(a), Key(b));

    private static string Key(string row) => string.Join('\t', row.Split('\t').Select(c =>
        long.TryParse(c, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) || !double.TryParse(c, NumberStyles.Float, CultureInfo.InvariantCulture, out double x)
            ? c
            : x.ToString("E8", CultureInfo.InvariantCulture)));

    private static string Show(IReadOnlyList<string> rows) => string.Join('\n', rows.Take(10).Select(r => "  " + r));
}
