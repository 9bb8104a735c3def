using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A stage at work in one lane. In each round it is pushed the rows of its inputs, then the round ends. What it gives goes to
/// <see cref="StageContext.Emit"/>. Between rounds nothing is under way, so what it exports then is all there is. One thread
/// at a time uses it.
/// </summary>
public abstract class StageOperator : IDisposable
{
    /// <summary>Takes rows of an input.</summary>
    /// <param name="input">Number of the input.</param>
    /// <param name="rows">At least one row, in the input's <see cref="StagePlan.BatchSchema"/>; borrowed.</param>
    public abstract void Push(int input, RecordBatch rows);

    /// <summary>No more rows of an input come than those of the round that is about to end. Called once for each run.</summary>
    /// <param name="input">Number of the input.</param>
    public virtual void EndInput(int input)
    {
    }

    /// <summary>
    /// All rows of the round were pushed. Called in rounds that pushed something here, and whenever the watermark of the stage
    /// has moved or <see cref="WakesAt"/> has come.
    /// </summary>
    public virtual ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Time of the run's clock at which a round is wanted even without rows, in microseconds; null for none.</summary>
    public virtual long? WakesAt => null;

    /// <summary>
    /// The watermark of what it gives, for the watermark of its inputs: earlier, where it may still give rows with earlier
    /// times.
    /// </summary>
    public virtual long WatermarkOf(long watermark) => watermark;

    /// <summary>What is kept here.</summary>
    public virtual StateSize Size => default;

    /// <summary>Hands over what changed in its state since the last call, or all of it. Called between rounds.</summary>
    /// <param name="writer">Gets it.</param>
    /// <param name="full">Whether all of it is wanted.</param>
    public virtual void Export(IStateWriter writer, bool full)
    {
    }

    /// <summary>
    /// Takes state in that an earlier run exported, in the order in which it was exported, before the first round. Rows come
    /// to the lane of their key.
    /// </summary>
    /// <param name="table">Name of one of the stage's <see cref="StagePlan.State"/>.</param>
    /// <param name="change">What the rows mean.</param>
    /// <param name="rows">In the table's schema, of removals only the key columns; borrowed.</param>
    public virtual void Import(string table, StateChange change, RecordBatch rows)
        => throw new InvalidOperationException($"{GetType().Name} keeps nothing.");

    public virtual void Dispose()
    {
    }
}
