using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>What is kept of one window, or of one piece that windows share. One thread uses it.</summary>
internal abstract class WindowSlice : IDisposable
{
    /// <summary>Whether something came since results were last given.</summary>
    public abstract bool HasChanges { get; }

    public abstract StateSize Size { get; }

    /// <summary>Adds rows.</summary>
    /// <param name="vectors">The plan's expressions; borrowed.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="weights">How often each counts; empty for once.</param>
    public abstract void Add(ReadOnlySpan<Vector> vectors, int rows, ReadOnlySpan<long> weights);

    /// <summary>Gives the rows of the result.</summary>
    public abstract void EmitAll(Action<RecordBatch> emit);

    /// <summary>Gives what differs from what was given before, with weights.</summary>
    public abstract void EmitChanges(Action<RecordBatch> emit);

    /// <summary>Takes the result of what there is as given: an earlier run has done so.</summary>
    public abstract void TakeAsGiven();

    /// <summary>Hands over what changed since the last call, or all.</summary>
    public abstract void Export(IStateWriter writer, bool full);

    /// <summary>Takes in what was exported.</summary>
    public abstract void Import(StateChange change, RecordBatch rows);

    /// <summary>What makes saved state forget all of it; the caller owns the batch. Null if nothing was saved.</summary>
    public abstract (StateChange Change, RecordBatch Rows)? Retire();

    public abstract void Dispose();
}
