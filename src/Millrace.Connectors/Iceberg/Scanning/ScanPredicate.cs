using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>A comparison of a column of a table with a constant, for leaving out files.</summary>
/// <param name="Field">The column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Value">The constant in the form of <see cref="SingleValue"/>; null for the tests for null.</param>
internal sealed record ScanPredicate(IcebergField Field, IcebergPrimitive Type, PredicateOperator Operator, object? Value)
{
    /// <summary>The predicates that can be judged by figures of files; the others are left to whoever filters rows.</summary>
    public static List<ScanPredicate> Bind(IReadOnlyList<ColumnPredicate> predicates, TableSchema schema)
    {
        var bound = new List<ScanPredicate>();
        foreach (ColumnPredicate predicate in predicates)
        {
            // Figures of lineage tell only of the rows that have it in their file.
            if (schema.Fields.FirstOrDefault(f => f.Name == predicate.Column) is not { Type: IcebergPrimitive type } field || RowLineage.IsLineage(field.Id))
            {
                continue;
            }

            if (predicate.Operator is PredicateOperator.IsNull or PredicateOperator.IsNotNull)
            {
                bound.Add(new ScanPredicate(field, type, predicate.Operator, null));
            }
            else if (predicate.Value is { } value && value.Type.Equals(TypeMapping.ToColumnType(type)) && ColumnValue.Read(value, 0) is { } constant)
            {
                bound.Add(new ScanPredicate(field, type, predicate.Operator, constant));
            }
        }

        return bound;
    }

    /// <summary>Whether a value between two bounds can make the comparison true.</summary>
    /// <param name="lower">At most the least value; null for not known.</param>
    /// <param name="upper">At least the greatest; null for not known.</param>
    /// <param name="constant">What values are compared with.</param>
    public bool MayHold(object? lower, object? upper, object constant) => Operator switch
    {
        PredicateOperator.Equal => !IsBelow(upper, constant) && !IsBelow(constant, lower),
        PredicateOperator.Less => lower is null || SingleValue.Compare(lower, constant) < 0,
        PredicateOperator.LessOrEqual => !IsBelow(constant, lower),
        PredicateOperator.Greater => upper is null || SingleValue.Compare(upper, constant) > 0,
        PredicateOperator.GreaterOrEqual => !IsBelow(upper, constant),
        _ => true,
    };

    private static bool IsBelow(object? left, object? right) => left is not null && right is not null && SingleValue.Compare(left, right) < 0;
}
