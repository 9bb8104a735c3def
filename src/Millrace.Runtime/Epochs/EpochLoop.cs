using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// One attempt at a run: recovers, reads, and commits epoch after epoch until the input ends, a stop is asked for, or
/// something fails. After a failure nothing of it is used again: the next attempt asks the sink where things stand.
/// </summary>
internal sealed class EpochLoop(Pipeline pipeline, ISource source, ISink sink, IJobState? state, RunScope run)
{
    private readonly EpochWriter _writer = new(pipeline, sink, run.Id);
    private readonly OpenEpoch _epoch = new(pipeline.Time);
    private readonly SplitLog _splits = new();
    private readonly TypeWidenings _widenings = new();
    private readonly string _target = NameOf(pipeline);
    private BatchingChoice _batching = null!;
    private Checkpoint? _last;
    private bool _isFreshRead;
    private long _token;
    private long _left;
    private int _batchRows;
    private EpochLetters _letters = null!;
    private string _writing = "";

    private TimeProvider Time => pipeline.Time;

    private TimeSpan? Patience => _epoch.Patience(_batching.Strategy.Window);

    /// <summary>Runs to the end; true when all there was is committed, false when a stop cut it short.</summary>
    public async Task<bool> RunAsync(CancellationToken stop, CancellationToken abort)
    {
        _batching = BatchingChoice.Of(pipeline, sink);
        run.Batching = _batching.Description;
        run.Telemetry.BatchingChosen(_batching.Description);
        run.Work("recovering", $"recovering {_target}");
        _last = await sink.RecoverAsync(abort).ConfigureAwait(false) ?? state?.Last;
        _letters = EpochLetters.Open(pipeline, run.Id, run.Note);
        await _letters.RecoverAsync(_last, holdsCheckpoints: sink.KeepsProgress || state is not null, abort).ConfigureAwait(false);
        if (_last is not null)
        {
            if (run.FindOwn(_last))
            {
                return true;
            }

            // The run before this one may have died between its commit and telling the source.
            await AcknowledgeAsync(_last, abort).ConfigureAwait(false);
        }

        // A full read that came to its end begins anew; one that was cut short goes on, like every incremental one.
        _isFreshRead = _last is null || (pipeline.ReadMode == ReadMode.Full && _last.ReadComplete);
        _splits.Start(_isFreshRead ? null : _last);
        _token = run.Token = Math.Max(Time.GetUtcNow().ToUnixTimeMilliseconds(), (_last?.FencingToken ?? 0) + 1);
        _left = pipeline.Limit - run.Totals.Rows;
        try
        {
            bool complete = await ReadToEndAsync(stop, abort).ConfigureAwait(false);
            if (complete || CanStopHalfWay)
            {
                await FinishAsync(complete, abort).ConfigureAwait(false);
                return complete;
            }

            await AbortEpochAsync(null).ConfigureAwait(false);
            return false;
        }
        catch (Exception e)
        {
            await GiveUpAsync(e).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
        }
    }

    // A run that is one epoch is all or nothing; any other can be taken up where its last commit stands.
    private bool CanStopHalfWay => _batching.Strategy is not WholeRunBatching;

    private async Task<bool> ReadToEndAsync(CancellationToken stop, CancellationToken abort)
    {
        while (true)
        {
            FeedEvent ended;
            try
            {
                ended = await ReadPlanAsync(stop, abort).ConfigureAwait(false);
            }
            catch (SchemaWideningException e)
            {
                // The epoch is not committed yet, so it starts again with the wider type.
                _widenings.Add(e);
                run.Widened(e);
                await AbortEpochAsync(e).ConfigureAwait(false);
                continue;
            }

            if (ended == FeedEvent.Stopped)
            {
                return false;
            }

            if (ended == FeedEvent.Batch)
            {
                // It passes the limit of a read that a later run goes on with; smaller ones end where the limit does.
                continue;
            }

            if (!pipeline.Follows || _left == 0)
            {
                return true;
            }

            if (!await WaitForMoreAsync(stop, abort).ConfigureAwait(false))
            {
                return true;
            }
        }
    }

    private async Task<FeedEvent> ReadPlanAsync(CancellationToken stop, CancellationToken abort)
    {
        run.Work("planning", "looking for what there is to read");
        Checkpoint since = Checkpoint(complete: false);
        IReadPlan plan;
        try
        {
            // Planning may wait, for whoever writes a pipe for one, and has nothing to commit.
            plan = await source.PlanAsync(Request(since), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && (_writer.IsOpen || pipeline.Follows))
        {
            return FeedEvent.Stopped;
        }

        await using (plan.ConfigureAwait(false))
        {
            if (plan.IsEmpty)
            {
                run.NothingYet();
                return FeedEvent.End;
            }

            run.Progress.Expect(plan.Bytes, plan.Rows);
            run.Telemetry.Planned(plan);
            var shaper = new RowShaper(plan.Schema, pipeline.Columns, pipeline.Stream ?? pipeline.Job);
            await OpenWriterAsync(shaper.Schema, abort).ConfigureAwait(false);
            run.Progress.Stage = pipeline.Follows ? "following" : "copying";
            var lanes = new OrderedLanes(plan, shaper, pipeline.Failure, since, pipeline.Limits.Lanes(pipeline.Threads), run.Stages);
            var feed = new LaneFeed(lanes, Time, abort);
            await using (feed.ConfigureAwait(false))
            {
                return await CopyAsync(feed, stop, abort).ConfigureAwait(false);
            }
        }
    }

    private async Task<FeedEvent> CopyAsync(LaneFeed feed, CancellationToken stop, CancellationToken abort)
    {
        while (_left > 0)
        {
            run.Stages.Write.WaitFor(RunStages.Reading);
            FeedEvent next = await feed.NextAsync(Patience, stop).ConfigureAwait(false);
            switch (next)
            {
                case FeedEvent.Batch when feed.Current.Batch is { } batch && pipeline.ReadMode != ReadMode.Full && batch.Length > _left && _batchRows > _left:
                    batch.Dispose();
                    return next;
                case FeedEvent.Batch:
                    int rows = await TakeAsync(feed.Current, abort).ConfigureAwait(false);
                    await KeepPaceAsync(rows, feed.Current.Bytes, stop, abort).ConfigureAwait(false);
                    break;
                case FeedEvent.Timeout:
                    await CommitIfDueAsync(abort).ConfigureAwait(false);
                    break;
                default:
                    return next;
            }
        }

        return FeedEvent.End;
    }

    private async Task<int> TakeAsync(LaneBatch next, CancellationToken abort)
    {
        bool isCut = next.Batch?.Length > _left;
        using RecordBatch? batch = isCut ? Head(next.Batch!, (int)_left) : next.Batch;
        if (batch is not null && !_batching.Strategy.HasRoom(_epoch.Size, batch.Length))
        {
            // Before the bad rows, which belong to the epoch of the batch they came with.
            await CommitAsync(complete: false, abort).ConfigureAwait(false);
        }

        run.Telemetry.BatchRead((batch?.Length ?? 0) + (next.BadRows?.Count ?? 0), next.Bytes);
        await SetAsideAsync(next, abort).ConfigureAwait(false);
        if (batch is null)
        {
            _splits.End(next.Split);
            run.Progress.AddSplit();
            return 0;
        }

        Open();
        run.Stages.Write.Work(_writing);
        long started = Time.GetTimestamp();
        await _writer.WriteAsync(batch, abort).ConfigureAwait(false);
        _epoch.Add(batch, Time.GetElapsedTime(started));
        if (!isCut || pipeline.ReadMode == ReadMode.Full)
        {
            // There is no position within a batch: a later run reads the cut one as a whole.
            _splits.Advance(next.Split, next.Position);
        }

        run.Progress.AddRows(batch.Length, next.Bytes);
        _left -= batch.Length;
        if (_batching.Strategy.IsFull(_epoch.Size))
        {
            await CommitAsync(complete: false, abort).ConfigureAwait(false);
        }

        return batch.Length;
    }

    // Bad rows belong to the epoch of the batch that they come with.
    private async Task SetAsideAsync(LaneBatch next, CancellationToken abort)
    {
        if (next.BadRows is not { } bad)
        {
            return;
        }

        Open();
        foreach (RowError error in run.Ledger.Add(bad))
        {
            await _letters.AddAsync(error with { Position = error.Position ?? next.Position?.Value }, abort).ConfigureAwait(false);
        }
    }

    private void Open()
    {
        if (!_epoch.IsOpen)
        {
            _epoch.Open();
            _writing = $"writing epoch {(_last?.Epoch ?? 0) + 1} to {_target}";
        }
    }

    // An epoch whose time is over is committed, however slow the job has to be.
    private async Task KeepPaceAsync(int rows, long bytes, CancellationToken stop, CancellationToken abort)
    {
        TimeSpan wait = run.Pace.Take(rows, bytes);
        while (wait > TimeSpan.Zero && !stop.IsCancellationRequested)
        {
            run.Stages.Write.Rest();
            TimeSpan patience = Patience ?? wait;
            await run.Pace.SleepAsync(wait < patience ? wait : patience, stop).ConfigureAwait(false);
            await CommitIfDueAsync(abort).ConfigureAwait(false);
            wait = run.Pace.Take(0, 0);
        }
    }

    private async Task CommitIfDueAsync(CancellationToken abort)
    {
        if (Patience == TimeSpan.Zero)
        {
            await CommitAsync(complete: false, abort).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a new plan may find more; false when the run is to stop. An epoch whose time is over meanwhile is committed.</summary>
    private async Task<bool> WaitForMoreAsync(CancellationToken stop, CancellationToken abort)
    {
        if (!_epoch.IsOpen)
        {
            run.CaughtUp();
        }

        run.Rest("waiting for input");
        var wait = new InputWait(source, pipeline.Poll, Time, stop, abort);
        await using (wait.ConfigureAwait(false))
        {
            while (!await wait.IsOverAsync(Patience).ConfigureAwait(false))
            {
                await CommitIfDueAsync(abort).ConfigureAwait(false);
            }

            abort.ThrowIfCancellationRequested();
            if (stop.IsCancellationRequested)
            {
                return false;
            }

            // A source that has changes all the time, and no rows among them, never lets the patience run out.
            await CommitIfDueAsync(abort).ConfigureAwait(false);
            await wait.EndAsync().ConfigureAwait(false);
            return true;
        }
    }

    private async Task OpenWriterAsync(Schema schema, CancellationToken abort)
    {
        if (_writer.Takes(schema))
        {
            return;
        }

        if (_writer.IsOpen && (_epoch.IsOpen || _splits.HasMoved))
        {
            // What is staged has the old columns; it is committed with them.
            await CommitAsync(complete: false, abort).ConfigureAwait(false);
        }

        await _writer.OpenAsync(schema, _token, resumes: run.Totals.Epochs > 0 || !_isFreshRead, abort).ConfigureAwait(false);
    }

    /// <summary>Commits what is left. A run that found nothing new leaves the target as it is.</summary>
    private async Task FinishAsync(bool complete, CancellationToken abort)
    {
        bool nothingNew = !_writer.IsOpen
            || (_last is not null && !_epoch.IsOpen && !_splits.HasMoved && _last.ReadComplete == EndsRead(complete)
                && pipeline.WriteMode != WriteMode.Overwrite && (run.Totals.Epochs > 0 || !_isFreshRead));
        if (!nothingNew)
        {
            await CommitAsync(complete, abort).ConfigureAwait(false);
        }

        run.Rest("done");
    }

    private async Task CommitAsync(bool complete, CancellationToken abort)
    {
        string stage = run.Progress.Stage;
        Checkpoint checkpoint = Checkpoint(complete);
        run.Work("committing", $"committing epoch {checkpoint.Epoch} to {_target}");
        EpochSize size = _epoch.Size;
        long asked = Time.GetTimestamp();
        run.Telemetry.CommitStarted(checkpoint.Epoch, size.Age);
        await _letters.PublishAsync(abort).ConfigureAwait(false);
        long started = Time.GetTimestamp();
        CommitSummary commit = await _writer.CommitAsync(checkpoint, abort).ConfigureAwait(false);
        if (state is not null)
        {
            await state.CommitAsync(checkpoint, run.Id, commit, abort).ConfigureAwait(false);
        }

        TimeSpan latency = _epoch.Written + Time.GetElapsedTime(started);
        _last = checkpoint;
        _splits.Commit(checkpoint.Splits);
        run.Committed(checkpoint, commit, size, Time.GetElapsedTime(asked));
        await _letters.ConfirmAsync(abort).ConfigureAwait(false);
        run.Totals.DeadLetterFolder = run.Ledger.Letters > 0 ? _letters.Folder : null;
        run.Totals.RemovedLetters = _letters.Removed;
        _epoch.Clear();

        await AcknowledgeAsync(checkpoint, abort).ConfigureAwait(false);
        _batching.Strategy.Committed(size, latency);

        // What comes next says so itself, or is the waiting that the commit has interrupted.
        run.Rest(stage);
    }

    // The rows are committed whatever comes of it; a source that cannot be told now is told with the next epoch or run.
    private async Task AcknowledgeAsync(Checkpoint checkpoint, CancellationToken abort)
    {
        try
        {
            await source.AcknowledgeAsync(checkpoint, abort).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MillraceException || ErrorClassifier.Classify(e) == ErrorClass.Retryable)
        {
            run.Note($"the source could not be told of epoch {checkpoint.Epoch}, and is told again with the next one: {e.Message}");
        }
    }

    private Checkpoint Checkpoint(bool complete) => new()
    {
        Job = pipeline.Job,
        Epoch = (_last?.Epoch ?? 0) + 1,
        CreatedAt = Time.GetUtcNow(),
        FencingToken = _token,
        Splits = _splits.Snapshot(),
        ReadComplete = EndsRead(complete),
        Notes = new Dictionary<string, string>(_last?.Notes ?? new Dictionary<string, string>()) { [CheckpointNotes.Run] = run.Id },
    };

    // Only a read of everything can be cut short; any other is taken up where it stands.
    private bool EndsRead(bool complete) => complete || pipeline.ReadMode != ReadMode.Full;

    private async Task AbortEpochAsync(Exception? error)
    {
        try
        {
            await _writer.AbortAsync().ConfigureAwait(false);
        }
        finally
        {
            await _letters.DiscardAsync().ConfigureAwait(false);
            _left += _epoch.Rows;
            _splits.Abort();
            run.Aborted();
            if (_epoch.IsOpen)
            {
                run.Telemetry.EpochAborted((_last?.Epoch ?? 0) + 1, _epoch.Size, error);
            }

            _epoch.Clear();
        }
    }

    // The run's own error matters more than one of clearing up after it.
    private async Task GiveUpAsync(Exception error)
    {
        try
        {
            await AbortEpochAsync(error).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            run.Note($"staged output could not be removed: {(e as MillraceException)?.Describe() ?? e.Message}");
        }
    }

    private ReadRequest Request(Checkpoint since) => new()
    {
        Stream = pipeline.Stream,
        Columns = pipeline.Columns?.Requests(),
        Limit = _left,
        Mode = pipeline.ReadMode,
        Cursor = pipeline.Cursor,
        Follows = pipeline.Follows,
        Lookback = pipeline.Lookback,
        Since = _last is null && !_splits.HasMoved ? null : since,
        Widened = _widenings.Snapshot(),
        BatchRows = _batchRows = (int)Math.Min(Math.Min(_batching.Strategy.BatchRows, _left), pipeline.Limits.RowsPerSecond ?? long.MaxValue),
    };

    private static string NameOf(Pipeline pipeline)
        => pipeline.Context(static _ => { }).Outputs is [var first, ..] ? first : pipeline.Sink.Name;

    private static RecordBatch Head(RecordBatch batch, int rows)
    {
        using (batch)
        {
            return batch.Slice(0, rows);
        }
    }
}
