using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>A comparison of a column of a table with constants, for leaving out files.</summary>
/// <param name="Field">The column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Values">The constants in the form of <see cref="SingleValue"/>: none for the tests for null, several for lists.</param>
internal sealed record ScanPredicate(IcebergField Field, IcebergPrimitive Type, PredicateOperator Operator, IReadOnlyList<object> Values)
{
    /// <summary>The constants in their order: every entry of every manifest is compared with them.</summary>
    public IReadOnlyList<object> Values { get; init => field = Sorted(value); } = Sorted(Values);

    /// <summary>The predicates that can be judged by figures of files; the others are left to whoever filters rows.</summary>
    public static List<ScanPredicate> Bind(IReadOnlyList<ColumnPredicate> predicates, TableSchema schema)
    {
        var bound = new List<ScanPredicate>();
        foreach (ColumnPredicate predicate in predicates)
        {
            // Figures of lineage tell only of the rows that have it in their file.
            if (schema.Fields.FirstOrDefault(f => f.Name == predicate.Column) is not { Type: IcebergPrimitive type } field || LineageColumns.IsLineage(field.Id))
            {
                continue;
            }

            if (predicate.Operator is PredicateOperator.IsNull or PredicateOperator.IsNotNull)
            {
                bound.Add(new ScanPredicate(field, type, predicate.Operator, []));
            }
            else if (predicate.Value is { NullCount: 0 } value && value.Type.Equals(TypeMapping.ToColumnType(type)))
            {
                bound.Add(new ScanPredicate(field, type, predicate.Operator, [.. Enumerable.Range(0, value.Length).Select(i => ColumnValue.Read(value, i)!)]));
            }
        }

        return bound;
    }

    /// <summary>Whether a value between two bounds can make the comparison true.</summary>
    /// <param name="lower">At most the least value; null for not known.</param>
    /// <param name="upper">At least the greatest; null for not known.</param>
    public bool MayHold(object? lower, object? upper) => Operator switch
    {
        PredicateOperator.Equal or PredicateOperator.In => HasBetween(lower, upper),
        PredicateOperator.Less => lower is null || SingleValue.Compare(lower, Values[0]) < 0,
        PredicateOperator.LessOrEqual => !IsBelow(Values[0], lower),
        PredicateOperator.Greater => upper is null || SingleValue.Compare(upper, Values[0]) > 0,
        PredicateOperator.GreaterOrEqual => !IsBelow(upper, Values[0]),
        _ => true,
    };

    private bool HasBetween(object? lower, object? upper)
    {
        int first = lower is null ? 0 : SortedSearch.FirstFrom(Values.Count, (Values, lower), static (s, i) => SingleValue.Compare(s.Values[i], s.lower) < 0);
        return first < Values.Count && !IsBelow(upper, Values[first]);
    }

    private static IReadOnlyList<object> Sorted(IReadOnlyList<object> values)
    {
        if (values.Count < 2)
        {
            return values;
        }

        object[] sorted = [.. values];
        Array.Sort(sorted, SingleValue.Compare);
        return sorted;
    }

    private static bool IsBelow(object? left, object? right) => left is not null && right is not null && SingleValue.Compare(left, right) < 0;
}
