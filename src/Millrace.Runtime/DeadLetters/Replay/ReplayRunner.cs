using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Sends dead letters through their job's pipeline again: decode, shape, the job's own sink. The rows become epochs of their
/// own, which leave the job's positions where they are. That a letter was replayed is published with the epoch, like the
/// letters of any epoch, so that a crash neither writes a row twice nor loses a letter.
/// </summary>
public sealed class ReplayRunner
{
    private const int SampleSize = 10;

    private readonly Pipeline _pipeline;
    private readonly ReplaySelection _selection;
    private readonly ReplayGroups _groups = new();
    private readonly List<string> _notes = [];
    private readonly string _run;
    private readonly ReplayTelemetry _telemetry;
    private ReplaySummary _summary;

    /// <param name="pipeline">The job as it is now.</param>
    /// <param name="selection">The letters.</param>
    /// <param name="log">Receives what happens; null logs nothing. Metrics and spans go to whoever listens in the process.</param>
    public ReplayRunner(Pipeline pipeline, ReplaySelection selection, RunLog? log = null)
    {
        _pipeline = pipeline;
        _selection = selection;
        _run = PipelineRunner.MakeRunId(pipeline.Time);
        _telemetry = new ReplayTelemetry(pipeline, _run, log);
        _summary = new ReplaySummary { Job = pipeline.Job, RunId = _run };
    }

    /// <summary>Replays the letters that are chosen. Failures come back in the summary.</summary>
    public async Task<ReplaySummary> RunAsync(CancellationToken cancellation)
    {
        MillraceException? error = null;
        _telemetry.Started();
        try
        {
            await ReplayAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            error = RuntimeErrors.Cancelled.Error("The replay was stopped; nothing of its epoch was committed.");
        }
        catch (Exception e) when (e is MillraceException || ErrorClassifier.Classify(e) == ErrorClass.Retryable)
        {
            error = ErrorClassifier.Explain(e);
        }
        catch (Exception e)
        {
            End(ErrorClassifier.Explain(e));
            throw;
        }

        return End(error);
    }

    private ReplaySummary End(MillraceException? error)
    {
        ReplaySummary summary = _summary with { Error = error, Notes = [.. _notes] };
        _telemetry.Ended(summary);
        return summary;
    }

    private async Task ReplayAsync(CancellationToken cancellation)
    {
        if (_pipeline.WriteMode == WriteMode.Overwrite)
        {
            throw DeadLetterErrors.CannotReplay.Error("The job overwrites its target: its next run reads the bad rows again and replaces all others.", hint: "Mend the source or the job, and run the job again.");
        }

        DeadLetterFolder folder = DeadLetterFolder.OfJob(_pipeline);
        ConnectorContext context = _pipeline.Context(Note);
        ISource source = _pipeline.Source.Connector.OpenSource(_pipeline.Source.Options, context);
        await using (source.ConfigureAwait(false))
        {
            ISink sink = _pipeline.Sink.Connector.OpenSink(_pipeline.Sink.Options, context);
            await using (sink.ConfigureAwait(false))
            {
                if (sink.CommitsOnce)
                {
                    throw DeadLetterErrors.CannotReplay.Error("The target is written as a whole: rows cannot be added to it.");
                }

                if (!sink.KeepsProgress)
                {
                    throw DeadLetterErrors.CannotReplay.Error("The target keeps no progress: after a crash nobody could tell which letters it has.");
                }

                IAsyncDisposable held = await folder.LockAsync("dlq replay", cancellation).ConfigureAwait(false);
                await using (held.ConfigureAwait(false))
                {
                    await ReplayAsync(folder, source, sink, cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task ReplayAsync(DeadLetterFolder folder, ISource source, ISink sink, CancellationToken cancellation)
    {
        // What a run or replay that died has committed counts as replayed from here on.
        Checkpoint? last = await sink.RecoverAsync(cancellation).ConfigureAwait(false);
        await using (EpochLetters recovered = EpochLetters.Open(_pipeline, _run, Note))
        {
            await recovered.RecoverAsync(last, holdsCheckpoints: true, cancellation).ConfigureAwait(false);
        }

        DeadLetterIndex index = await folder.ReadAsync(cancellation).ConfigureAwait(false);
        _summary = _summary with { Waiting = index.Waiting };
        await foreach (DeadLetter letter in ChosenAsync(index, cancellation).ConfigureAwait(false))
        {
            _groups.Add(letter);
        }

        if (source is StreamSource tables)
        {
            if (_groups.All.Count > 0)
            {
                await ReplayQueryAsync(index, tables, sink, cancellation).ConfigureAwait(false);
            }

            return;
        }

        for (int i = 0; i < _groups.All.Count; i++)
        {
            last = await ReplayAsync(_groups.All[i], $"{_run}-{i + 1}", index, source, sink, last, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<Checkpoint?> ReplayAsync(ReplayGroup group, string run, DeadLetterIndex index, ISource source, ISink sink, Checkpoint? last, CancellationToken cancellation)
    {
        EpochLetters letters = EpochLetters.Open(_pipeline, run, Note);
        await using (letters.ConfigureAwait(false))
        {
            await letters.RecoverAsync(last, holdsCheckpoints: true, cancellation).ConfigureAwait(false);
            IReplayPlan plan = await PlanAsync(group, source, cancellation).ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                using ContractRun? contract = _pipeline.Contract is { } asked ? new ContractRun(asked) : null;
                var shaper = new RowShaper(plan.Schema, _pipeline.Columns, _pipeline.Stream ?? _pipeline.Job, _pipeline.Tags) { Contract = contract, AppliesChanges = _pipeline.WriteMode.IsByKey() };
                shaper.Rules = contract is null ? null : await contract.OpenAsync(shaper.Schema, cancellation).ConfigureAwait(false);
                long token = Math.Max(_pipeline.Time.GetUtcNow().ToUnixTimeMilliseconds(), (last?.FencingToken ?? 0) + 1);
                await sink.EnsureSchemaAsync(shaper.Schema, SchemaEvolution.Evolve, cancellation).ConfigureAwait(false);
                var epoch = new ReplayEpoch(sink, shaper.Schema, _pipeline, run, token, letters, _telemetry);
                await using (epoch.ConfigureAwait(false))
                {
                    await TryAsync(group, index, new LetterDecoder(plan, shaper, _groups), epoch, cancellation).ConfigureAwait(false);
                    Checkpoint? committed = await epoch.CommitAsync(last, cancellation).ConfigureAwait(false);
                    Count(epoch, committed is not null);
                    return committed ?? last;
                }
            }
        }
    }

    // The query goes on from the state of its last commit, with the rows of the letters instead of new ones of its tables.
    private async Task ReplayQueryAsync(DeadLetterIndex index, StreamSource source, ISink sink, CancellationToken cancellation)
    {
        var scope = new RunScope(_run, _pipeline, new RunProgress(), null);
        using RunStages stages = scope.Stages;
        var epoch = new OpenEpoch(_pipeline, source, sink, null, scope, (await BatchingChoice.FindAsync(_pipeline, source, sink, cancellation).ConfigureAwait(false)).Strategy);
        await using (epoch.ConfigureAwait(false))
        {
            await epoch.RecoverAsync(cancellation).ConfigureAwait(false);
            BoundStream bound = await source.OpenAsync(cancellation).ConfigureAwait(false);
            await epoch.OpenQueryAsync(source, null, cancellation).ConfigureAwait(false);
            await epoch.OpenWriterAsync(bound.Encoder.Schema, cancellation).ConfigureAwait(false);
            var letters = new QueryReplay(bound, _groups);
            await using (letters.ConfigureAwait(false))
            {
                try
                {
                    await TryAsync(letters, epoch, index, cancellation).ConfigureAwait(false);
                    await epoch.CommitReplayAsync(cancellation).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    await epoch.AbortAsync(e).ConfigureAwait(false);
                    throw;
                }
            }
        }

        // Rows that the query had to set aside once more wait as they did.
        long again = scope.Ledger.Count;
        _summary = _summary with
        {
            Replayed = _summary.Replayed - again,
            Failed = _summary.Failed + again,
            Rows = scope.Totals.Rows,
            Waiting = _summary.Waiting - (_summary.Replayed - again),
            Epochs = scope.Totals.Epochs,
        };
    }

    private async Task TryAsync(QueryReplay letters, OpenEpoch epoch, DeadLetterIndex index, CancellationToken cancellation)
    {
        long late = 0;
        long all = 0;
        await foreach (DeadLetter letter in ChosenAsync(index, cancellation).ConfigureAwait(false))
        {
            all++;
            if (QueryReplay.IsLate(letter))
            {
                late++;
            }
            else
            {
                letters.Add(letter);
            }
        }

        if (late > 0)
        {
            const string hint = "Late rows count when the watermark leaves them more time or late.data = 'update' allows them, and their part of the input is read again: millrace state rewind.";
            if (late == all)
            {
                throw DeadLetterErrors.CannotReplay.Error("The letters are rows that came after their window was closed, and would be late again.", hint: hint);
            }

            Note($"{late} of the letters are rows that came after their window was closed; they stay as they are. {hint}");
        }

        await foreach (DeadLetter letter in ChosenAsync(index, cancellation).ConfigureAwait(false))
        {
            if (QueryReplay.IsLate(letter))
            {
                continue;
            }

            (StreamTable? table, RecordBatch? rows, RowError? fault) = await letters.DecodeAsync(_selection.Apply(letter), letter, cancellation).ConfigureAwait(false);
            if (rows is not null)
            {
                await epoch.ReplayAsync(letter, table!, rows, cancellation).ConfigureAwait(false);
                _summary = _summary with { Replayed = _summary.Replayed + 1 };
                continue;
            }

            DeadLetter again = ReplayEpoch.Again(letter, fault!, _pipeline.Time.GetUtcNow());
            await epoch.KeepAsync(again, cancellation).ConfigureAwait(false);
            _summary = _summary with { Failed = _summary.Failed + 1, FailedSample = [.. _summary.FailedSample.Append(again).Take(SampleSize)] };
        }
    }

    private async Task TryAsync(ReplayGroup group, DeadLetterIndex index, LetterDecoder decoder, ReplayEpoch epoch, CancellationToken cancellation)
    {
        await foreach (DeadLetter letter in ChosenAsync(index, cancellation).ConfigureAwait(false))
        {
            if (!_groups.IsOf(letter, group))
            {
                continue;
            }

            (RecordBatch? rows, RowError? fault) = await decoder.DecodeAsync(_selection.Apply(letter), cancellation).ConfigureAwait(false);
            if (rows is null)
            {
                await epoch.AddFaultAsync(letter, fault!, cancellation).ConfigureAwait(false);
            }
            else
            {
                await epoch.AddRowsAsync(letter, rows, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async IAsyncEnumerable<DeadLetter> ChosenAsync(DeadLetterIndex index, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (DeadLetter letter in index.LettersAsync(cancellation).ConfigureAwait(false))
        {
            if (_selection.Filter?.Matches(letter) != false)
            {
                yield return letter;
            }
        }
    }

    private async ValueTask<IReplayPlan> PlanAsync(ReplayGroup group, ISource source, CancellationToken cancellation)
    {
        if (group.Columns is { } columns)
        {
            return JsonRowPlan.Of(columns, new ErrorPlace { Stream = _pipeline.Job });
        }

        var request = new ReadRequest { Stream = _pipeline.Stream, Columns = _pipeline.Columns?.Requests(), Mode = _pipeline.ReadMode };
        return source is IReplaySource replays
            ? await replays.PlanReplayAsync(request, group.Origins, cancellation).ConfigureAwait(false)
            : throw DeadLetterErrors.CannotReplay.Error("The source of the job cannot decode single rows again.");
    }

    private void Count(ReplayEpoch epoch, bool isCommitted) => _summary = _summary with
    {
        Replayed = _summary.Replayed + epoch.Replayed,
        Rows = _summary.Rows + epoch.Rows,
        Failed = _summary.Failed + epoch.Failed,
        FailedSample = [.. _summary.FailedSample.Concat(epoch.FailedSample).Take(SampleSize)],
        Waiting = _summary.Waiting - epoch.Replayed,
        Epochs = _summary.Epochs + (isCommitted ? 1 : 0),
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
}
