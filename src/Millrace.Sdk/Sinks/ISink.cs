using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>The writing side of a connector. Methods are called one at a time, in the order in which they stand here.</summary>
public interface ISink : IAsyncDisposable
{
    /// <summary>What a job that writes here can promise, with its options as they are.</summary>
    DeliveryGuarantee Guarantee { get; }

    /// <summary>
    /// Whether a writer commits only once, at the end of the run, because the target is one indivisible thing such as a
    /// single file. The runtime then makes the whole run one epoch, and <see cref="RecoverAsync"/> returns null.
    /// </summary>
    bool CommitsOnce => false;

    /// <summary>The system behind the sink as <c>connector:host</c>; null for what is local. See <see cref="ISource.Remote"/>.</summary>
    string? Remote => null;

    /// <summary>How long an epoch of a continuous run should stay open, when the job does not say: as long as makes objects of a sensible size.</summary>
    TimeSpan SuggestedWindow => TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the target holds the progress of jobs beside their rows. For one that cannot, the runtime keeps it in its state
    /// store after each commit, so that a crash between the two repeats an epoch.
    /// </summary>
    bool KeepsProgress => !CommitsOnce;

    /// <summary>The job's commits as the target holds them; null for a target that holds none or cannot list them.</summary>
    ICheckpointLog? Commits => null;

    /// <summary>Can it be reached, and may the job write? Changes nothing.</summary>
    ValueTask<CheckReport> CheckAsync(CancellationToken cancellation);

    /// <summary>
    /// The last committed checkpoint of the job, or null. Finishes a commit that a dead run had decided and undoes what it
    /// had only staged; afterwards the place holds committed rows only.
    /// </summary>
    ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation);

    /// <summary>Makes the target fit a schema, as far as the policy allows. Nothing is visible to readers before the first commit where that can be had.</summary>
    ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation);

    /// <summary>Opens the writer for a run.</summary>
    ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation);
}

/// <summary>Stages rows and commits them by epoch. One thread at a time uses it.</summary>
public interface ISinkWriter : IAsyncDisposable
{
    /// <summary>Stages rows; the batch is borrowed for the call.</summary>
    ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation);

    /// <summary>
    /// Brings what is staged so far that only the commit is left, so that the target has seen every row of the epoch: those that
    /// it does not take go to <see cref="SinkRequest.Errors"/>. Nothing is written between this and the commit.
    /// </summary>
    ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>
    /// The atomic point: makes the staged rows visible and the checkpoint the last one, both or neither. After a return
    /// they are durable. An epoch without rows is committed too, since its checkpoint may have moved.
    /// </summary>
    ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation);

    /// <summary>Forgets what is staged since the last commit.</summary>
    ValueTask AbortAsync(CancellationToken cancellation);
}

/// <summary>How a run writes.</summary>
public sealed record SinkRequest
{
    public required Schema Schema { get; init; }

    public WriteMode Mode { get; init; } = WriteMode.Append;

    /// <summary>Key columns for <see cref="WriteMode.Merge"/> and its kin.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Unique id of the run, part of the names of what it writes.</summary>
    public required string RunId { get; init; }

    public long FencingToken { get; init; }

    /// <summary>
    /// Whether the run goes on from the checkpoint that <see cref="ISink.RecoverAsync"/> returned. An overwriting run then
    /// keeps what its earlier epochs wrote, instead of replacing it.
    /// </summary>
    public bool Resumes { get; init; }

    /// <summary>
    /// Whether the rows of the run, which is one epoch, are all that there are, so that what the target has beside them is gone
    /// where they are from. For <see cref="WriteMode.SnapshotDiff"/> always, for <see cref="WriteMode.Scd2"/> in full reads.
    /// </summary>
    public bool IsSnapshot { get; init; }

    /// <summary>
    /// Whether the rows of the one epoch are only the keys of all rows that there are: rows of the target with other keys are
    /// removed, or marked, and nothing else happens. The summary of the commit then counts these.
    /// </summary>
    public bool RemovesMissing { get; init; }

    /// <summary>
    /// Receives the rows that the target does not take, during <see cref="ISinkWriter.WriteAsync"/> and
    /// <see cref="ISinkWriter.FlushAsync"/>; null where the job does not set bad rows aside, so that the first one ends the run. The row
    /// of their place, as of the error that ends a run, is the number of the row among all that the writer was given since the last
    /// commit; the runtime says where that one is from.
    /// </summary>
    public IRowErrorHandler? Errors { get; init; }
}

/// <summary>What a commit made visible.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Bytes">Bytes as stored.</param>
/// <param name="Objects">Files, tables or topics touched.</param>
public sealed record CommitSummary(long Rows, long Bytes, IReadOnlyList<string> Objects);

/// <summary>How far a target may be changed to fit the rows.</summary>
public enum SchemaEvolution
{
    /// <summary>Add columns and widen types.</summary>
    Evolve,

    /// <summary>Any difference stops the run.</summary>
    Freeze,
}
