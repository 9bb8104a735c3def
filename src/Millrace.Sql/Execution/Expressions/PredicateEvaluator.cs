using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A condition, as filters need it. Made by <see cref="ExpressionCompiler.CompilePredicate"/>; each lane has its own.</summary>
/// <param name="condition">Taken over.</param>
public sealed class PredicateEvaluator(Evaluator condition) : IDisposable
{
    /// <summary>A row for each row of the batch, which is borrowed; null counts as false. The caller owns the result.</summary>
    public BooleanColumn Evaluate(RecordBatch batch, RowFaults faults)
    {
        using Vector values = condition.Evaluate(batch, faults);
        return (BooleanColumn)values.ToColumn(batch.Length);
    }

    public void Dispose() => condition.Dispose();
}
