namespace Millrace.Columnar;

/// <summary>
/// Applies predicates to the rows of batches: what a reader does after pruning, which only sees whole chunks. A row is kept if every
/// predicate is true; a comparison with null is not. One serves a whole scan, so that long lists are taken in once. Borrows the constants;
/// any number of threads may use it.
/// </summary>
public sealed class PredicateFilter : IDisposable
{
    private readonly IReadOnlyList<ColumnPredicate> _predicates;
    private readonly ValueSet?[] _sets;

    /// <param name="predicates">The predicates, whose constants outlive the filter.</param>
    public PredicateFilter(IReadOnlyList<ColumnPredicate> predicates)
    {
        _predicates = predicates;
        _sets = new ValueSet?[predicates.Count];
        for (int i = 0; i < _sets.Length; i++)
        {
            if (predicates[i] is { Operator: PredicateOperator.In, Value: { } constants })
            {
                _sets[i] = ValueSet.Create(constants);
            }
        }
    }

    /// <summary>The rows that every predicate is true for; the batch itself, shared, if all are. The caller owns the result.</summary>
    public RecordBatch Apply(RecordBatch batch)
    {
        using BooleanColumn? kept = Test(batch);
        return kept is null ? batch.Share() : Filter.Apply(batch, kept);
    }

    /// <summary>Whether every predicate is true for each row; false or null for the others. Absent without predicates. The caller owns the result.</summary>
    public BooleanColumn? Test(RecordBatch batch)
    {
        BooleanColumn? kept = null;
        try
        {
            for (int i = 0; i < _sets.Length; i++)
            {
                BooleanColumn next = Test(batch, _predicates[i], _sets[i]);
                if (kept is null)
                {
                    kept = next;
                    continue;
                }

                using BooleanColumn before = kept;
                using (next)
                {
                    kept = null;
                    kept = Logic.And(before, next);
                }
            }

            return kept;
        }
        catch
        {
            kept?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (ValueSet? set in _sets)
        {
            set?.Dispose();
        }

        Array.Clear(_sets);
    }

    private static BooleanColumn Test(RecordBatch batch, ColumnPredicate predicate, ValueSet? set)
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
            PredicateOperator.In => (set ?? throw Missing(predicate)).Contains(column),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Column Constant(ColumnPredicate predicate) => predicate.Value ?? throw Missing(predicate);

    private static ArgumentException Missing(ColumnPredicate predicate) => new($"The predicate {predicate.Operator} on '{predicate.Column}' has no value.");
}
