using System.Buffers.Binary;
using System.Collections.Immutable;
using Millrace.Formats.Parquet;

namespace Millrace.Connectors.Iceberg;

/// <summary>Figures of a data file for its manifest, out of the footer that was written (specification, "Manifests", metrics).</summary>
internal static class ParquetMetrics
{
    /// <param name="footer">The footer of the file.</param>
    /// <param name="schema">The schema that the file was written with.</param>
    /// <param name="nans">NaN by field id, which a footer does not tell.</param>
    /// <param name="modes">How much is told of each column.</param>
    public static FileMetrics Of(FileMetadata footer, TableSchema schema, IReadOnlyDictionary<int, long> nans, MetricsModes modes)
    {
        var sizes = ImmutableSortedDictionary.CreateBuilder<int, long>();
        var values = ImmutableSortedDictionary.CreateBuilder<int, long>();
        var nulls = ImmutableSortedDictionary.CreateBuilder<int, long>();
        var lower = ImmutableSortedDictionary.CreateBuilder<int, byte[]>();
        var upper = ImmutableSortedDictionary.CreateBuilder<int, byte[]>();
        foreach (MetricLeaf leaf in LeavesOf(footer.Schema))
        {
            if (leaf.FieldId is not { } id || schema.Find(id)?.Type is not IcebergPrimitive type)
            {
                continue;
            }

            List<ColumnMetadata> chunks = [.. footer.RowGroups.Select(g => g.Columns[leaf.Index].Metadata!)];
            sizes[id] = chunks.Sum(c => c.CompressedSize);
            MetricsMode mode = modes[id];
            if (!mode.Counts)
            {
                continue;
            }

            values[id] = chunks.Sum(c => c.ValueCount);
            if (chunks.All(c => c.Statistics?.NullCount is not null))
            {
                nulls[id] = chunks.Sum(c => c.Statistics!.NullCount!.Value);
            }

            // The bounds of elements say nothing about rows.
            if (mode.HasBounds && !leaf.IsRepeated && chunks.All(c => c.Statistics?.Min is not null || c.Statistics?.NullCount == c.ValueCount))
            {
                Bound(type, leaf.Element, chunks, mode.Width, lower, upper);
            }
        }

        return new FileMetrics
        {
            ColumnSizes = sizes.ToImmutable(),
            ValueCounts = values.ToImmutable(),
            NullCounts = nulls.ToImmutable(),
            NanCounts = nans.Where(n => modes[n.Key].Counts).ToImmutableSortedDictionary(),
            LowerBounds = lower.ToImmutable(),
            UpperBounds = upper.ToImmutable(),
        };
    }

    private static void Bound(
        IcebergPrimitive type,
        SchemaElement element,
        List<ColumnMetadata> chunks,
        int width,
        ImmutableSortedDictionary<int, byte[]>.Builder lower,
        ImmutableSortedDictionary<int, byte[]>.Builder upper)
    {
        object? least = null;
        object? most = null;
        foreach (ColumnStatistics statistics in chunks.Select(c => c.Statistics!).Where(s => s.Min is not null && s.Max is not null))
        {
            object min = Value(type, element, statistics.Min!);
            object max = Value(type, element, statistics.Max!);
            least = least is null || SingleValue.Compare(min, least) < 0 ? min : least;
            most = most is null || SingleValue.Compare(max, most) > 0 ? max : most;
        }

        if (least is null || most is null)
        {
            return;
        }

        int id = element.FieldId!.Value;
        bool isText = type.Kind == IcebergKind.String;
        bool isLong = isText || type.Kind == IcebergKind.Binary;
        byte[] low = SingleValue.ToBytes(type, least);
        byte[] high = SingleValue.ToBytes(type, most);
        lower[id] = isLong ? BoundTruncation.Lower(low, isText, width) : low;
        if ((isLong ? BoundTruncation.Upper(high, isText, width) : high) is { } above)
        {
            upper[id] = above;
        }
    }

    // The footer has values in plain encoding: decimals as numbers or with the highest byte first, all else as the manifest does.
    private static object Value(IcebergPrimitive type, SchemaElement element, byte[] plain) => (type.Kind, element.Type) switch
    {
        (IcebergKind.Decimal, PhysicalType.Int32) => (Int128)BinaryPrimitives.ReadInt32LittleEndian(plain),
        (IcebergKind.Decimal, PhysicalType.Int64) => (Int128)BinaryPrimitives.ReadInt64LittleEndian(plain),
        _ => SingleValue.FromBytes(type, plain),
    };

    private static List<MetricLeaf> LeavesOf(List<SchemaElement> elements)
    {
        var leaves = new List<MetricLeaf>();
        int next = 1;
        for (int i = 0; i < (elements[0].ChildCount ?? 0); i++)
        {
            Visit(isRepeated: false);
        }

        return leaves;

        void Visit(bool isRepeated)
        {
            SchemaElement element = elements[next++];
            isRepeated |= element.Repetition == Repetition.Repeated;
            if (element.Type is not null)
            {
                leaves.Add(new MetricLeaf(leaves.Count, element, isRepeated));
            }

            for (int i = 0; i < (element.ChildCount ?? 0); i++)
            {
                Visit(isRepeated);
            }
        }
    }

    private sealed record MetricLeaf(int Index, SchemaElement Element, bool IsRepeated)
    {
        public int? FieldId => Element.FieldId;
    }
}
