using System.Collections.Immutable;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Whether figures of a file tell that every row of it matches, so that the file can go as a whole.</summary>
internal static class FilterCertainty
{
    public static bool IsCertain(DataFile file, IReadOnlyList<ScanPredicate> predicates)
    {
        foreach (ScanPredicate predicate in predicates)
        {
            if (!IsCertain(file.Metrics, predicate))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsCertain(FileMetrics metrics, ScanPredicate predicate)
    {
        int id = predicate.Field.Id;
        if (!metrics.NullCounts.TryGetValue(id, out long nulls) || !metrics.ValueCounts.TryGetValue(id, out long values))
        {
            return false;
        }

        if (predicate.Operator is PredicateOperator.IsNull or PredicateOperator.IsNotNull)
        {
            return predicate.Operator == PredicateOperator.IsNull ? nulls == values : nulls == 0;
        }

        // A null makes no comparison true, and NaN is in no bound.
        bool mayHaveNan = predicate.Type.Kind is IcebergKind.Float or IcebergKind.Double && metrics.NanCounts.GetValueOrDefault(id, 1) != 0;
        if (nulls != 0 || mayHaveNan || Bound(metrics.LowerBounds, predicate) is not { } lower || Bound(metrics.UpperBounds, predicate) is not { } upper)
        {
            return false;
        }

        if (predicate.Operator == PredicateOperator.In)
        {
            return SingleValue.Compare(lower, upper) == 0 && predicate.MayHold(lower, upper);
        }

        int fromLower = SingleValue.Compare(lower, predicate.Values[0]);
        int fromUpper = SingleValue.Compare(upper, predicate.Values[0]);
        return predicate.Operator switch
        {
            PredicateOperator.Equal => fromLower == 0 && fromUpper == 0,
            PredicateOperator.NotEqual => fromLower > 0 || fromUpper < 0,
            PredicateOperator.Less => fromUpper < 0,
            PredicateOperator.LessOrEqual => fromUpper <= 0,
            PredicateOperator.Greater => fromLower > 0,
            _ => fromLower >= 0,
        };
    }

    private static object? Bound(ImmutableSortedDictionary<int, byte[]> bounds, ScanPredicate predicate)
        => bounds.TryGetValue(predicate.Field.Id, out byte[]? bytes) ? SingleValue.FromBytes(predicate.Type, bytes) : null;
}
