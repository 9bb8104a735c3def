using Millrace.Columnar;

namespace Millrace.Runtime;

/// <summary>How large the open epoch is.</summary>
/// <param name="Rows">Rows handed to the sink.</param>
/// <param name="Bytes">Their size in memory.</param>
/// <param name="Age">Time since the first of them.</param>
internal readonly record struct EpochSize(long Rows, long Bytes, TimeSpan Age);

/// <summary>Decides when an epoch is closed. It is asked at the ends of batches only, so it also says how small those have to be.</summary>
internal abstract class Batching
{
    /// <summary>Rows that readers should put into a batch.</summary>
    public virtual int BatchRows => RecordBatch.DefaultRows;

    /// <summary>How long an epoch with rows stays open; null for as long as it takes to fill.</summary>
    public virtual TimeSpan? Window => null;

    /// <summary>Whether more rows may join the epoch.</summary>
    public virtual bool HasRoom(in EpochSize size, long rows) => true;

    /// <summary>Whether the epoch is to be committed now.</summary>
    public abstract bool IsFull(in EpochSize size);

    /// <summary>An epoch was committed.</summary>
    /// <param name="size">Its size.</param>
    /// <param name="latency">What writing and committing it took, without the waiting for rows.</param>
    public virtual void Committed(in EpochSize size, TimeSpan latency)
    {
    }
}
