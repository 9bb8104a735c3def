namespace Millrace.Sdk;

/// <summary>
/// The commits of one job in one place, with the checkpoint of each: what <c>millrace state</c> shows and changes. A sink
/// that keeps progress with its data offers it; for the others the runtime keeps one in its state store.
/// </summary>
public interface ICheckpointLog
{
    /// <summary>
    /// Whether <see cref="AmendAsync"/> can take back the rows of epochs. Where it cannot, rows behind an earlier position
    /// arrive a second time.
    /// </summary>
    bool TakesBackRows { get; }

    /// <summary>The epochs whose checkpoints are still known, the oldest first. Reads only: takes no lock and mends nothing.</summary>
    ValueTask<IReadOnlyList<CommittedEpoch>> ListAsync(CancellationToken cancellation);

    /// <summary>
    /// The notes of the epochs that <see cref="ListAsync"/> gives, for those who keep something beside them: without the memory
    /// that the positions of all of them take.
    /// </summary>
    async ValueTask<IReadOnlyList<IReadOnlyDictionary<string, string>>> NotesAsync(CancellationToken cancellation)
        => [.. (await ListAsync(cancellation).ConfigureAwait(false)).Select(e => e.Checkpoint.Notes)];

    /// <summary>
    /// Commits a checkpoint that no run made, as the newest, and in the same step takes back the rows of the epochs behind
    /// one of them. Fails while a run holds the target. A checkpoint without positions that keeps all rows begins anew even
    /// where the records before it are damaged.
    /// </summary>
    /// <param name="next">The new checkpoint; its epoch is one more than that of the last.</param>
    /// <param name="keepThrough">Epochs after this one lose their rows; <see cref="long.MaxValue"/> keeps all, 0 none.</param>
    /// <param name="cancellation">Stops the call; it can be repeated.</param>
    ValueTask AmendAsync(Checkpoint next, long keepThrough, CancellationToken cancellation);
}

/// <summary>One commit.</summary>
/// <param name="Checkpoint">Progress as of the commit.</param>
/// <param name="Run">The run that made it.</param>
/// <param name="Rows">Rows that it made visible.</param>
/// <param name="Bytes">Bytes as stored.</param>
/// <param name="Objects">Files, tables or topics it touched.</param>
public sealed record CommittedEpoch(Checkpoint Checkpoint, string Run, long Rows, long Bytes, IReadOnlyList<string> Objects);
