using System.Text.RegularExpressions;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Reads conditions on partition columns: <c>region = 'eu' and ts >= '2026-03-01' and code is not null</c>.</summary>
internal static partial class PartitionFilter
{
    /// <summary>The predicates, whose values the caller disposes.</summary>
    public static List<ColumnPredicate> Parse(string text, TableMetadata table, string path)
    {
        var predicates = new List<ColumnPredicate>();
        try
        {
            int at = 0;
            while (true)
            {
                Match match = Condition().Match(text, at);
                if (!match.Success)
                {
                    throw MaintenanceErrors.Filter(path, $"'{text[at..].Trim()}' is no condition");
                }

                predicates.Add(Bind(match, table, path));
                at = match.Index + match.Length;
                if (text[at..].Trim().Length == 0)
                {
                    return predicates;
                }

                Match and = And().Match(text, at);
                if (!and.Success)
                {
                    throw MaintenanceErrors.Filter(path, $"'{text[at..].Trim()}' follows a condition; only `and` joins them");
                }

                at += and.Length;
            }
        }
        catch
        {
            predicates.ForEach(p => p.Value?.Dispose());
            throw;
        }
    }

    private static ColumnPredicate Bind(Match match, TableMetadata table, string path)
    {
        string name = match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Groups["column"].Value;
        List<string> partitioned = [.. table.Specs.SelectMany(s => s.Fields).Where(f => f.Transform.Kind != TransformKind.Void).Select(f => table.Schema.PathOf(f.SourceId)).Distinct()];
        IcebergField field = table.Schema.Find(name) ?? throw MaintenanceErrors.Filter(path, $"There is no column '{name}'{NearestName.Suggest(name, table.Schema.Fields.Select(f => f.Name))}");
        if (!partitioned.Contains(table.Schema.PathOf(field.Id)) || field.Type is not IcebergPrimitive)
        {
            throw MaintenanceErrors.Filter(path, partitioned.Count == 0
                ? $"The table is not partitioned, so '{name}' tells nothing of its files"
                : $"The table is not partitioned by '{name}' but by {string.Join(", ", partitioned)}");
        }

        if (match.Groups["null"].Success)
        {
            return new ColumnPredicate(field.Name, match.Groups["not"].Success ? PredicateOperator.IsNotNull : PredicateOperator.IsNull, null);
        }

        string value = match.Groups["text"].Success ? match.Groups["text"].Value.Replace("''", "'", StringComparison.Ordinal) : match.Groups["bare"].Value;
        using ColumnBuilder builder = ColumnBuilder.Create(DataType.Utf8);
        ColumnValue.Append(builder, value);
        using Column text = builder.Build();
        CastResult cast = Cast.To(text, TypeMapping.ToColumnType(field.Type));
        if (cast.Failures.Count > 0)
        {
            cast.Column.Dispose();
            throw MaintenanceErrors.Filter(path, $"'{value}' is no {field.Type}, which '{name}' is");
        }

        return new ColumnPredicate(field.Name, match.Groups["operator"].Value switch
        {
            "=" => PredicateOperator.Equal,
            "<>" or "!=" => PredicateOperator.NotEqual,
            "<" => PredicateOperator.Less,
            "<=" => PredicateOperator.LessOrEqual,
            ">" => PredicateOperator.Greater,
            _ => PredicateOperator.GreaterOrEqual,
        }, cast.Column);
    }

    [GeneratedRegex(
        """\G\s*(?:"(?<quoted>[^"]+)"|(?<column>[\w.]+))\s*(?:(?<operator><>|!=|<=|>=|=|<|>)\s*(?:'(?<text>(?:[^']|'')*)'|(?<bare>[^\s']+))|is\s+(?<not>not\s+)?(?<null>null))""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Condition();

    [GeneratedRegex(@"\G\s+and\s", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex And();
}
