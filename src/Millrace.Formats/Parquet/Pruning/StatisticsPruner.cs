using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Says from the statistics of a row group whether any of its rows can match.</summary>
internal static class StatisticsPruner
{
    public static bool MayMatch(RowGroup group, FileMetadata file, List<LeafPredicate> predicates)
    {
        foreach (LeafPredicate predicate in predicates)
        {
            if (group.Columns[predicate.Leaf.Index].Metadata is { Statistics: { } statistics }
                && !MayMatch(statistics, group.RowCount, predicate, HasDefinedOrder(file, predicate.Leaf)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MayMatch(ColumnStatistics statistics, long rows, LeafPredicate predicate, bool hasOrder)
    {
        switch (predicate.Operator)
        {
            case PredicateOperator.IsNull:
                return statistics.NullCount != 0;
            case PredicateOperator.IsNotNull:
                return statistics.NullCount != rows;
        }

        // Null compares with nothing.
        if (statistics.NullCount == rows)
        {
            return false;
        }

        (byte[]? min, byte[]? max) = hasOrder && statistics is { Min: not null, Max: not null }
            ? (statistics.Min, statistics.Max)
            : HasLegacyOrder(predicate.Leaf) ? (statistics.LegacyMin, statistics.LegacyMax) : (null, null);
        return min is null || max is null || predicate.MayMatch([min], [max]) is not [false];
    }

    // Writers that know bounds in the order of the type also say so; some early ones forgot.
    private static bool HasDefinedOrder(FileMetadata file, SchemaLeaf leaf)
        => file.ColumnOrders is not { } orders || (leaf.Index < orders.Count && orders[leaf.Index].Member == 1);

    // The old bounds were compared as signed numbers or bytes, whatever the type.
    private static bool HasLegacyOrder(SchemaLeaf leaf)
        => leaf.Physical is PhysicalType.Boolean or PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Float or PhysicalType.Double
            && leaf.Type.Id is not (TypeId.UInt8 or TypeId.UInt16 or TypeId.UInt32 or TypeId.UInt64);
}
