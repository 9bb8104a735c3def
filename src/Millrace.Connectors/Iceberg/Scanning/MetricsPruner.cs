using System.Collections.Immutable;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Leaves out files whose columns' figures tell that no row matches (specification, "Scan Planning").</summary>
internal static class MetricsPruner
{
    public static bool MayMatch(DataFile file, IReadOnlyList<ScanPredicate> predicates)
    {
        foreach (ScanPredicate predicate in predicates)
        {
            if (!MayMatch(file.Metrics, predicate))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MayMatch(FileMetrics metrics, ScanPredicate predicate)
    {
        int id = predicate.Field.Id;
        long? nulls = metrics.NullCounts.TryGetValue(id, out long count) ? count : null;
        long? values = metrics.ValueCounts.TryGetValue(id, out count) ? count : null;
        switch (predicate.Operator)
        {
            case PredicateOperator.IsNull:
                return nulls != 0;
            case var _ when nulls is not null && nulls == values:
                return false;
            case PredicateOperator.IsNotNull:
                return true;
        }

        // NaN is above all numbers and in no bound.
        bool mayHaveNan = predicate.Type.Kind is IcebergKind.Float or IcebergKind.Double && !(metrics.NanCounts.TryGetValue(id, out long nans) && nans == 0);
        return predicate.MayHold(Bound(metrics.LowerBounds, predicate), mayHaveNan ? null : Bound(metrics.UpperBounds, predicate));
    }

    private static object? Bound(ImmutableSortedDictionary<int, byte[]> bounds, ScanPredicate predicate)
        => bounds.TryGetValue(predicate.Field.Id, out byte[]? bytes) ? SingleValue.FromBytes(predicate.Type, bytes) : null;
}
