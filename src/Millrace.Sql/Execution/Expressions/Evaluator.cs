using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>An expression that computes its values for batches. Made by <see cref="ExpressionCompiler"/>; each lane has its own.</summary>
/// <param name="type">Type of the values.</param>
public abstract class Evaluator(DataType type) : IDisposable
{
    public DataType Type { get; } = type;

    /// <summary>
    /// The values for the rows of a batch, which is borrowed; the caller owns the result. In a row that is reported to
    /// <paramref name="faults"/> the value means nothing.
    /// </summary>
    public abstract Vector Evaluate(RecordBatch batch, RowFaults faults);

    public virtual void Dispose()
    {
    }

    /// <summary>Disposes several, as far as they exist.</summary>
    internal static void DisposeAll(IEnumerable<Evaluator?> evaluators)
    {
        foreach (Evaluator? evaluator in evaluators)
        {
            evaluator?.Dispose();
        }
    }
}
