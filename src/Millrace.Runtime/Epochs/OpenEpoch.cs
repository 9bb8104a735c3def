using Millrace.Columnar;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// What an attempt has read since its last commit: rows staged in the sink, bad rows staged as letters, and the positions behind
/// both. It is committed as one or given up as one, and then the next one begins. One thread uses it.
/// </summary>
internal sealed partial class OpenEpoch : IAsyncDisposable
{
    // Rows that trickle in are taken together.
    private static readonly TimeSpan RoundPatience = TimeSpan.FromMilliseconds(20);

    private readonly Pipeline _pipeline;
    private readonly ISource _source;
    private readonly ISink _sink;
    private readonly IJobState? _state;
    private readonly RunScope _run;
    private readonly Batching _batching;
    private readonly EpochMeter _meter;
    private readonly EpochWriter _writer;
    private readonly EpochLetters _letters;
    private readonly SplitLog _splits = new();
    private readonly string _target;
    private readonly SavedQuery? _saved;
    private readonly LateOutput? _late;
    private QueryStep? _query;
    private Checkpoint? _last;
    private bool _isFreshRead;
    private bool _wasJudged;
    private long _token;
    private string _writing = "";
    private bool _isWithinUnit;
    private RowMetrics? _rowMetrics;

    public OpenEpoch(Pipeline pipeline, ISource source, ISink sink, IJobState? state, RunScope run, Batching batching)
    {
        _pipeline = pipeline;
        _source = source;
        _sink = sink;
        _state = state;
        _run = run;
        _batching = batching;
        _meter = new EpochMeter(pipeline.Time);
        _writer = new EpochWriter(pipeline, sink, run.Id);
        _letters = EpochLetters.Open(pipeline, run.Id, run.Note);
        if (pipeline.Query is not null && !sink.CommitsOnce && (sink.KeepsProgress || state is not null))
        {
            var job = new JobId(pipeline.Tenant, pipeline.Job);
            ObjectStateStore store = pipeline.OpenState();
            _saved = new SavedQuery(store.Operators(job), state is null ? sink.Commits : store.Commits(job));
        }

        _late = pipeline.Query?.Late is { } late ? new LateOutput(late, pipeline, run.Id) : null;
        _target = pipeline.Context(static _ => { }).Outputs is [var first, ..] ? first : pipeline.Sink.Name;
    }

    /// <summary>Whether rows, good or bad, wait for a commit.</summary>
    public bool HasRows => _meter.IsOpen;

    /// <summary>Rows that wait for a commit.</summary>
    public long Rows => _meter.Rows;

    /// <summary>Whether the columns of the target are known.</summary>
    public bool HasWriter => _writer.IsOpen;

    /// <summary>How long nothing need be done; null for as long as rows stay away.</summary>
    public TimeSpan? Patience => Least(CommitPatience, _query is null ? null : _query.PendingRows > 0 ? RoundPatience : _query.Patience);

    private TimeSpan? CommitPatience => _isWithinUnit ? null : _meter.Patience(_batching.Window);

    /// <summary>Whether what was taken ends in the middle of what the source wants committed as one.</summary>
    public bool IsWithinUnit => _isWithinUnit;

    /// <summary>Whether the read goes on where another stood, or nothing was read at all.</summary>
    public bool IsUntouched => _last is null && !_splits.HasMoved;

    // Of a source without rows the rules are asked all the same; the empty epoch that ends others has none to ask about.
    private bool FoundNothing => _pipeline.ReadMode == ReadMode.Full && _isFreshRead && !_wasJudged;

    private TimeProvider Time => _pipeline.Time;

    /// <summary>Brings the target to its last commit and begins behind it; false when that commit is the end of this very run.</summary>
    public async Task<bool> RecoverAsync(CancellationToken abort)
    {
        _run.Work("recovering", $"recovering {_target}");
        _last = await _sink.RecoverAsync(abort).ConfigureAwait(false) ?? _state?.Last;
        bool holdsCheckpoints = _sink.KeepsProgress || _state is not null;
        await _letters.RecoverAsync(_last, holdsCheckpoints, abort).ConfigureAwait(false);
        if (_late is not null)
        {
            await _late.RecoverAsync(_last, holdsCheckpoints, _run.Note, abort).ConfigureAwait(false);
        }

        if (_last is not null)
        {
            if (_run.FindOwn(_last))
            {
                return false;
            }

            // The run before this one may have died between its commit and telling the source.
            await AcknowledgeAsync(_last, abort).ConfigureAwait(false);
        }

        // A full read that came to its end begins anew; one that was cut short goes on, like every incremental one.
        _isFreshRead = _last is null || (_pipeline.ReadMode == ReadMode.Full && _last.ReadComplete);
        _splits.Start(_isFreshRead ? null : _last);
        _token = _run.Token = Math.Max(Time.GetUtcNow().ToUnixTimeMilliseconds(), (_last?.FencingToken ?? 0) + 1);
        return true;
    }

    /// <summary>Makes the target ready for columns. What is staged with others is committed before.</summary>
    public async Task OpenWriterAsync(Schema schema, CancellationToken abort)
    {
        if (_writer.Takes(schema))
        {
            return;
        }

        if (_writer.IsOpen && (_meter.IsOpen || _splits.HasMoved))
        {
            await CommitAsync(complete: false, abort).ConfigureAwait(false);
        }

        if (_run.Contract is { } contract)
        {
            await contract.OpenQualityAsync(schema, abort).ConfigureAwait(false);
        }

        _rowMetrics?.Dispose();
        _rowMetrics = _pipeline.RowMetrics is { } metrics ? await metrics.OpenAsync(schema, _run, abort).ConfigureAwait(false) : null;
        await _writer.OpenAsync(schema, _token, resumes: _run.Totals.Epochs > 0 || !_isFreshRead, abort).ConfigureAwait(false);
    }

    /// <summary>Takes the rows of a batch, its bad rows, or the end of its split.</summary>
    /// <param name="next">What came from the lanes; its rows are disposed.</param>
    /// <param name="most">The most rows that are taken. Of a batch with more, the first ones are.</param>
    /// <param name="abort">Stops it.</param>
    /// <returns>Rows that were taken.</returns>
    public async Task<int> TakeAsync(LaneBatch next, long most, CancellationToken abort)
    {
        bool isCut = next.Batch?.Length > most;
        using RecordBatch? batch = isCut ? Head(next.Batch!, (int)most) : next.Batch;
        if (batch is not null && !_isWithinUnit && !_batching.HasRoom(_meter.Size, batch.Length))
        {
            // Before the bad rows, which belong to the epoch of the batch they came with.
            await CommitAsync(complete: false, abort).ConfigureAwait(false);
        }

        _run.Telemetry.BatchRead((batch?.Length ?? 0) + (next.BadRows?.Count ?? 0), next.Bytes);
        await SetAsideAsync(next, abort).ConfigureAwait(false);
        if (batch is null)
        {
            if (next.BrokenOff is { } error)
            {
                _run.BrokenOff(next.Split, error);
                _query?.BreakOff(next.Split);
                return 0;
            }

            _splits.End(next.Split);
            _query?.End(next.Split);
            _run.Progress.AddSplit();
            return 0;
        }

        Open();
        _run.Stages.Write.Work(_writing);
        long started = Time.GetTimestamp();
        if (_query is null)
        {
            BatchOrigin? origin = next.Origin;
            using RecordBatch rows = _run.Contract?.KeepUnique(batch, _writer.Refused, ref origin) ?? batch.Share();
            await _writer.WriteAsync(rows, origin, abort).ConfigureAwait(false);
            _rowMetrics?.Add(rows);
            _run.Contract?.Observe(rows);
            await SetRefusedAsideAsync(next.Position, abort).ConfigureAwait(false);
        }
        else
        {
            _query.Push(next.Split, batch, next.Origin);
        }

        _meter.Add(batch, Time.GetElapsedTime(started));
        if (!isCut || _pipeline.ReadMode == ReadMode.Full)
        {
            // There is no position within a batch: a later run reads the cut one as a whole.
            _splits.Advance(next.Split, next.Position);
        }

        _run.Progress.AddRows(batch.Length, next.Bytes);
        _isWithinUnit = next.IsPartOfUnit;
        if (!_isWithinUnit && _batching.IsFull(_meter.Size))
        {
            await CommitAsync(complete: false, abort).ConfigureAwait(false);
        }

        return batch.Length;
    }

    /// <summary>A plan has come to its end, and with it every unit that it began.</summary>
    public void EndUnit() => _isWithinUnit = false;

    /// <summary>Progress of which nobody will ask is not kept any longer.</summary>
    public void Forget(IReadOnlyCollection<string> keys) => _splits.Forget(keys);

    /// <summary>Commits when the time of the epoch is over.</summary>
    public async Task CommitIfDueAsync(CancellationToken abort)
    {
        if (CommitPatience == TimeSpan.Zero)
        {
            await CommitAsync(complete: false, abort).ConfigureAwait(false);
        }
    }

    /// <summary>Commits what is left. A run that found nothing new leaves the target as it is.</summary>
    public async Task FinishAsync(bool complete, CancellationToken abort)
    {
        bool nothingNew = !_writer.IsOpen
            || (_last is not null && !_meter.IsOpen && !_splits.HasMoved && _last.ReadComplete == EndsRead(complete)
                && _pipeline.WriteMode != WriteMode.Overwrite && (_run.Totals.Epochs > 0 || !_isFreshRead));
        bool ends = complete && _query is { HasEnded: false } && !_pipeline.Follows;
        if (ends)
        {
            _query!.EndInputs();
        }

        if (!nothingNew || ends)
        {
            await CommitAsync(complete, abort).ConfigureAwait(false);
        }
    }

    /// <summary>The positions as they are now.</summary>
    /// <param name="complete">Whether the read has come to its end.</param>
    public Checkpoint Checkpoint(bool complete) => new()
    {
        Job = _pipeline.Job,
        Epoch = (_last?.Epoch ?? 0) + 1,
        CreatedAt = Time.GetUtcNow(),
        FencingToken = _token,
        Splits = _splits.Snapshot(),
        ReadComplete = EndsRead(complete),
        Notes = new Dictionary<string, string>((_last?.Notes ?? new Dictionary<string, string>()).Where(n => n.Key != CheckpointNotes.SetAfter)) { [CheckpointNotes.Run] = _run.Id },
    };

    /// <summary>Gives up what was taken since the last commit; reading goes on behind that.</summary>
    /// <param name="error">Why; null for a stop.</param>
    public async Task AbortAsync(Exception? error)
    {
        try
        {
            await _writer.AbortAsync().ConfigureAwait(false);
        }
        finally
        {
            await _letters.DiscardAsync().ConfigureAwait(false);
            if (_late is not null)
            {
                await _late.AbortAsync().ConfigureAwait(false);
            }

            _splits.Abort();
            _isWithinUnit = false;
            _query?.Dispose();
            _query = null;
            _run.Aborted();
            _rowMetrics?.Discard();
            if (_meter.IsOpen)
            {
                _run.Telemetry.EpochAborted((_last?.Epoch ?? 0) + 1, _meter.Size, error);
            }

            _meter.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _query?.Dispose();
        _rowMetrics?.Dispose();
        await _writer.DisposeAsync().ConfigureAwait(false);
        if (_late is not null)
        {
            await _late.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<CommitSummary> CommitAsync(bool complete, CancellationToken abort)
    {
        string stage = _run.Progress.Stage;
        await RunRoundAsync(abort).ConfigureAwait(false);
        if (_writer.IsOpen)
        {
            await _writer.FlushAsync(abort).ConfigureAwait(false);
            await SetRefusedAsideAsync(null, abort).ConfigureAwait(false);
        }

        bool isJudged = _run.Contract is { } contract && (_meter.IsOpen || contract.HasRows || (complete && FoundNothing));
        if (isJudged)
        {
            await _run.Contract!.JudgeAsync(abort).ConfigureAwait(false);
        }

        Checkpoint checkpoint = Checkpoint(complete);
        _run.Work("committing", $"committing epoch {checkpoint.Epoch} to {_target}");
        EpochSize size = _meter.Size;
        long asked = Time.GetTimestamp();
        _run.Telemetry.CommitStarted(checkpoint.Epoch, size.Age);
        await _letters.PublishAsync(abort).ConfigureAwait(false);
        if (_query is not null && _saved is not null)
        {
            checkpoint = await _saved.SaveAsync(_query, checkpoint, abort).ConfigureAwait(false);
        }

        if (_late is not null)
        {
            await _late.CommitAsync(checkpoint, abort).ConfigureAwait(false);
        }

        long started = Time.GetTimestamp();
        CommitSummary commit = await _writer.CommitAsync(checkpoint, abort).ConfigureAwait(false);
        if (_state is not null)
        {
            await _state.CommitAsync(checkpoint, _run.Id, commit, abort).ConfigureAwait(false);
        }

        TimeSpan latency = _meter.Written + Time.GetElapsedTime(started);
        _last = checkpoint;
        _wasJudged |= isJudged;
        _splits.Commit(checkpoint.Splits);
        _run.Committed(checkpoint, commit, size, Time.GetElapsedTime(asked));
        _rowMetrics?.Commit();
        await _letters.ConfirmAsync(abort).ConfigureAwait(false);
        _run.Totals.DeadLetterFolder = _run.Ledger.Letters > 0 ? _letters.Folder : null;
        _run.Totals.RemovedLetters = _letters.Removed;
        _meter.Clear();

        await AcknowledgeAsync(checkpoint, abort).ConfigureAwait(false);
        if (_query is not null && _saved is not null)
        {
            await _saved.CommittedAsync(_run.Note, abort).ConfigureAwait(false);
        }

        TellQuery();

        _batching.Committed(size, latency);

        // What comes next says so itself, or is the waiting that the commit has interrupted.
        _run.Rest(stage);
        return commit;
    }

    // Bad rows belong to the epoch of the batch that they come with.
    private Task SetAsideAsync(LaneBatch next, CancellationToken abort)
        => next.BadRows is { } bad ? SetAsideAsync(bad, next.Position, abort) : Task.CompletedTask;

    private Task SetRefusedAsideAsync(Position? position, CancellationToken abort)
        => _writer.TakeRefused() is { } refused ? SetAsideAsync(refused, position, abort) : Task.CompletedTask;

    private async Task SetAsideAsync(BadRows bad, Position? position, CancellationToken abort)
    {
        Open();
        foreach (RowError error in _run.Ledger.Add(bad))
        {
            await _letters.AddAsync(error with { Position = error.Position ?? position?.Value }, abort).ConfigureAwait(false);
        }
    }

    private void Open()
    {
        if (!_meter.IsOpen)
        {
            _meter.Open();
            _writing = $"writing epoch {(_last?.Epoch ?? 0) + 1} to {_target}";
        }
    }

    // The rows are committed whatever comes of it; a source that cannot be told now is told with the next epoch or run.
    private async Task AcknowledgeAsync(Checkpoint checkpoint, CancellationToken abort)
    {
        try
        {
            await _source.AcknowledgeAsync(checkpoint, abort).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MillraceException || ErrorClassifier.Classify(e) == ErrorClass.Retryable)
        {
            _run.Note($"the source could not be told of epoch {checkpoint.Epoch}, and is told again with the next one: {e.Message}");
        }
    }

    private static TimeSpan? Least(TimeSpan? left, TimeSpan? right) => left is null || right < left ? right : left;

    // Only a read of everything can be cut short; any other is taken up where it stands.
    private bool EndsRead(bool complete) => complete || _pipeline.ReadMode != ReadMode.Full;

    private static RecordBatch Head(RecordBatch batch, int rows)
    {
        using (batch)
        {
            return batch.Slice(0, rows);
        }
    }
}
