using System.Globalization;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>
/// Writes the table of late rows during an attempt. It is committed just before the target proper, with the epoch it belongs
/// to; what the target proper then did not commit, or was taken back there, is taken back here when the next attempt begins.
/// So each late row is in it once. One thread uses it.
/// </summary>
internal sealed class LateOutput(LateTarget target, Pipeline pipeline, string run) : IAsyncDisposable
{
    // The epoch of the target proper that rows belong to; 0 for the beginning.
    private const string OfEpoch = "late_of";

    private readonly string _job = LateTarget.JobOf(pipeline.Job);
    private ISink? _sink;
    private ISinkWriter? _writer;
    private Checkpoint? _last;
    private long _token;
    private bool _hasRows;

    /// <summary>Brings the table to the epoch that the target proper stands at.</summary>
    /// <param name="main">The last commit of the target proper; null for none.</param>
    /// <param name="holdsCheckpoints">Whether it would have one if an epoch had been committed.</param>
    /// <param name="note">Gets remarks.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task RecoverAsync(Checkpoint? main, bool holdsCheckpoints, Action<string> note, CancellationToken cancellation)
    {
        ConnectorContext context = pipeline.Context(note) with { Job = _job };
        _sink = target.Target.Connector.OpenSink(target.Target.Options, context with { Outputs = target.Target.Connector.OutputsOf(target.Target.Options, context) });
        if (_sink is { CommitsOnce: true } or { KeepsProgress: false } || _sink.Commits is not { TakesBackRows: true } log)
        {
            throw StreamingErrors.LateTable(target.Name, "its target cannot take rows back, which is needed to write each late row once", "Use a folder of files as its target.");
        }

        await RecoverAsync(cancellation).ConfigureAwait(false);
        if (_last is not null && holdsCheckpoints && !IsOf(_last, main))
        {
            await TakeBackAsync(log, main, cancellation).ConfigureAwait(false);
            await RecoverAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Stages rows; borrowed.</summary>
    public async Task WriteAsync(RecordBatch rows, CancellationToken cancellation)
    {
        if (_writer is null)
        {
            await _sink!.EnsureSchemaAsync(rows.Schema, SchemaEvolution.Evolve, cancellation).ConfigureAwait(false);
            _writer = await _sink.OpenWriterAsync(new SinkRequest { Schema = rows.Schema, RunId = run, FencingToken = _token, Resumes = true }, cancellation).ConfigureAwait(false);
        }

        await _writer.WriteAsync(rows, cancellation).ConfigureAwait(false);
        _hasRows = true;
    }

    /// <summary>Commits what is staged as part of an epoch of the target proper, which is committed next.</summary>
    public async Task CommitAsync(Checkpoint main, CancellationToken cancellation)
    {
        if (!_hasRows)
        {
            return;
        }

        Checkpoint next = Next(_token, main.Epoch);
        await _writer!.CommitAsync(next, cancellation).ConfigureAwait(false);
        _last = next;
        _hasRows = false;
    }

    /// <summary>Gives up what is staged.</summary>
    public async Task AbortAsync()
    {
        _hasRows = false;
        if (_writer is { } writer)
        {
            _writer = null;
            await using (writer.ConfigureAwait(false))
            {
                await writer.AbortAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is { } writer)
        {
            _writer = null;
            await writer.DisposeAsync().ConfigureAwait(false);
        }

        if (_sink is { } sink)
        {
            _sink = null;
            await sink.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task TakeBackAsync(ICheckpointLog log, Checkpoint? main, CancellationToken cancellation)
    {
        IReadOnlyList<CommittedEpoch> epochs = await log.ListAsync(cancellation).ConfigureAwait(false);
        CommittedEpoch? kept = epochs.TakeWhile(e => IsOf(e.Checkpoint, main)).LastOrDefault();
        Checkpoint next = Next(_token, kept is null ? 0 : EpochOf(kept.Checkpoint));
        await log.AmendAsync(next, kept?.Checkpoint.Epoch ?? 0, cancellation).ConfigureAwait(false);
    }

    private async Task RecoverAsync(CancellationToken cancellation)
    {
        _last = await _sink!.RecoverAsync(cancellation).ConfigureAwait(false);
        _token = Math.Max(pipeline.Time.GetUtcNow().ToUnixTimeMilliseconds(), (_last?.FencingToken ?? 0) + 1);
    }

    private Checkpoint Next(long token, long main) => new()
    {
        Job = _job,
        Epoch = (_last?.Epoch ?? 0) + 1,
        CreatedAt = pipeline.Time.GetUtcNow(),
        FencingToken = token,
        Notes = new Dictionary<string, string> { [CheckpointNotes.Run] = run, [OfEpoch] = main.ToString(CultureInfo.InvariantCulture) },
    };

    // Whether the target proper has committed the epoch that late rows belong to, and still holds it.
    private static bool IsOf(Checkpoint late, Checkpoint? main)
    {
        long epoch = EpochOf(late);
        return epoch == 0
            || (main is not null && epoch <= main.Epoch && TakenBackEpochs.Of(main)?.Contains(epoch) != true
                && (epoch < main.Epoch || !main.Notes.TryGetValue(CheckpointNotes.Run, out string? by) || late.Notes.GetValueOrDefault(CheckpointNotes.Run) == by));
    }

    private static long EpochOf(Checkpoint late)
        => long.TryParse(late.Notes.GetValueOrDefault(OfEpoch), NumberStyles.None, CultureInfo.InvariantCulture, out long epoch) ? epoch : 0;
}
