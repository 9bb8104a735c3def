using System.Diagnostics;
using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Runs a pipeline once, or for as long as it follows its source.</summary>
public sealed class PipelineRunner(Pipeline pipeline, RunProgress? progress = null)
{
    /// <summary>How long a run that is asked to stop may take to finish its epoch; then the epoch is given up.</summary>
    public static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(20);

    private readonly RunScope _run = new(MakeRunId(pipeline.Time), pipeline.Failure, progress ?? new RunProgress());

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
        DeliveryGuarantee? guarantee = null;
        MillraceException? error = null;
        try
        {
            ConnectorContext context = pipeline.Context(_run.Note);
            ISource source = pipeline.Source.Connector.OpenSource(pipeline.Source.Options, context);
            await using (source.ConfigureAwait(false))
            {
                ISink sink = pipeline.Sink.Connector.OpenSink(pipeline.Sink.Options, context);
                await using (sink.ConfigureAwait(false))
                {
                    guarantee = sink.Guarantee;
                    bool complete = await new EpochLoop(pipeline, source, sink, _run).RunAsync(stop, abort.Token).ConfigureAwait(false);
                    error = complete || pipeline.Follows ? null : Stopped();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            error = Stopped();
        }
        catch (MillraceException e)
        {
            error = e;
        }

        return Summary(error, guarantee) with { Duration = Stopwatch.GetElapsedTime(started) };
    }

    private MillraceException Stopped() => RuntimeErrors.Cancelled.Error(_run.Totals.Epochs == 0
        ? "The run was stopped; nothing of its epoch was committed."
        : $"The run was stopped after {_run.Totals.Rows} rows; they are committed.");

    private RunSummary Summary(MillraceException? error, DeliveryGuarantee? guarantee) => new()
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
        Batching = _run.Batching,
        Guarantee = guarantee,
        Notes = _run.Notes,
        Error = error,
    };

    // Sorts by time, and two runs of the same millisecond still differ.
    private static string MakeRunId(TimeProvider time)
        => time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..8];
}
