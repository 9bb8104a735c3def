using System.Runtime.InteropServices;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// The dead letters of a run, epoch by epoch. Its owner calls, in this order: <see cref="RecoverAsync"/> after the sink's
/// recovery; <see cref="AddAsync"/> for bad rows; <see cref="PublishAsync"/> just before the sink's commit and
/// <see cref="ConfirmAsync"/> just after it; <see cref="DiscardAsync"/> when the epoch is given up or done again.
/// One thread at a time uses it.
/// </summary>
internal sealed class EpochLetters : IAsyncDisposable
{
    private readonly DeadLetterStore _store;
    private readonly LetterOrigin _origin;
    private readonly DeadLetterSpec _limits;
    private readonly LetterRemoval _removal;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;

    // How often a letter came in the epoch whose place does not tell its row, as behind a filter or in a database: equal rows are letters each.
    private readonly Dictionary<string, int> _equal = new(StringComparer.Ordinal);
    private SegmentWriter? _writer;
    private LetterSegment? _published;
    private long _bytes;
    private long _epoch = 1;

    public EpochLetters(IObjectStore objects, LetterOrigin origin, DeadLetterSpec limits, TimeProvider time, Action<string> note)
    {
        _store = new DeadLetterStore(objects, origin.Tenant, origin.Job);
        _origin = origin;
        _limits = limits;
        _removal = new LetterRemoval(_store, limits, time, note);
        _time = time;
        _note = note;
    }

    /// <summary>What the user calls the folder of the job's letters.</summary>
    public string Folder => _store.Description;

    /// <summary>Letters that were removed because of the job's limits.</summary>
    public long Removed => _removal.Removed;

    public static EpochLetters Open(Pipeline pipeline, string run, Action<string> note) => new(
        DeadLetterFolder.StoreOf(pipeline),
        new LetterOrigin(pipeline.Tenant, pipeline.Job, pipeline.JobVersion, run),
        pipeline.Failure.DeadLetters,
        pipeline.Time,
        note);

    /// <summary>Settles what dead runs left and applies the limits of age and size. See <see cref="DeadLetterStore.RecoverAsync"/>.</summary>
    public async ValueTask RecoverAsync(Checkpoint? last, bool holdsCheckpoints, CancellationToken cancellation)
    {
        await _store.RecoverAsync(last, holdsCheckpoints, cancellation).ConfigureAwait(false);
        _published = null;
        _epoch = (last?.Epoch ?? 0) + 1;
        _bytes = await _removal.ApplyAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Stages a bad row of the epoch that is open.</summary>
    public async ValueTask AddAsync(RowError error, CancellationToken cancellation)
    {
        await AddAgainAsync(TellApart(_origin.LetterOf(error, _time.GetUtcNow())), cancellation).ConfigureAwait(false);
        long taken = _limits.WhenFull == WhenFull.Oldest ? _writer!.Bytes : _bytes + _writer!.Bytes;
        if (taken > _limits.MaxSize.Bytes)
        {
            throw DeadLetterErrors.Full.Error(
                $"The dead letters of the job would take {taken} bytes, and max_size is {_limits.MaxSize}; the row that found no room: {error.Message}", error.Place);
        }
    }

    /// <summary>Stages a letter again, after another fault of its row. Limits do not apply: its first form is removed with the next purge.</summary>
    public async ValueTask AddAgainAsync(DeadLetter letter, CancellationToken cancellation)
    {
        SegmentWriter writer = await WriterAsync(cancellation).ConfigureAwait(false);
        await GuardAsync(writer.AddAsync(letter, cancellation)).ConfigureAwait(false);
    }

    /// <summary>Stages that the row of a letter is in the epoch.</summary>
    public async ValueTask AddReplayedAsync(LetterLineOfReplay replay, CancellationToken cancellation)
    {
        SegmentWriter writer = await WriterAsync(cancellation).ConfigureAwait(false);
        await GuardAsync(writer.AddAsync(replay, cancellation)).ConfigureAwait(false);
    }

    /// <summary>Makes the letters durable under a name that carries epoch and run. Does nothing when there are none.</summary>
    public async ValueTask PublishAsync(CancellationToken cancellation)
    {
        _equal.Clear();
        if (_writer is not { } writer)
        {
            return;
        }

        _writer = null;
        await using (writer.ConfigureAwait(false))
        {
            await GuardAsync(writer.PublishAsync(PutCondition.Any, cancellation)).ConfigureAwait(false);
            _published = LetterSegment.Of(new ObjectInfo(StagedName, writer.Bytes, _time.GetUtcNow(), ""));
        }
    }

    /// <summary>The sink has committed the epoch whose letters were published.</summary>
    public async ValueTask ConfirmAsync(CancellationToken cancellation)
    {
        _epoch++;
        if (_published is not { } segment)
        {
            return;
        }

        _published = null;
        _bytes += segment.Info.Size;
        try
        {
            await _store.KeepAsync(segment, cancellation).ConfigureAwait(false);
            if (_limits.WhenFull == WhenFull.Oldest || _limits.MaxAge is not null)
            {
                _bytes = await _removal.ApplyAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (MillraceException e)
        {
            // The rows are committed; the next recovery finds the letters and settles the rest.
            _note($"dead letters stay pending until the next run: {e.Message}");
        }
    }

    /// <summary>
    /// Forgets letters that were added since the last publication. Published ones stay for <see cref="RecoverAsync"/>: a commit
    /// that failed may have taken effect all the same.
    /// </summary>
    public async ValueTask DiscardAsync()
    {
        SegmentWriter? writer = _writer;
        _writer = null;
        _equal.Clear();
        if (writer is not null)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => DiscardAsync();

    private DeadLetter TellApart(DeadLetter letter)
    {
        if (letter.Stage == RowStage.Decode || letter.Place.Row is not null)
        {
            return letter;
        }

        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_equal, letter.Id, out _);
        return letter with { Id = DeadLetterId.OfEqual(letter.Id, count++) };
    }

    private string StagedName => LetterSegment.NameOf(_store.Folder, SegmentState.Pending, _epoch, _origin.Run);

    private async ValueTask<SegmentWriter> WriterAsync(CancellationToken cancellation)
    {
        try
        {
            return _writer ??= await SegmentWriter.CreateAsync(_store.Objects, StagedName, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            throw NotWritable(e);
        }
    }

    private static async ValueTask GuardAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            throw NotWritable(e);
        }
    }

    private static MillraceException NotWritable(MillraceException e)
        => DeadLetterErrors.NotWritable.Error($"Dead letters cannot be written: {e.Message}", e.Place, inner: e);
}
