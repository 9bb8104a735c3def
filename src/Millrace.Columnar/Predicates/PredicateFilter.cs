namespace Millrace.Columnar;

/// <summary>
/// Applies predicates to the rows of a batch: what a reader does after pruning, which only sees whole chunks. A row is
/// kept if every predicate is true; a comparison with null is not.
/// </summary>
public static class PredicateFilter
{
    /// <summary>The rows that every predicate is true for; the batch itself, shared, if all are. The caller owns the result.</summary>
    public static RecordBatch Apply(RecordBatch batch, IReadOnlyList<ColumnPredicate> predicates)
    {
        if (predicates.Count == 0)
        {
            return batch.Share();
        }

        BooleanColumn kept = Test(batch, predicates[0]);
        try
        {
            for (int i = 1; i < predicates.Count; i++)
            {
                using BooleanColumn next = Test(batch, predicates[i]);
                BooleanColumn both = Logic.And(kept, next);
                kept.Dispose();
                kept = both;
            }

            return Filter.Apply(batch, kept);
        }
        finally
        {
            kept.Dispose();
        }
    }

    /// <summary>Whether one predicate is true for each row; null where a comparison meets a null. The caller owns the result.</summary>
    public static BooleanColumn Test(RecordBatch batch, ColumnPredicate predicate)
    {
        Column column = batch[predicate.Column];
        return predicate.Operator switch
        {
            PredicateOperator.IsNull => Logic.IsNull(column),
            PredicateOperator.IsNotNull => Logic.IsNotNull(column),
            PredicateOperator.Equal => Compare.Constant(column, CompareOperator.Equal, Constant(predicate)),
            PredicateOperator.NotEqual => Compare.Constant(column, CompareOperator.NotEqual, Constant(predicate)),
            PredicateOperator.Less => Compare.Constant(column, CompareOperator.Less, Constant(predicate)),
            PredicateOperator.LessOrEqual => Compare.Constant(column, CompareOperator.LessOrEqual, Constant(predicate)),
            PredicateOperator.Greater => Compare.Constant(column, CompareOperator.Greater, Constant(predicate)),
            PredicateOperator.GreaterOrEqual => Compare.Constant(column, CompareOperator.GreaterOrEqual, Constant(predicate)),
            PredicateOperator.In => IsOneOf(column, Constant(predicate)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static BooleanColumn IsOneOf(Column column, Column constants)
    {
        using ValueSet set = ValueSet.Create(constants);
        return set.Contains(column);
    }

    private static Column Constant(ColumnPredicate predicate)
        => predicate.Value ?? throw new ArgumentException($"The predicate {predicate.Operator} on '{predicate.Column}' has no value.");
}
