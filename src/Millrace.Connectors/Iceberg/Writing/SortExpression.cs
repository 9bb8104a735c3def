using System.Text.RegularExpressions;

namespace Millrace.Connectors.Iceberg;

/// <summary>Keys of a sort order as users write them: <c>id</c>, <c>day(ts) desc</c>, <c>name asc nulls last</c>.</summary>
internal static partial class SortExpression
{
    /// <summary>The order; nulls come first where the order ascends and last where it descends, unless it is said.</summary>
    public static SortOrder Parse(IReadOnlyList<string> expressions, TableSchema schema)
    {
        var fields = new List<SortField>();
        foreach (string expression in expressions)
        {
            Match match = Pattern().Match(expression);
            TransformExpression key = TransformExpression.Parse(match.Groups["key"].Value, schema);
            bool descends = match.Groups["direction"].Value.Equals("desc", StringComparison.OrdinalIgnoreCase);
            bool nullsFirst = match.Groups["nulls"].Success ? match.Groups["nulls"].Value.Equals("first", StringComparison.OrdinalIgnoreCase) : !descends;
            fields.Add(new SortField(key.Source.Id, key.Transform, descends, nullsFirst));
        }

        return fields.Count == 0 ? SortOrder.Unsorted : new SortOrder(1, fields);
    }

    public static string TextOf(SortOrder order, TableSchema schema)
    {
        string text = string.Join(", ", order.Fields.Select(f =>
            $"{PartitionExpression.TextOf(f.Transform, schema.PathOf(f.SourceId))}{(f.Descending ? " desc" : "")}{(f.NullsFirst == f.Descending ? f.NullsFirst ? " nulls first" : " nulls last" : "")}"));
        return text.Length == 0 ? "nothing" : text;
    }

    [GeneratedRegex(@"^\s*(?<key>.+?)(?:\s+(?<direction>asc|desc))?(?:\s+nulls\s+(?<nulls>first|last))?\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
