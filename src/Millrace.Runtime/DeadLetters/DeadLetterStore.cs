using System.Runtime.CompilerServices;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// The folder of a job's dead letters: <c>ROOT/TENANT/JOB/letters-EPOCH-RUN.jsonl</c>, a segment an epoch. A segment is
/// published as <c>pending-…</c> just before the sink's commit and renamed after it, so that a run that finds a pending one
/// can tell from the sink's checkpoint whether its epoch was committed. When the epoch is taken back it becomes <c>rewound-…</c>.
/// </summary>
internal sealed class DeadLetterStore(IObjectStore objects, string tenant, string job)
{
    private const string LockName = "lock";

    public IObjectStore Objects => objects;

    /// <summary>Folder of the job in the store, with its slash.</summary>
    public string Folder { get; } = $"{FolderName.Of(tenant)}/{FolderName.Of(job)}/";

    /// <summary>What the user calls the folder.</summary>
    public string Description => objects.Describe(Folder).TrimEnd('/');

    /// <summary>All segments below a folder of a store, oldest names first.</summary>
    public static async IAsyncEnumerable<LetterSegment> SegmentsAsync(IObjectStore objects, string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ObjectInfo info in objects.ListAsync(folder, null, cancellation).ConfigureAwait(false))
        {
            if (LetterSegment.Of(info) is { } segment)
            {
                yield return segment;
            }
        }
    }

    public IAsyncEnumerable<LetterSegment> SegmentsAsync(CancellationToken cancellation) => SegmentsAsync(objects, Folder, cancellation);

    /// <summary>
    /// Settles what dead runs left: pending segments of committed epochs are kept, others removed, since their rows are read
    /// again. Where the target holds no checkpoint nobody knows, and all are kept: a row may then have been written after all.
    /// Segments of epochs that were taken back are marked, as far as whoever took them back did not live to do it.
    /// </summary>
    /// <param name="last">The sink's checkpoint; null for none.</param>
    /// <param name="holdsCheckpoints">Whether the sink would have one if an epoch had been committed.</param>
    /// <param name="cancellation">Stops the call between two segments.</param>
    public async ValueTask RecoverAsync(Checkpoint? last, bool holdsCheckpoints, CancellationToken cancellation)
    {
        await TakeBackAsync(TakenBackEpochs.Of(last), cancellation).ConfigureAwait(false);
        var unsettled = new List<LetterSegment>();
        await foreach (LetterSegment segment in SegmentsAsync(cancellation).ConfigureAwait(false))
        {
            if (segment.State == SegmentState.Pending || (segment.State == SegmentState.Kept && holdsCheckpoints && segment.Epoch > (last?.Epoch ?? 0)))
            {
                unsettled.Add(segment);
            }
        }

        await objects.RemoveStaleAsync(Folder, cancellation).ConfigureAwait(false);
        foreach (LetterSegment segment in unsettled)
        {
            if (segment.State == SegmentState.Kept)
            {
                // The target is another one, or an older copy of it: what was replayed into it is gone.
                await new LetterPurge(objects, Folder).DropReplaysAsync(segment, cancellation).ConfigureAwait(false);
            }
            else if (!holdsCheckpoints || IsCommitted(segment, last))
            {
                await KeepAsync(segment, cancellation).ConfigureAwait(false);
            }
            else
            {
                await objects.DeleteAsync(segment.Info.Name, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Marks a pending segment as that of a committed epoch.</summary>
    public ValueTask KeepAsync(LetterSegment segment, CancellationToken cancellation)
        => objects.MoveAsync(segment.Info.Name, segment.NameAs(SegmentState.Kept), PutCondition.Any, cancellation);

    /// <summary>
    /// Marks the segments of epochs that were taken back. Their letters no longer wait, since their rows are read again; letters
    /// that were replayed in those epochs wait again.
    /// </summary>
    public async ValueTask TakeBackAsync(TakenBackEpochs? epochs, CancellationToken cancellation)
    {
        if (epochs is null)
        {
            return;
        }

        var segments = new List<LetterSegment>();
        await foreach (LetterSegment segment in SegmentsAsync(cancellation).ConfigureAwait(false))
        {
            if (segment.State != SegmentState.Rewound && epochs.Contains(segment.Epoch))
            {
                segments.Add(segment);
            }
        }

        foreach (LetterSegment segment in segments)
        {
            try
            {
                await objects.MoveAsync(segment.Info.Name, segment.NameAs(SegmentState.Rewound), PutCondition.Any, cancellation).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
            {
                // A run that began meanwhile has done the same.
            }
        }
    }

    /// <summary>Keeps other processes from changing the letters of a folder for as long as the result lives.</summary>
    public static async ValueTask<IAsyncDisposable> LockAsync(IObjectStore objects, string folder, string note, CancellationToken cancellation)
    {
        var locks = (ILockingStore)objects;
        return await locks.TryLockAsync(folder + LockName, note, cancellation).ConfigureAwait(false)
            ?? throw DeadLetterErrors.Busy.Error(
                $"{await locks.ReadLockNoteAsync(folder + LockName, cancellation).ConfigureAwait(false) ?? "Another process"} works on these dead letters.",
                ErrorPlace.InFile(objects.Describe(folder).TrimEnd('/')));
    }

    private static bool IsCommitted(LetterSegment segment, Checkpoint? last)
    {
        if (last is null || segment.Epoch > last.Epoch)
        {
            return false;
        }

        // Of two runs that tried the epoch, one was refused.
        return segment.Epoch < last.Epoch || !last.Notes.TryGetValue(CheckpointNotes.Run, out string? run) || run == segment.Run;
    }
}
