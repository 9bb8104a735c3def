using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Runtime.Contracts;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// One attempt at a run: recovers, reads, and commits epoch after epoch until the input ends, a stop is asked for, or
/// something fails. After a failure nothing of it is used again: the next attempt asks the sink where things stand.
/// </summary>
internal sealed class EpochLoop(Pipeline pipeline, ISource source, ISink sink, IJobState? state, RunScope run)
{
    private BatchingChoice _batching = null!;
    private readonly TypeWidenings _widenings = new();
    private OpenEpoch _epoch = null!;
    private ColumnPlan? _columns = pipeline.Columns;
    private bool _isCompared;
    private long _left;
    private int _batchRows;
    private bool _isOutgrown;

    // A run that is one epoch is all or nothing; any other can be taken up where its last commit stands.
    private bool CanStopHalfWay => _batching.Strategy is not WholeRunBatching;

    /// <summary>Runs to the end; true when all there was is committed, false when a stop cut it short.</summary>
    public async Task<bool> RunAsync(CancellationToken stop, CancellationToken abort)
    {
        _batching = await BatchingChoice.FindAsync(pipeline, source, sink, abort).ConfigureAwait(false);
        run.Batching = _batching.Description;
        run.Telemetry.BatchingChosen(_batching.Description);
        _epoch = new OpenEpoch(pipeline, source, sink, state, run, _batching.Strategy);
        await using (_epoch.ConfigureAwait(false))
        {
            if (!await _epoch.RecoverAsync(abort).ConfigureAwait(false))
            {
                return true;
            }

            _left = pipeline.Limit - run.Totals.Rows;
            try
            {
                return await ReadAndFinishAsync(stop, abort).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                await GiveUpAsync(e).ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task<bool> ReadAndFinishAsync(CancellationToken stop, CancellationToken abort)
    {
        bool complete = await ReadToEndAsync(stop, abort).ConfigureAwait(false);
        if (complete || (CanStopHalfWay && !_epoch.IsWithinUnit))
        {
            await _epoch.FinishAsync(complete, abort).ConfigureAwait(false);
            run.Rest("done");
        }
        else
        {
            await AbortAsync(null).ConfigureAwait(false);
        }

        return complete;
    }

    // Plan after plan; false when a stop cut the last one short.
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
                await AbortAsync(e).ConfigureAwait(false);
                continue;
            }

            if (ended == FeedEvent.Stopped)
            {
                return false;
            }

            if (ended == FeedEvent.Batch || (_isOutgrown && _left > 0))
            {
                // It passes the limit of a read that a later run goes on with; smaller ones end where the limit does.
                continue;
            }

            if (!pipeline.Follows || _left == 0 || !await WaitForMoreAsync(stop, abort).ConfigureAwait(false))
            {
                return true;
            }
        }
    }

    private async Task<FeedEvent> ReadPlanAsync(CancellationToken stop, CancellationToken abort)
    {
        run.Work("planning", "looking for what there is to read");
        _isOutgrown = false;
        Checkpoint since = _epoch.Checkpoint(complete: false);
        await CompareColumnsAsync(since, stop).ConfigureAwait(false);
        IReadPlan plan;
        try
        {
            // Planning may wait, for whoever writes a pipe for one, and has nothing to commit.
            plan = await source.PlanAsync(Request(since), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && (_epoch.HasWriter || pipeline.Follows))
        {
            return FeedEvent.Stopped;
        }

        await using (plan.ConfigureAwait(false))
        {
            if (pipeline.Follows && source is StreamSource { Bound: { } bound })
            {
                foreach (string warning in bound.Plan.Warnings)
                {
                    run.Warn(warning);
                }
            }

            if (plan.IsEmpty || plan.Awaited is not null)
            {
                run.NothingYet(plan.Awaited);
            }

            if (plan.IsEmpty)
            {
                return FeedEvent.End;
            }

            _epoch.Forget(plan.Forgotten);
            run.Progress.Expect(plan.Bytes, plan.Rows);
            run.Telemetry.Planned(plan);
            RowShaper? shaper = pipeline.Query is null ? new RowShaper(plan.Schema, _columns, pipeline.Stream ?? pipeline.Job, pipeline.Tags) { Contract = run.Contract, AppliesChanges = pipeline.WriteMode.IsByKey() } : null;
            if (shaper is not null && run.Contract is { } contract)
            {
                shaper.Rules = await contract.OpenAsync(shaper.Schema, abort).ConfigureAwait(false);
            }

            if (plan is TablesPlan tables)
            {
                await _epoch.OpenQueryAsync((StreamSource)source, tables, abort).ConfigureAwait(false);
            }

            Schema rows = shaper?.Schema ?? await _epoch.OpenResultAsync(plan.Schema, abort).ConfigureAwait(false);
            await _epoch.OpenWriterAsync(rows, abort).ConfigureAwait(false);
            run.Progress.Stage = pipeline.Follows ? "following" : "copying";
            var lanes = new OrderedLanes(plan, shaper, pipeline.Failure, since, pipeline.Limits.Lanes(pipeline.Threads), run.Stages);
            var feed = new LaneFeed(lanes, pipeline.Time, abort);
            await using (feed.ConfigureAwait(false))
            {
                FeedEvent ended = await CopyAsync(feed, stop, abort).ConfigureAwait(false);
                if (ended != FeedEvent.End)
                {
                    return ended;
                }

                _epoch.EndUnit();
                _isOutgrown = plan.IsOutgrown;
            }

            if (pipeline.Deletes == ReadDeletes.Compare)
            {
                await RemoveMissingAsync(plan, stop, abort).ConfigureAwait(false);
            }

            return FeedEvent.End;
        }
    }

    private async Task RemoveMissingAsync(IReadPlan plan, CancellationToken stop, CancellationToken abort)
    {
        run.Work("comparing", "comparing the keys of the source with those of the target");
        string name = pipeline.Stream ?? pipeline.Job;
        var columns = new ColumnPlan([.. pipeline.Key.Select(k => pipeline.Columns?.Outputs.FirstOrDefault(o => o.Name == k) ?? new OutputColumn(k, k, null, false))]);
        IReadPlan keys = plan.EveryRow(columns.Requests())
            ?? throw RuntimeErrors.CannotCompare.Error($"Rows that are gone are to be found by comparing keys (`deletes: compare`), but the source {pipeline.Source.Name} does not list them.", new ErrorPlace { Stream = name });
        await using (keys.ConfigureAwait(false))
        {
            var shaper = new RowShaper(keys.Schema, columns, name);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
            var lanes = new OrderedLanes(keys, shaper, SnapshotRules.OfKeys(pipeline), null, pipeline.Limits.Lanes(pipeline.Threads), run.Stages);
            long removed = await _epoch.RemoveMissingAsync(lanes, shaper.Schema, both.Token, abort).ConfigureAwait(false);
            if (removed > 0)
            {
                run.Note($"{removed} rows of the target were gone from the source");
            }
        }
    }

    private async Task<FeedEvent> CopyAsync(LaneFeed feed, CancellationToken stop, CancellationToken abort)
    {
        while (_left > 0)
        {
            run.Stages.Write.WaitFor(RunStages.Reading);
            FeedEvent next = await feed.NextAsync(_epoch.Patience, stop).ConfigureAwait(false);
            try
            {
                await _epoch.RunRoundIfDueAsync(next, abort).ConfigureAwait(false);
            }
            catch when (next == FeedEvent.Batch)
            {
                feed.Current.Batch?.Dispose();
                throw;
            }

            switch (next)
            {
                case FeedEvent.Batch when feed.Current.Batch is { } batch && pipeline.ReadMode != ReadMode.Full && batch.Length > _left && _batchRows > _left:
                    batch.Dispose();
                    return next;
                case FeedEvent.Batch:
                    int rows = await _epoch.TakeAsync(feed.Current, _left, abort).ConfigureAwait(false);
                    _left -= rows;
                    await KeepPaceAsync(rows, feed.Current.Bytes, stop, abort).ConfigureAwait(false);
                    break;
                case FeedEvent.Timeout:
                    await _epoch.CommitIfDueAsync(abort).ConfigureAwait(false);
                    break;
                default:
                    return next;
            }
        }

        return FeedEvent.End;
    }

    // An epoch whose time is over is committed, however slow the job has to be.
    private async Task KeepPaceAsync(int rows, long bytes, CancellationToken stop, CancellationToken abort)
    {
        TimeSpan wait = run.Pace.Take(rows, bytes);
        while (wait > TimeSpan.Zero && !stop.IsCancellationRequested)
        {
            run.Stages.Write.Rest();
            TimeSpan patience = _epoch.Patience ?? wait;
            await run.Pace.SleepAsync(wait < patience ? wait : patience, stop).ConfigureAwait(false);
            await _epoch.RunRoundIfDueAsync(FeedEvent.Timeout, abort).ConfigureAwait(false);
            await _epoch.CommitIfDueAsync(abort).ConfigureAwait(false);
            wait = run.Pace.Take(0, 0);
        }
    }

    /// <summary>Waits until a new plan may find more; false when the run is to stop. An epoch whose time is over meanwhile is committed.</summary>
    private async Task<bool> WaitForMoreAsync(CancellationToken stop, CancellationToken abort)
    {
        if (!_epoch.HasRows)
        {
            run.CaughtUp();
        }

        run.Rest("waiting for input");
        var wait = new InputWait(source, pipeline.Poll, pipeline.Time, stop, abort);
        await using (wait.ConfigureAwait(false))
        {
            while (!await wait.IsOverAsync(_epoch.Patience).ConfigureAwait(false))
            {
                await _epoch.RunRoundIfDueAsync(FeedEvent.Timeout, abort).ConfigureAwait(false);
                await _epoch.CommitIfDueAsync(abort).ConfigureAwait(false);
            }

            abort.ThrowIfCancellationRequested();
            if (stop.IsCancellationRequested)
            {
                return false;
            }

            // A source that has changes all the time, and no rows among them, never lets the patience run out.
            await _epoch.CommitIfDueAsync(abort).ConfigureAwait(false);
            await wait.EndAsync().ConfigureAwait(false);
            return true;
        }
    }

    private async Task AbortAsync(Exception? error)
    {
        _left += _epoch.Rows;
        await _epoch.AbortAsync(error).ConfigureAwait(false);
    }

    // The run's own error matters more than one of clearing up after it.
    private async Task GiveUpAsync(Exception error)
    {
        try
        {
            await AbortAsync(error).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            run.Note($"staged output could not be removed: {(e as MillraceException)?.Describe() ?? e.Message}");
        }
    }

    // Once an attempt, where the contract cares about columns that it does not have.
    private async Task CompareColumnsAsync(Checkpoint since, CancellationToken stop)
    {
        if (_isCompared || run.Contract is not { Plan: { Mode: not ContractMode.Strict } contract } || _columns is null)
        {
            return;
        }

        IReadPlan all = await source.PlanAsync(Request(since) with { Columns = null }, stop).ConfigureAwait(false);
        await using (all.ConfigureAwait(false))
        {
            if (!all.IsEmpty)
            {
                _isCompared = true;
                _columns = ColumnDrift.Settle(contract, _columns, all.Schema, all.IsInferred, run.Note);
            }
        }
    }

    private ReadRequest Request(Checkpoint since) => new()
    {
        Stream = pipeline.Stream,
        Columns = _columns?.Requests(),
        Limit = _left,
        Mode = pipeline.ReadMode,
        Cursor = pipeline.Cursor,
        Follows = pipeline.Follows,
        KeepsProgress = sink.KeepsProgress || state is not null,
        IsOneEpoch = !CanStopHalfWay,
        Lookback = pipeline.Lookback,
        Since = _epoch.IsUntouched ? null : since,
        Widened = _widenings.Snapshot(),
        BatchRows = _batchRows = (int)Math.Min(Math.Min(_batching.Strategy.BatchRows, _left), pipeline.Limits.RowsPerSecond ?? long.MaxValue),
    };
}
