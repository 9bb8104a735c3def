using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>How one stream will be read. Several lanes open splits of one plan at once.</summary>
public interface IReadPlan : IAsyncDisposable
{
    /// <summary>Schema of every batch: the requested columns in their order, or all.</summary>
    Schema Schema { get; }

    /// <summary>Columns whose types were guessed from a sample; see <see cref="ReadRequest.Widened"/>.</summary>
    bool IsInferred => false;

    /// <summary>
    /// Whether there is nothing to read, and so little is known that <see cref="Schema"/> says nothing either: a folder that
    /// is followed and still empty.
    /// </summary>
    bool IsEmpty => false;

    /// <summary>What is to be read and is not there yet, for people; null if nothing is waited for.</summary>
    string? Awaited => null;

    /// <summary>What of the request the reader does by itself; the runtime does the rest.</summary>
    Pushdown Pushdown { get; }

    /// <summary>Bytes to be read, for progress; null when unknown.</summary>
    long? Bytes => null;

    /// <summary>Rows to be read, for progress; null when unknown.</summary>
    long? Rows => null;

    /// <summary>When the newest of the input was made, by the clock of where it is, for the lag of a job; null when unknown.</summary>
    DateTimeOffset? NewestInput => null;

    /// <summary>
    /// Keys of <see cref="ReadRequest.Since"/> that the source will not ask about any more, since what they stood for is gone for
    /// good. The next commit leaves them out.
    /// </summary>
    IReadOnlyCollection<string> Forgotten => [];

    /// <summary>
    /// After the last split: whether reading came to rows that have other columns than the plan, and ended before them. Planning
    /// again goes on there, also in a run that does not follow its source.
    /// </summary>
    bool IsOutgrown => false;

    /// <summary>
    /// A plan for some columns of every row of the stream as of the moment of this one, whatever this one reads of them: a row of
    /// an earlier read that is not among them is gone. It is disposed before this one. Null where the source cannot tell.
    /// </summary>
    /// <param name="columns">The columns, which are among those of this plan.</param>
    IReadPlan? EveryRow(IReadOnlyList<RequestedColumn> columns) => null;

    /// <summary>
    /// The splits, in the order of the stream, as they are found: reading may start before planning ends. Splits that are
    /// finished according to <see cref="ReadRequest.Since"/> are left out.
    /// </summary>
    IAsyncEnumerable<Split> SplitsAsync(CancellationToken cancellation);

    /// <summary>Opens a split at a position that an earlier run reached, or at its beginning.</summary>
    /// <param name="split">One of this plan.</param>
    /// <param name="from">
    /// How far the split's key was read according to <see cref="ReadRequest.Since"/>; null for not at all. Where several splits
    /// share a key it may be a position of another one, and then this one is read from its beginning.
    /// </param>
    /// <param name="errors">Receives the rows that cannot be decoded, before the batch that follows them is returned.</param>
    /// <param name="cancellation">Stops the opening.</param>
    ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation);
}

/// <summary>Which parts of a request a source took over completely.</summary>
public sealed record Pushdown
{
    public bool Projection { get; init; }

    /// <summary>Whether no row that fails a predicate comes out. Pruning alone does not count.</summary>
    public bool Predicates { get; init; }

    public bool Limit { get; init; }
}
