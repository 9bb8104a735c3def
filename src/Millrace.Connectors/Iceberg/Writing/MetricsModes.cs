using System.Globalization;
using System.Text.RegularExpressions;

namespace Millrace.Connectors.Iceberg;

/// <summary>How much of a column's figures goes into manifests.</summary>
/// <param name="Counts">Whether values, nulls and NaN are counted.</param>
/// <param name="Width">Characters or bytes of bounds that are kept; 0 for no bounds, <see cref="int.MaxValue"/> for whole ones.</param>
internal readonly partial record struct MetricsMode(bool Counts, int Width)
{
    public static MetricsMode None => new(false, 0);

    public static MetricsMode Truncated => new(true, BoundTruncation.Width);

    public bool HasBounds => Width > 0;

    /// <summary>Reads <c>none</c>, <c>counts</c>, <c>truncate(16)</c> or <c>full</c>; null for anything else.</summary>
    public static MetricsMode? Parse(string text) => text.Trim().ToLowerInvariant() switch
    {
        "none" => None,
        "counts" => new(true, 0),
        "full" => new(true, int.MaxValue),
        var other => Truncate().Match(other) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0
            ? new(true, width)
            : null,
    };

    [GeneratedRegex(@"^truncate\((\d+)\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Truncate();
}

/// <summary>The metrics modes of the columns of a table as its properties <c>write.metadata.metrics.*</c> say. Immutable.</summary>
internal sealed class MetricsModes
{
    private const string Default = "write.metadata.metrics.default";
    private const string OfColumn = "write.metadata.metrics.column.";
    private const string MaxInferred = "write.metadata.metrics.max-inferred-column-defaults";
    private const int MaxInferredColumns = 100;

    private readonly Dictionary<int, MetricsMode> _modes = [];

    private MetricsModes()
    {
    }

    public MetricsMode this[int fieldId] => _modes.GetValueOrDefault(fieldId, MetricsMode.None);

    public static MetricsModes Of(TableMetadata table)
    {
        var modes = new MetricsModes();
        MetricsMode? given = Mode(table, Default);
        int inferred = int.TryParse(table.Properties.GetValueOrDefault(MaxInferred), CultureInfo.InvariantCulture, out int asked) && asked >= 0 ? asked : MaxInferredColumns;
        var sorted = table.SortOrder.Fields.Select(f => f.SourceId).ToHashSet();
        int leaves = 0;
        foreach (int id in table.Schema.Ids.Where(i => !LineageColumns.IsLineage(i) && table.Schema.Find(i)!.Type is IcebergPrimitive).Order())
        {
            // Without a word of the table, tables of very many columns get figures of the first.
            MetricsMode mode = given ?? (leaves++ < inferred ? MetricsMode.Truncated : MetricsMode.None);
            if (sorted.Contains(id) && !mode.HasBounds)
            {
                mode = MetricsMode.Truncated;
            }

            modes._modes[id] = Mode(table, OfColumn + table.Schema.PathOf(id)) ?? mode;
        }

        return modes;
    }

    private static MetricsMode? Mode(TableMetadata table, string property)
    {
        if (!table.Properties.TryGetValue(property, out string? text))
        {
            return null;
        }

        return MetricsMode.Parse(text) ?? throw IcebergErrors.Property(property, text, "none, counts, truncate(16) or full");
    }
}
