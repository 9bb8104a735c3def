using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>One epoch of a replay: rows that are good now, which letters they are of, and letters that are still bad.</summary>
internal sealed class ReplayEpoch(ISink sink, Schema schema, Pipeline pipeline, string run, long token, EpochLetters letters, ReplayTelemetry telemetry) : IAsyncDisposable
{
    private const int SampleSize = 10;
    private const int BatchBytes = 4 << 20;

    private readonly List<RecordBatch> _waiting = [];
    private readonly List<DeadLetter> _failedSample = [];
    private long _waitingRows;
    private long _waitingBytes;
    private ISinkWriter? _writer;
    private bool _committed;

    /// <summary>Letters whose rows are good.</summary>
    public long Replayed { get; private set; }

    public long Rows { get; private set; }

    /// <summary>Letters that are still bad.</summary>
    public long Failed { get; private set; }

    public IReadOnlyList<DeadLetter> FailedSample => _failedSample;

    /// <summary>Adds the rows of a letter, which it takes over.</summary>
    public async ValueTask AddRowsAsync(DeadLetter letter, RecordBatch rows, CancellationToken cancellation)
    {
        _waiting.Add(rows);
        _waitingRows += rows.Length;
        _waitingBytes += rows.ByteSize;
        Rows += rows.Length;
        Replayed++;
        await letters.AddReplayedAsync(new LetterLineOfReplay(letter.Id, letter.Last), cancellation).ConfigureAwait(false);
        if (_waitingRows >= RecordBatch.DefaultRows || _waitingBytes >= BatchBytes)
        {
            await WriteAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A letter with what is wrong with it now.</summary>
    public static DeadLetter Again(DeadLetter letter, RowError fault, DateTimeOffset now) => letter with
    {
        Attempts = letter.Attempts + 1,
        Last = now > letter.Last ? now : letter.Last.AddTicks(1),
        Code = fault.Code.Id,
        Message = fault.Message,
        Stage = fault.Stage,
        Place = letter.Place with { Field = fault.Place.Field, Column = fault.Place.Column },
    };

    /// <summary>Keeps a letter with what is wrong with it now. Its bytes stay the original ones.</summary>
    public async ValueTask AddFaultAsync(DeadLetter letter, RowError fault, CancellationToken cancellation)
    {
        DeadLetter again = Again(letter, fault, pipeline.Time.GetUtcNow());
        Failed++;
        if (_failedSample.Count < SampleSize)
        {
            _failedSample.Add(again);
        }

        await letters.AddAgainAsync(again, cancellation).ConfigureAwait(false);
    }

    /// <summary>Commits rows and letters together; null when there are no rows, and then only the letters change.</summary>
    public async ValueTask<Checkpoint?> CommitAsync(Checkpoint? last, CancellationToken cancellation)
    {
        await WriteAsync(cancellation).ConfigureAwait(false);
        await letters.PublishAsync(cancellation).ConfigureAwait(false);
        if (_writer is null)
        {
            await letters.ConfirmAsync(cancellation).ConfigureAwait(false);
            return null;
        }

        var notes = new Dictionary<string, string>(last?.Notes ?? new Dictionary<string, string>()) { [CheckpointNotes.Run] = run };
        SetProgress.Mark(notes, last);
        Checkpoint checkpoint = (last ?? new Checkpoint { Job = pipeline.Job, Epoch = 0, CreatedAt = default }) with
        {
            Epoch = (last?.Epoch ?? 0) + 1,
            CreatedAt = pipeline.Time.GetUtcNow(),
            FencingToken = token,
            Notes = notes,
        };
        telemetry.CommitStarted(checkpoint.Epoch);
        long started = pipeline.Time.GetTimestamp();
        CommitSummary commit = await _writer.CommitAsync(checkpoint, cancellation).ConfigureAwait(false);
        _committed = true;
        telemetry.EpochCommitted(checkpoint, commit, Replayed, pipeline.Time.GetElapsedTime(started));
        await letters.ConfirmAsync(cancellation).ConfigureAwait(false);
        return checkpoint;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.ForEach(b => b.Dispose());
        _waiting.Clear();
        if (_writer is { } writer)
        {
            _writer = null;
            await using (writer.ConfigureAwait(false))
            {
                if (!_committed)
                {
                    await writer.AbortAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
    }

    private async ValueTask WriteAsync(CancellationToken cancellation)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        _writer ??= await sink.OpenWriterAsync(
            new SinkRequest { Schema = schema, Mode = pipeline.WriteMode, Key = pipeline.Key, RunId = run, FencingToken = token, Resumes = true },
            cancellation).ConfigureAwait(false);
        using RecordBatch rows = _waiting.Count == 1 ? _waiting[0].Share() : Concat.Batches(_waiting);
        await _writer.WriteAsync(rows, cancellation).ConfigureAwait(false);
        _waiting.ForEach(b => b.Dispose());
        _waiting.Clear();
        _waitingRows = 0;
        _waitingBytes = 0;
    }
}
