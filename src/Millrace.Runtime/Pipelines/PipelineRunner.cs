using System.Diagnostics;
using System.Globalization;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Runs a pipeline once, or for as long as it follows its source. An attempt that fails in a way that can pass is followed by
/// another, as far as the job allows; each begins with what the target says.
/// </summary>
/// <param name="pipeline">What runs.</param>
/// <param name="progress">Shows how far it is while it runs.</param>
/// <param name="log">Receives what happens; null logs nothing. Metrics and spans go to whoever listens in the process.</param>
public sealed class PipelineRunner(Pipeline pipeline, RunProgress? progress = null, RunLog? log = null)
{
    /// <summary>How long a run that is asked to stop may take to finish its epoch; then the epoch is given up.</summary>
    public static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(20);

    private readonly RunScope _run = new(MakeRunId(pipeline.Time), pipeline, progress ?? new RunProgress(), log);
    private readonly RetrySchedule _retries = new(pipeline.Failure.EffectiveRetry ?? (pipeline.Follows ? new RetrySpec() : null), pipeline.Time);
    private JobGuarantee? _guarantee;

    /// <summary>Runs to the end. Failures come back in the summary.</summary>
    /// <param name="stop">
    /// Asks the run to end: it commits what it has read where its target allows commits half-way, and gives up what it has
    /// staged where it does not, or when that takes too long.
    /// </param>
    public async Task<RunSummary> RunAsync(CancellationToken stop)
    {
        long started = Stopwatch.GetTimestamp();
        using var abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, pipeline.Time);
        using CancellationTokenRegistration deadline = stop.Register(() => abort.CancelAfter(StopDeadline));
        using RunStages stages = _run.Stages;
        using ContractRun? contract = _run.Contract;
        stages.Start();
        _run.Telemetry.RunStarted();
        try
        {
            MillraceException? error = await RunAttemptsAsync(stop, abort.Token).ConfigureAwait(false);
            return End(error, started);
        }
        catch (Exception e)
        {
            End(RuntimeErrors.Unexpected.Error($"{e.GetType().Name}: {e.Message}", inner: e), started);
            throw;
        }
    }

    private RunSummary End(MillraceException? error, long started)
    {
        RunSummary summary = Summary(error) with { Duration = Stopwatch.GetElapsedTime(started) };
        _run.Telemetry.RunEnded(summary);
        return summary;
    }

    private async Task<MillraceException?> RunAttemptsAsync(CancellationToken stop, CancellationToken abort)
    {
        while (true)
        {
            MillraceException error;
            try
            {
                bool complete = await AttemptAsync(stop, abort).ConfigureAwait(false);
                _run.Telemetry.AttemptEnded(null);
                return complete || pipeline.Follows ? null : Stopped();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return Stopped();
            }
            catch (Exception e) when (e is MillraceException || ErrorClassifier.Classify(e) == ErrorClass.Retryable)
            {
                error = ErrorClassifier.Explain(e);
                _run.Telemetry.AttemptEnded(error);
            }

            if (!_retries.TryNext(error, out TimeSpan delay))
            {
                if (_run.Retries > 0)
                {
                    _run.Note($"not tried again: {_retries.GaveUpBecause}");
                }

                return error;
            }

            _run.Retry(error, _retries.Failures, delay);
            _run.Rest("waiting to try again");
            await Task.Delay(delay, pipeline.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return error;
            }
        }
    }

    private async Task<bool> AttemptAsync(CancellationToken stop, CancellationToken abort)
    {
        _run.Telemetry.AttemptStarted();
        // Once the target is taken over nobody is to be fenced off again but by another run, which then is right to win.
        ConnectorContext context = pipeline.Context(_run.Note) with { TakesOver = pipeline.TakesOver && _run.Token == 0 };
        ISource source = pipeline.OpenSource(context);
        await using (source.ConfigureAwait(false))
        {
            ISink sink = pipeline.Sink.Connector.OpenSink(pipeline.Sink.Options, context);
            await using (sink.ConfigureAwait(false))
            {
                _guarantee = JobGuarantee.Of(source.CanReplay, sink);
                _guarantee.Require(pipeline.LeastGuarantee, pipeline.Sink.Name);
                using BreakerPass pass = pipeline.Breakers.Enter(pipeline.Failure.Breaker, source.Remote, sink.Remote);
                _run.Telemetry.Look(pass.Breakers);
                _run.OnProgress = () =>
                {
                    _retries.Progressed();
                    pass.Succeeded();
                    _run.Telemetry.Look(pass.Breakers);
                };
                _run.Progress.Watch(source);
                try
                {
                    bool complete = await AttemptAsync(source, sink, stop, abort).ConfigureAwait(false);
                    pass.Succeeded();
                    _run.Telemetry.Look(pass.Breakers);
                    return complete;
                }
                catch (Exception e) when (e is MillraceException || ErrorClassifier.Classify(e) == ErrorClass.Retryable)
                {
                    pass.Failed(ErrorClassifier.Explain(e));
                    _run.Telemetry.Look(pass.Breakers);
                    throw;
                }
                finally
                {
                    // A query finds its tables only when it is planned.
                    _guarantee = JobGuarantee.Of(source.CanReplay, sink);
                    _run.Progress.Watch(null);
                }
            }
        }
    }

    private async Task<bool> AttemptAsync(ISource source, ISink sink, CancellationToken stop, CancellationToken abort)
    {
        if (!KeepsState(sink))
        {
            return await new EpochLoop(pipeline, source, sink, null, _run).RunAsync(stop, abort).ConfigureAwait(false);
        }

        ObjectStateStore store = pipeline.OpenState();
        await using (store.ConfigureAwait(false))
        {
            IJobState state = await store.OpenAsync(new JobId(pipeline.Tenant, pipeline.Job), abort).ConfigureAwait(false);
            await using (state.ConfigureAwait(false))
            {
                return await new EpochLoop(pipeline, source, sink, state, _run).RunAsync(stop, abort).ConfigureAwait(false);
            }
        }
    }

    // A target that holds no progress needs it kept elsewhere, unless every run reads everything anyway.
    private bool KeepsState(ISink sink) => pipeline.ReadMode != ReadMode.Full && !pipeline.OneEpoch && sink is { KeepsProgress: false, CommitsOnce: false };

    private MillraceException Stopped() => RuntimeErrors.Cancelled.Error(_run.Totals.Epochs == 0
        ? "The run was stopped; nothing of its epoch was committed."
        : $"The run was stopped after {_run.Totals.Rows} rows; they are committed.");

    private RunSummary Summary(MillraceException? error) => new()
    {
        Job = pipeline.Job,
        RunId = _run.Id,
        Outcome = error is not null ? RunOutcome.Failed : _run.Ledger.Count == 0 ? RunOutcome.Succeeded : RunOutcome.Partial,
        Rows = _run.Totals.Rows,
        BytesRead = _run.Progress.BytesRead,
        BytesWritten = _run.Totals.Bytes,
        BadRows = _run.Ledger.Count,
        BadRowSample = _run.Ledger.Sample,
        DeadLetters = _run.Totals.DeadLetterFolder,
        NewDeadLetters = _run.Ledger.Letters,
        RemovedDeadLetters = _run.Totals.RemovedLetters,
        Objects = _run.Totals.Objects,
        Epoch = _run.Totals.LastEpoch,
        Epochs = _run.Totals.Epochs,
        Retries = _run.Retries,
        Metrics = _run.Telemetry.Figures,
        Batching = _run.Batching,
        Guarantee = _guarantee,
        Lag = _run.Progress.Lag,
        Notes = _run.Notes,
        Error = error,
    };

    // Sorts by time, and two runs of the same millisecond still differ.
    internal static string MakeRunId(TimeProvider time)
        => time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..8];
}
