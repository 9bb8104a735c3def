using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Rows on their way through a lane.</summary>
/// <param name="Rows">At least one row; borrowed by whoever is handed it.</param>
/// <param name="Part">Number of the part of the source that they come from, so that results can be put in its order.</param>
public readonly record struct Chunk(RecordBatch Rows, int Part);

/// <summary>
/// An operator at work in one lane: it is pushed batches and pushes what it makes of them to the next. One thread uses it;
/// what lanes share is in the node that made it. Nothing in here waits.
/// </summary>
public abstract class LaneOperator : IDisposable
{
    /// <summary>Takes rows, which stay the caller's.</summary>
    public abstract void Push(Chunk chunk);

    /// <summary>
    /// Whether more rows change nothing, as behind a limit; the lane then stops reading.
    /// </summary>
    public virtual bool IsSatisfied => false;

    /// <summary>There are no more rows for this lane. Operators pass it on after the last of their own.</summary>
    public abstract void Finish();

    public virtual void Dispose()
    {
    }
}

/// <summary>Something that several lanes read at once.</summary>
public interface IBatchSource : IAsyncDisposable
{
    /// <summary>The next part that no lane has taken; null when all are taken.</summary>
    ValueTask<Catalog.ITablePart?> NextPartAsync(CancellationToken cancellation);
}
