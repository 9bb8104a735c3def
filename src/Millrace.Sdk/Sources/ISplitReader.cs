using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>Reads one split. One lane at a time uses it.</summary>
public interface ISplitReader : IAsyncDisposable
{
    /// <summary>The next rows, whose batch the caller owns; null at the end of the split.</summary>
    ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation);

    /// <summary>
    /// After the last batch: why the split was broken off before its end; null when it has ended. For sources that are followed,
    /// whose input may go or change between a plan and its reading. What is behind the last batch counts as not read, as does what
    /// follows of the same key, and the next plan decides about it.
    /// </summary>
    MillraceException? BrokenOff => null;
}

/// <summary>A batch and how far the split is read when its last row is.</summary>
/// <param name="Batch">At least one row.</param>
/// <param name="Position">Position behind the batch's last row.</param>
/// <param name="BytesRead">Bytes of the source that the batch stands for, for progress and limits.</param>
public readonly record struct SplitBatch(RecordBatch Batch, Position Position, long BytesRead = 0)
{
    /// <summary>Where the rows are from, for messages and dead letters; null if that is not known.</summary>
    public BatchOrigin? Origin { get; init; }

    /// <summary>
    /// Whether more rows follow that belong to the same unit of the source, such as a transaction, so that no epoch ends here. Ends
    /// with the next batch that does not say so, or with the plan.
    /// </summary>
    public bool IsPartOfUnit { get; init; }
}
