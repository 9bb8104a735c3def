using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>What a job would read if it ran now.</summary>
/// <param name="Splits">The first splits, in order.</param>
/// <param name="More">Whether there are more than are named.</param>
/// <param name="Bytes">Bytes in all; null when unknown.</param>
/// <param name="Rows">Rows in all; null when unknown.</param>
public sealed record NextRead(IReadOnlyList<string> Splits, bool More, long? Bytes, long? Rows);

/// <summary>A change of a job's progress, before it is made.</summary>
/// <param name="Next">The checkpoint that the job will have.</param>
/// <param name="KeepThrough">Epochs behind this one lose their rows; see <see cref="ICheckpointLog.AmendAsync"/>.</param>
/// <param name="Removed">Epochs whose rows are taken back.</param>
/// <param name="Repeated">Epochs whose rows stay and are read, and written, once more.</param>
public sealed record ProgressChange(Checkpoint Next, long KeepThrough, IReadOnlyList<CommittedEpoch> Removed, IReadOnlyList<CommittedEpoch> Repeated);

/// <summary>
/// A job's progress, wherever it is kept, for looking at it and for changing it between runs. Owns the connections it opens.
/// </summary>
public sealed class JobProgress : IAsyncDisposable
{
    // Enough to see what comes; a listing of everything is what `discover` is for.
    private const int NamedSplits = 20;

    private readonly Pipeline _pipeline;
    private readonly ICheckpointLog _log;
    private readonly MillraceException? _damage;
    private readonly IReadOnlyList<CommittedEpoch> _epochs;
    private readonly IReadOnlyList<IAsyncDisposable> _owned;

    private JobProgress(Pipeline pipeline, ICheckpointLog log, string place, IReadOnlyList<CommittedEpoch> epochs, MillraceException? damage, IReadOnlyList<IAsyncDisposable> owned)
    {
        _pipeline = pipeline;
        _log = log;
        Place = place;
        _epochs = epochs;
        _damage = damage;
        _owned = owned;
    }

    /// <summary>Where the progress is kept.</summary>
    public string Place { get; }

    /// <summary>The epochs that are still known, the oldest first. Throws when they are damaged; only a reset does without them.</summary>
    public IReadOnlyList<CommittedEpoch> Epochs => _damage is null ? _epochs : throw _damage;

    /// <summary>Whether rows of epochs can be taken back.</summary>
    public bool TakesBackRows => _log.TakesBackRows;

    public CommittedEpoch? Last => Epochs.Count == 0 ? null : Epochs[^1];

    public static async ValueTask<JobProgress> OpenAsync(Pipeline pipeline, CancellationToken cancellation)
    {
        var owned = new List<IAsyncDisposable>();
        try
        {
            ISink sink = pipeline.Sink.Connector.OpenSink(pipeline.Sink.Options, pipeline.Context(static _ => { }));
            owned.Add(sink);
            ICheckpointLog? log = sink.Commits;
            string place = "the target";
            if (log is null && !sink.KeepsProgress && !sink.CommitsOnce)
            {
                ObjectStateStore store = pipeline.OpenState();
                owned.Add(store);
                log = store.Commits(new JobId(pipeline.Tenant, pipeline.Job));
                place = store.Description;
            }

            if (log is null)
            {
                throw StateErrors.KeepsNone.Error($"Job '{pipeline.Job}' keeps no progress that could be shown: its target {(sink.CommitsOnce ? "is one indivisible thing" : "cannot list its commits")}.");
            }

            (IReadOnlyList<CommittedEpoch> epochs, MillraceException? damage) = await ListAsync(log, cancellation).ConfigureAwait(false);
            return new JobProgress(pipeline, log, place, epochs, damage, owned);
        }
        catch
        {
            await DisposeAsync(owned).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What a run would read now.</summary>
    public async ValueTask<NextRead> PlanNextAsync(CancellationToken cancellation)
    {
        bool anew = Last is null || (_pipeline.ReadMode == ReadMode.Full && Last.Checkpoint.ReadComplete);
        ISource source = _pipeline.Source.Connector.OpenSource(_pipeline.Source.Options, _pipeline.Context(static _ => { }));
        await using (source.ConfigureAwait(false))
        {
            var request = new ReadRequest
            {
                Stream = _pipeline.Stream,
                Columns = _pipeline.Columns?.Requests(),
                Mode = _pipeline.ReadMode,
                Cursor = _pipeline.Cursor,
                Lookback = _pipeline.Lookback,
                Since = anew ? null : Last!.Checkpoint,
            };
            IReadPlan plan = await source.PlanAsync(request, cancellation).ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                var splits = new List<string>();
                bool more = false;
                await foreach (Split split in plan.SplitsAsync(cancellation).ConfigureAwait(false))
                {
                    more = splits.Count == NamedSplits;
                    if (more)
                    {
                        break;
                    }

                    splits.Add(split.Id);
                }

                return new NextRead(splits, more, plan.Bytes, plan.Rows);
            }
        }
    }

    /// <summary>The last epoch that was committed at or before a time.</summary>
    public CommittedEpoch EpochAt(DateTimeOffset time)
        => Epochs.LastOrDefault(e => e.Checkpoint.CreatedAt <= time) ?? throw StateErrors.UnknownEpoch.Error(Epochs.Count == 0
            ? $"Job '{_pipeline.Job}' has no epochs."
            : $"The oldest epoch that is known, {Epochs[0].Checkpoint.Epoch}, is of {Epochs[0].Checkpoint.CreatedAt:u}.");

    /// <summary>Going back to where the job stood after an epoch.</summary>
    public ProgressChange Rewind(long epoch)
    {
        CommittedEpoch target = Epochs.FirstOrDefault(e => e.Checkpoint.Epoch == epoch) ?? throw StateErrors.UnknownEpoch.Error(Epochs.Count == 0
            ? $"Job '{_pipeline.Job}' has no epochs."
            : $"Epoch {epoch} is not among those that are known, {Epochs[0].Checkpoint.Epoch} to {Last!.Checkpoint.Epoch}.");
        CommittedEpoch[] later = [.. Epochs.Where(e => e.Checkpoint.Epoch > epoch)];
        return Change(target.Checkpoint, epoch, later, "rewound_to", epoch.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Forgetting all progress: the next run begins at the beginning.</summary>
    /// <param name="removeRows">Whether the rows that the job wrote go too.</param>
    public ProgressChange Reset(bool removeRows)
    {
        if (removeRows && !TakesBackRows)
        {
            throw StateErrors.UnknownEpoch.Error("The target cannot take back rows.");
        }

        var empty = new Checkpoint { Job = _pipeline.Job, Epoch = 0, CreatedAt = _pipeline.Time.GetUtcNow() };
        return removeRows
            ? Change(empty, 0, Epochs, "reset", "with rows")
            : new ProgressChange(Stamp(empty, 0, "reset", "progress only"), long.MaxValue, [], _epochs);
    }

    /// <summary>Taking over a checkpoint that was exported, of this job.</summary>
    public ProgressChange Import(Checkpoint checkpoint)
        => checkpoint.Job == _pipeline.Job
            ? new ProgressChange(Stamp(checkpoint, checkpoint.Epoch, "imported", checkpoint.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture)), long.MaxValue, [], [.. Epochs.Where(e => e.Checkpoint.Epoch > checkpoint.Epoch)])
            : throw StateErrors.WrongImport.Error($"The checkpoint is of job '{checkpoint.Job}', not of '{_pipeline.Job}'.");

    /// <summary>Makes a change. Fails while a run holds the job.</summary>
    public async ValueTask ApplyAsync(ProgressChange change, CancellationToken cancellation)
    {
        await RequireStateAsync(change.Next, cancellation).ConfigureAwait(false);
        await _log.AmendAsync(change.Next, change.KeepThrough, cancellation).ConfigureAwait(false);

        // The next run would do it, but somebody may look before.
        IObjectStore objects = DeadLetterFolder.StoreOf(_pipeline);
        await using (objects.ConfigureAwait(false))
        {
            await new DeadLetterStore(objects, _pipeline.Tenant, _pipeline.Job).TakeBackAsync(TakenBackEpochs.Of(change.Next), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Behind a reset that was made: lets the source give up what it keeps for the job. Says what became of it.</summary>
    public async ValueTask<IReadOnlyList<string>> ForgetSourceAsync(CancellationToken cancellation)
    {
        ISource source = _pipeline.OpenSource(_pipeline.Context(static _ => { }));
        await using (source.ConfigureAwait(false))
        {
            return await source.ForgetAsync(new ReadRequest { Stream = _pipeline.Stream, Mode = _pipeline.ReadMode }, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>What the query of a job keeps as of a checkpoint; null for a job without.</summary>
    public async ValueTask<QueryState?> StateOfAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        List<StateFileId> chain = SavedQuery.ChainOf(checkpoint);
        if (chain.Count == 0)
        {
            return null;
        }

        ObjectStateStore store = _pipeline.OpenState();
        await using (store.ConfigureAwait(false))
        {
            return await store.Operators(new JobId(_pipeline.Tenant, _pipeline.Job)).DescribeAsync(chain, cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => DisposeAsync(_owned);

    // Without its state a query would go on from positions whose rows it has forgotten.
    private async ValueTask RequireStateAsync(Checkpoint next, CancellationToken cancellation)
    {
        if ((await StateOfAsync(next, cancellation).ConfigureAwait(false))?.Files.FirstOrDefault(f => f.Bytes is null) is { } missing)
        {
            throw StreamingErrors.StateMissing.Error("The state of the query as of that epoch is not kept any more.", ErrorPlace.InFile(missing.Name));
        }
    }

    private ProgressChange Change(Checkpoint to, long keepThrough, IReadOnlyList<CommittedEpoch> later, string note, string value) => TakesBackRows
        ? new ProgressChange(Stamp(to, keepThrough, note, value), keepThrough, later, [])
        : new ProgressChange(Stamp(to, keepThrough, note, value), long.MaxValue, [], later);

    // Epochs only ever go up, so that letters, logs and fences of what was taken back stay apart from what comes.
    private Checkpoint Stamp(Checkpoint checkpoint, long standing, string note, string value)
    {
        long last = _epochs.Count == 0 ? 0 : _epochs[^1].Checkpoint.Epoch;
        var notes = new Dictionary<string, string>(checkpoint.Notes, StringComparer.Ordinal)
        {
            [note] = value,
            [CheckpointNotes.Run] = PipelineRunner.MakeRunId(_pipeline.Time),
        };
        SetProgress.Mark(notes, _epochs.Count == 0 ? null : _epochs[^1].Checkpoint);
        notes.Remove(CheckpointNotes.TakenBack);
        if (standing < last)
        {
            notes[CheckpointNotes.TakenBack] = new TakenBackEpochs(standing + 1, last).ToString();
        }

        return checkpoint with
        {
            Epoch = last + 1,
            CreatedAt = _pipeline.Time.GetUtcNow(),
            FencingToken = Math.Max(_pipeline.Time.GetUtcNow().ToUnixTimeMilliseconds(), (_epochs.Count == 0 ? 0 : _epochs[^1].Checkpoint.FencingToken) + 1),
            Notes = notes,
        };
    }

    private static async ValueTask<(IReadOnlyList<CommittedEpoch> Epochs, MillraceException? Damage)> ListAsync(ICheckpointLog log, CancellationToken cancellation)
    {
        try
        {
            return (await log.ListAsync(cancellation).ConfigureAwait(false), null);
        }
        catch (MillraceException e)
        {
            return ([], e);
        }
    }

    private static async ValueTask DisposeAsync(IEnumerable<IAsyncDisposable> owned)
    {
        foreach (IAsyncDisposable one in owned.Reverse())
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }
    }
}
