using System.Diagnostics;
using System.Globalization;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Runs a pipeline once: recovers, reads what is new, and commits it as one epoch.</summary>
public sealed class PipelineRunner(Pipeline pipeline, RunProgress? progress = null)
{
    // A column can widen integer → double → text; a file with more surprises than this has no type to find.
    private const int MaxWideningsPerColumn = 6;

    private readonly RunProgress _progress = progress ?? new RunProgress();
    private readonly List<string> _notes = [];
    private readonly string _runId = MakeRunId(pipeline.Time);

    /// <summary>Runs to the end. Failures come back in the summary; only cancellation of the process's own making throws.</summary>
    public async Task<RunSummary> RunAsync(CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        RunSummary summary;
        try
        {
            summary = await RunCoreAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            summary = Failed(RuntimeErrors.Cancelled.Error("The run was stopped; nothing of its epoch was committed."));
        }
        catch (MillraceException e)
        {
            summary = Failed(e);
        }

        lock (_notes)
        {
            return summary with { Duration = Stopwatch.GetElapsedTime(started), Notes = [.. _notes] };
        }
    }

    private async Task<RunSummary> RunCoreAsync(CancellationToken cancellation)
    {
        ConnectorContext context = pipeline.Context(Note);
        ISource source = pipeline.Source.Connector.OpenSource(pipeline.Source.Options, context);
        await using (source.ConfigureAwait(false))
        {
            ISink sink = pipeline.Sink.Connector.OpenSink(pipeline.Sink.Options, context);
            await using (sink.ConfigureAwait(false))
            {
                _progress.Stage = "recovering";
                Checkpoint? since = await sink.RecoverAsync(cancellation).ConfigureAwait(false);
                var widened = new Dictionary<string, DataType>(StringComparer.Ordinal);
                var widenings = new Dictionary<string, int>(StringComparer.Ordinal);
                while (true)
                {
                    try
                    {
                        return await RunEpochAsync(source, sink, since, widened, cancellation).ConfigureAwait(false);
                    }
                    catch (SchemaWideningException e)
                    {
                        // Nothing is committed yet, so the epoch starts again with the wider type.
                        int count = widenings[e.Column] = widenings.GetValueOrDefault(e.Column) + 1;
                        if (count > MaxWideningsPerColumn)
                        {
                            throw RuntimeErrors.TypeNeverSettles.Error($"Column '{e.Column}' went from {e.From} to {e.To} and still holds values that do not fit.", e.Place, inner: e);
                        }

                        widened[e.Column] = e.To;
                        Note(e.From is null
                            ? $"column '{e.Column}' is new, of type {e.To}: {e.Place} holds its first value"
                            : $"column '{e.Column}' is read as {e.To}: {e.Place} holds a value that {e.From} cannot hold");
                    }
                }
            }
        }
    }

    private async Task<RunSummary> RunEpochAsync(ISource source, ISink sink, Checkpoint? since, Dictionary<string, DataType> widened, CancellationToken cancellation)
    {
        _progress.Reset();
        DeadLetterFile? letters = pipeline.Failure.Strategy == FailureStrategy.DeadLetter ? OpenLetters() : null;
        var ledger = new RowErrorLedger(pipeline.Failure, letters, _progress);
        bool committed = false;
        try
        {
            _progress.Stage = "planning";
            IReadPlan plan = await source.PlanAsync(Request(since, widened, ledger), cancellation).ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                _progress.TotalBytes = plan.Bytes;
                _progress.TotalRows = plan.Rows;
                var shaper = new RowShaper(plan.Schema, pipeline.Columns, pipeline.Stream ?? pipeline.Job, ledger);
                await sink.EnsureSchemaAsync(shaper.Schema, SchemaEvolution.Evolve, cancellation).ConfigureAwait(false);
                long token = Math.Max(pipeline.Time.GetUtcNow().ToUnixTimeMilliseconds(), (since?.FencingToken ?? 0) + 1);
                ISinkWriter writer = await sink.OpenWriterAsync(
                    new SinkRequest { Schema = shaper.Schema, Mode = pipeline.WriteMode, Key = pipeline.Key, RunId = _runId, FencingToken = token },
                    cancellation).ConfigureAwait(false);
                await using (writer.ConfigureAwait(false))
                {
                    var splits = new SplitLog(since);
                    await CopyAsync(plan, shaper, writer, splits, since, cancellation).ConfigureAwait(false);
                    var checkpoint = new Checkpoint
                    {
                        Job = pipeline.Job,
                        Epoch = (since?.Epoch ?? 0) + 1,
                        CreatedAt = pipeline.Time.GetUtcNow(),
                        FencingToken = token,
                        Splits = splits.ToDictionary(),
                    };
                    _progress.Stage = "committing";
                    letters?.Publish();
                    CommitSummary commit = await writer.CommitAsync(checkpoint, cancellation).ConfigureAwait(false);
                    committed = true;
                    await source.AcknowledgeAsync(checkpoint, cancellation).ConfigureAwait(false);
                    _progress.Stage = "done";
                    return new RunSummary
                    {
                        Job = pipeline.Job,
                        RunId = _runId,
                        Outcome = ledger.Count == 0 ? RunOutcome.Succeeded : RunOutcome.Partial,
                        Rows = commit.Rows,
                        BytesRead = _progress.BytesRead,
                        BytesWritten = commit.Bytes,
                        BadRows = ledger.Count,
                        BadRowSample = ledger.Sample,
                        DeadLetters = ledger.Count > 0 ? letters?.FinalPath : null,
                        Objects = commit.Objects,
                        Epoch = checkpoint.Epoch,
                        Guarantee = sink.Guarantee,
                    };
                }
            }
        }
        finally
        {
            if (!committed)
            {
                letters?.Discard();
            }
        }
    }

    private async Task CopyAsync(IReadPlan plan, RowShaper shaper, ISinkWriter writer, SplitLog splits, Checkpoint? since, CancellationToken cancellation)
    {
        _progress.Stage = "copying";
        long left = pipeline.Limit;
        var lanes = new OrderedLanes(plan, shaper, since, pipeline.Threads);
        try
        {
            await foreach (LaneBatch next in lanes.ReadAsync(cancellation).ConfigureAwait(false))
            {
                if (next.Batch is null)
                {
                    splits.End(next.Split);
                    _progress.AddSplit();
                    continue;
                }

                using RecordBatch batch = next.Batch.Length > left ? Head(next.Batch, (int)left) : next.Batch;
                await writer.WriteAsync(batch, cancellation).ConfigureAwait(false);
                splits.Advance(next.Split, next.Position);
                _progress.AddRows(batch.Length, next.Bytes);
                left -= batch.Length;
                if (left == 0)
                {
                    break;
                }
            }
        }
        catch
        {
            // The run's own error matters more than one of clearing up after it.
            try
            {
                await writer.AbortAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (MillraceException e)
            {
                Note($"staged output could not be removed: {e.Describe()}");
            }

            throw;
        }
    }

    private static RecordBatch Head(RecordBatch batch, int rows)
    {
        using (batch)
        {
            return batch.Slice(0, rows);
        }
    }

    private ReadRequest Request(Checkpoint? since, Dictionary<string, DataType> widened, RowErrorLedger ledger) => new()
    {
        Stream = pipeline.Stream,
        Columns = pipeline.Columns?.Requests(),
        Limit = pipeline.Limit,
        Mode = pipeline.ReadMode,
        Cursor = pipeline.Cursor,
        Lookback = pipeline.Lookback,
        Since = pipeline.ReadMode == ReadMode.Full ? null : since,
        Widened = new Dictionary<string, DataType>(widened, StringComparer.Ordinal),
        RowErrors = ledger,
    };

    private DeadLetterFile OpenLetters()
    {
        string folder = Path.Combine(pipeline.BaseDirectory, pipeline.Failure.DeadLetters ?? Path.Combine(".millrace", "dead-letters"));
        return new DeadLetterFile(folder, pipeline.Tenant, pipeline.Job, _runId, pipeline.Time);
    }

    private RunSummary Failed(MillraceException error) => new()
    {
        Job = pipeline.Job,
        RunId = _runId,
        Outcome = RunOutcome.Failed,
        BytesRead = _progress.BytesRead,
        Error = error,
    };

    private void Note(string note)
    {
        lock (_notes)
        {
            if (!_notes.Contains(note))
            {
                _notes.Add(note);
            }
        }
    }

    // Sorts by time, and two runs of the same millisecond still differ.
    private static string MakeRunId(TimeProvider time)
        => time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..8];
}
