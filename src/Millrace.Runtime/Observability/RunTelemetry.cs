using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime;

/// <summary>
/// What a run tells the outside as metrics, spans and log events: one method for each thing that happens. Calls come once a
/// batch at most, from the run's own thread; those about stalls and notes come from any.
/// </summary>
internal sealed class RunTelemetry(Pipeline pipeline, string id, RunProgress progress, RunLog? log)
{
    private readonly LatencySketch _commits = new();
    private readonly RunTrace _trace = new(pipeline, id);
    private long _aborted;
    private int _attempt;
    private long _newestInput;

    public string Tenant => pipeline.Tenant;

    public string Job => pipeline.Job;

    /// <summary>The tags of all values of this run.</summary>
    public KeyValuePair<string, object?>[] Tags { get; } = [new(Metrics.Tenant, pipeline.Tenant), new(Metrics.Job, pipeline.Job)];

    /// <summary>Bytes left to read; null when unknown.</summary>
    public long? LagBytes => progress.TotalBytes is { } total ? Math.Max(0, total - progress.BytesRead) : null;

    /// <summary>Age of the newest input in seconds; null when unknown.</summary>
    public double? LagSeconds => Interlocked.Read(ref _newestInput) is > 0 and var ticks
        ? Math.Max(0, (pipeline.Time.GetUtcNow().UtcTicks - ticks) / (double)TimeSpan.TicksPerSecond)
        : null;

    /// <summary>How far the target is behind its source; null when unknown.</summary>
    public SourceLag? Behind => progress.Lag;

    /// <summary>What is going on in the query of the run; null for a run without.</summary>
    public StreamStatus? Query { get; private set; }

    /// <summary>Seconds that the query's watermark lies behind the clock; null while it has none.</summary>
    public double? WatermarkLag => Query is { Watermark: not StreamTime.None and not StreamTime.End } status
        ? Math.Max(0, (StreamTime.FromDateTime(pipeline.Time.GetUtcNow()) - status.Watermark) / 1e6)
        : null;

    public RunMetrics Figures => new(_commits.Count, _aborted, _commits.Quantile(0.5), _commits.Quantile(0.99), _commits.Max);

    public static string NameOf(RunOutcome outcome) => OptionInfo.SnakeCase(outcome.ToString());

    /// <summary>The code of an error. What has none counts as unexpected, so that there are few values.</summary>
    public static string CodeOf(Exception error) => (error as MillraceException)?.Code.Id ?? RuntimeErrors.Unexpected.Id;

    public void RunStarted()
    {
        ActiveRuns.Add(this);
        _trace.BeginRun();
        log?.RunStarted(Job, Tenant, id, pipeline.Source.Name, pipeline.Sink.Name, OptionInfo.SnakeCase(pipeline.ReadMode.ToString()));
    }

    public void AttemptStarted() => _trace.BeginAttempt(++_attempt);

    public void BatchingChosen(string batching) => log?.AttemptStarted(Job, Tenant, id, _attempt, batching);

    public void AttemptEnded(Exception? error) => _trace.EndAttempt(error);

    /// <summary>A plan was made.</summary>
    public void Planned(IReadPlan plan) => Interlocked.Exchange(ref _newestInput, plan.NewestInput?.UtcTicks ?? 0);

    public void BatchRead(long rows, long bytes)
    {
        Instruments.RowsRead.Add(rows, Tags);
        Instruments.BytesRead.Add(bytes, Tags);
    }

    /// <param name="epoch">The epoch.</param>
    /// <param name="age">Time since its first row.</param>
    public void CommitStarted(long epoch, TimeSpan age) => _trace.BeginEpoch(epoch, age);

    public void EpochCommitted(Checkpoint checkpoint, EpochSize size, CommitSummary commit, RowErrorLedger bad, TimeSpan took)
    {
        _commits.Add(took);
        Instruments.EpochsCommitted.Add(1, Tags);
        Instruments.CommitDuration.Record(took.TotalSeconds, Tags);
        Instruments.EpochRows.Record(size.Rows, Tags);
        Instruments.RowsWritten.Add(commit.Rows, Tags);
        Instruments.BytesWritten.Add(commit.Bytes, Tags);
        Instruments.RowsBad.Add(bad.OpenCount, Tags);
        Instruments.DeadLetters.Add(bad.OpenLetters, Tags);
        log?.EpochCommitted(Job, Tenant, id, checkpoint.Epoch, size.Rows, bad.OpenCount, commit.Bytes, Round(took), checkpoint.ReadComplete);
        if (bad.OpenCount > 0)
        {
            RowError? example = bad.OpenExample;
            log?.BadRows(Job, Tenant, id, checkpoint.Epoch, bad.OpenCount, bad.OpenLetters, example?.Code.Id ?? "", example?.Place.ToString() ?? "", example?.Message ?? "");
        }

        _trace.EndEpoch(size.Rows, bad.OpenCount);
    }

    /// <summary>The open epoch was given up; null for an error stands for a stop.</summary>
    public void EpochAborted(long epoch, EpochSize size, Exception? error)
    {
        _aborted++;
        Instruments.EpochsAborted.Add(1, Tags);
        _trace.AbortEpoch(epoch, size.Age, error);
        log?.EpochAborted(Job, Tenant, id, epoch, size.Rows, error is null ? null : CodeOf(error));
    }

    /// <summary>How the query of the run stands.</summary>
    public void QueryStands(StreamStatus status)
    {
        IReadOnlyList<StageStatus> before = Query?.Stages ?? [];
        for (int i = 0; i < status.Stages.Count; i++)
        {
            StageStatus now = status.Stages[i];

            // A query that begins anew after a failure counts from zero.
            StageStatus? old = i < before.Count && before[i].LateRows <= now.LateRows && before[i].ExpiredRows <= now.ExpiredRows ? before[i] : null;
            AddTo(Instruments.RowsLate, now.LateRows - (old?.LateRows ?? 0), now.Stage);
            AddTo(Instruments.RowsExpired, now.ExpiredRows - (old?.ExpiredRows ?? 0), now.Stage);
        }

        Query = status;
    }

    public void Retried(int attempt, TimeSpan delay, MillraceException error)
    {
        Instruments.Retries.Add(1, [.. Tags, new(Metrics.ErrorType, error.Code.Id)]);
        log?.Retry(Job, Tenant, id, attempt, Round(delay), error.Code.Id, error.Message);
    }

    /// <summary>Looks whether breakers changed. A change is told by the run that sees it first.</summary>
    public void Look(IReadOnlyList<CircuitBreaker> breakers)
    {
        foreach (CircuitBreaker breaker in breakers)
        {
            if (log is not null && breaker.TryTakeChange(out BreakerState before, out BreakerState now))
            {
                log.BreakerChanged(Job, Tenant, id, breaker.Remote, OptionInfo.SnakeCase(now.ToString()), OptionInfo.SnakeCase(before.ToString()));
            }
        }
    }

    public void Stalled(string what)
    {
        Instruments.Stalls.Add(1, Tags);
        log?.Stalled(Job, Tenant, id, what);
    }

    public void BrokenOff(Split split, MillraceException error)
    {
        Instruments.SplitsBrokenOff.Add(1, [.. Tags, new(Metrics.ErrorType, error.Code.Id)]);
        log?.BrokenOff(Job, Tenant, id, split.Id, error.Code.Id, error.Message);
    }

    public void Widened(string column, DataType to, DataType? from)
    {
        Instruments.Widenings.Add(1, Tags);
        log?.Widened(Job, Tenant, id, column, to.ToString()!, from?.ToString());
    }

    public void Noted(string note) => log?.Noted(Job, Tenant, id, note);

    public void RunEnded(RunSummary summary)
    {
        ActiveRuns.Remove(this);
        KeyValuePair<string, object?>[] tags = [.. Tags, new(Metrics.Outcome, NameOf(summary.Outcome))];
        Instruments.Runs.Add(1, tags);
        Instruments.RunDuration.Record(summary.Duration.TotalSeconds, tags);
        if (summary.Error is { } error)
        {
            log?.RunFailed(
                Job, Tenant, id, error.Code.Id, error.Place?.ToString() ?? "", error.Message, summary.Rows, summary.BadRows, summary.Epochs, summary.Retries, Round(summary.Duration));
        }
        else
        {
            log?.RunEnded(
                Job, Tenant, id, NameOf(summary.Outcome), summary.Rows, summary.BadRows, summary.Epochs, summary.Retries, summary.BytesRead, summary.BytesWritten, Round(summary.Duration));
        }

        _trace.EndRun(summary);
    }

    private void AddTo(System.Diagnostics.Metrics.Counter<long> counter, long rows, string stage)
    {
        if (rows > 0)
        {
            counter.Add(rows, [.. Tags, new(Metrics.Stage, stage)]);
        }
    }

    private static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
