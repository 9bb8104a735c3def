using System.Diagnostics;

namespace Millrace.Runtime;

/// <summary>
/// The spans of a run: the run, its attempts, and the epochs of each; or of a replay, whose epochs stand right below it. Without
/// a listener there are none. Times come from the pipeline's clock. One thread at a time calls.
/// </summary>
/// <param name="pipeline">What runs.</param>
/// <param name="id">Id of the run.</param>
/// <param name="name">Name of the outermost span.</param>
internal sealed class RunTrace(Pipeline pipeline, string id, string name = RunTrace.RunSpan)
{
    public const string RunSpan = "millrace.run";
    public const string ReplaySpan = "millrace.replay";
    public const string AttemptSpan = "millrace.attempt";
    public const string EpochSpan = "millrace.epoch";

    private static readonly ActivitySource Source = new(Metrics.Source, typeof(RunTrace).Assembly.GetName().Version?.ToString(3));

    private Activity? _run;
    private Activity? _attempt;
    private Activity? _epoch;

    public void BeginRun() => _run = Source.HasListeners() ? Begin(name, Activity.Current, Now) : null;

    public void BeginAttempt(int number)
    {
        _attempt = Under(_run, AttemptSpan, Now);
        _attempt?.SetTag("attempt", number);
    }

    /// <summary>Begins the span of an epoch when its commit begins, so that calls of the sink stand below it.</summary>
    /// <param name="number">The epoch.</param>
    /// <param name="age">Time since its first row.</param>
    public void BeginEpoch(long number, TimeSpan age)
    {
        _epoch = Under(_attempt ?? (name == ReplaySpan ? _run : null), EpochSpan, Now - age);
        _epoch?.SetTag("epoch", number);
    }

    public void EndEpoch(long rows, long badRows)
    {
        _epoch?.SetTag("rows", rows).SetTag("bad_rows", badRows);
        End(ref _epoch, null);
    }

    /// <summary>An epoch was given up. It has no span yet when that was before its commit.</summary>
    public void AbortEpoch(long number, TimeSpan age, Exception? error)
    {
        if (_epoch is null)
        {
            BeginEpoch(number, age);
        }

        _epoch?.SetTag("aborted", true);
        End(ref _epoch, error);
    }

    public void EndAttempt(Exception? error)
    {
        // A commit may fail before the epoch has a row.
        End(ref _epoch, error);
        End(ref _attempt, error);
    }

    public void EndRun(RunSummary summary)
    {
        _run?.SetTag("outcome", RunTelemetry.NameOf(summary.Outcome)).SetTag("rows", summary.Rows).SetTag("bad_rows", summary.BadRows).SetTag("epochs", summary.Epochs);
        EndAttempt(summary.Error);
        End(ref _run, summary.Error);
    }

    public void EndReplay(ReplaySummary summary)
    {
        _run?.SetTag("outcome", RunTelemetry.NameOf(summary.Outcome)).SetTag("rows", summary.Rows).SetTag("replayed", summary.Replayed).SetTag("failed", summary.Failed).SetTag("epochs", summary.Epochs);
        End(ref _epoch, summary.Error);
        End(ref _run, summary.Error);
    }

    private DateTimeOffset Now => pipeline.Time.GetUtcNow();

    // What the collector does not want of a run it does not want of its parts.
    private Activity? Under(Activity? parent, string span, DateTimeOffset start) => parent is null ? null : Begin(span, parent, start);

    private Activity? Begin(string span, Activity? parent, DateTimeOffset start)
        => Source.StartActivity(
            ActivityKind.Internal,
            parent?.Context ?? default,
            [new("job", pipeline.Job), new("tenant", pipeline.Tenant), new("run", id)],
            startTime: start,
            name: span);

    private void End(ref Activity? span, Exception? error)
    {
        if (span is null)
        {
            return;
        }

        if (error is not null)
        {
            span.SetStatus(ActivityStatusCode.Error, error.Message);
            span.SetTag(Metrics.ErrorType, RunTelemetry.CodeOf(error));
        }

        span.SetEndTime(Now.UtcDateTime);
        span.Stop();
        span = null;
    }
}
