using Millrace.Connectors.Common;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The changes of one table for one attempt of a run: messages that go on from one plan to the next as long as each takes up
/// where the last one ended.
/// </summary>
internal sealed class ChangeCapture(PostgresServer server, PostgresSourceOptions options, ConnectorContext context, TableName table, ISlotUse slot) : IChangeCapture, IAsyncDisposable
{
    private readonly OpenChanges _open = new();
    private ChangeLog? _log;
    private RelationShape? _planned;
    private ChangePosition _handedOut;
    private ulong _acknowledged;
    private bool _isWhole = true;

    public ErrorPlace Place { get; } = new() { Stream = table.ToString() };

    /// <summary>The slot and the publication, as they are or would be made.</summary>
    public ISlotUse Slot => slot;

    /// <summary>The last that is known of the columns in the stream; null before it began.</summary>
    public RelationShape? Shape => _log?.Shape;

    /// <summary>When the newest transaction read was committed.</summary>
    public DateTimeOffset? NewestCommit => _log is { NewestCommit: > 0 and long time } ? DateTimeOffset.UnixEpoch.AddMicroseconds(time) : null;

    /// <summary>How far the target's last commit is behind the server; null before the stream began. Any thread may ask.</summary>
    public SourceLag? Lag
    {
        get
        {
            if (_log is not { } log)
            {
                return null;
            }

            ulong acknowledged = Volatile.Read(ref _acknowledged);
            ulong place = Math.Max(log.IdlePlace(acknowledged) ?? acknowledged, acknowledged);
            ulong end = slot.EndOfLog;
            return new SourceLag(_open.Age(context.Time.GetUtcNow()), end > place ? (long)(end - place) : 0);
        }
    }

    public bool IsOfStream(Exception error, CancellationToken cancellation)
        => !cancellation.IsCancellationRequested
            && (ReplicationStream.IsOfDriver(error) || PostgresFaults.IsOfServer(error, cancellation));

    public MillraceException Explain(Exception error) => ChangeFaults.OnStream(error, server, _handedOut.Slot ?? slot.Slot, Place);

    /// <summary>The columns that a plan was made for.</summary>
    public void Plan(RelationShape shape) => _planned = shape;

    public bool Fits(IChangeLog log) => _planned!.IsSame(((ChangeLog)log).Shape!);

    public Position HandOut(IChangeLog log)
    {
        _handedOut = ((ChangeLog)log).Position;
        return _handedOut.ToPosition();
    }

    public void Returned(bool isWhole) => _isWhole = isWhole;

    public void ThrowIfFailed() => slot.ThrowIfFailed();

    /// <summary>What the publication leaves out of the table; null before there is one.</summary>
    public ValueTask<PublicationInfo?> PublicationAsync(NpgsqlConnection connection, CancellationToken cancellation)
        => Publications.FindAsync(connection, slot.Publication, table, cancellation);

    /// <summary>As <see cref="ISlotUse.BeginAsync"/>, with errors of the catalogue.</summary>
    public async ValueTask<LoadStart> BeginAsync(TableInfo info, TableHold? hold, bool isTemporary, CancellationToken cancellation)
    {
        try
        {
            return await slot.BeginAsync(info, hold, isTemporary, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfStream(e, cancellation))
        {
            throw Explain(e);
        }
    }

    /// <summary>The stream behind a position: the one that is open if it stands there, else a new one.</summary>
    /// <param name="changed">The table.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="follows">Whether the run goes on when it has read all there is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The stream, and the place in the log up to which something may yet come that is there already.</returns>
    public async ValueTask<(ChangeLog Log, ulong Target)> OpenAsync(ChangeTable changed, ChangePosition from, bool follows, CancellationToken cancellation)
    {
        try
        {
            bool goesOn = _log is not null && _isWhole && from == _handedOut;
            if (!goesOn)
            {
                _log = null;
                await slot.StopAsync().ConfigureAwait(false);
            }

            ulong target = goesOn && follows ? 0 : await slot.TargetAsync(cancellation).ConfigureAwait(false);
            if (!goesOn)
            {
                ILogMessages messages = await slot.StartAsync(changed, from, acknowledged => _log?.IdlePlace(acknowledged), cancellation).ConfigureAwait(false);
                _acknowledged = Math.Max(_acknowledged, from.End);
                _handedOut = from;
                _log = new ChangeLog(messages, changed, from, _open);
            }

            _isWhole = false;
            return (_log!, target);
        }
        catch (Exception e) when (IsOfStream(e, cancellation))
        {
            throw Explain(e);
        }
    }

    /// <summary>Ends when a message has come, or may have.</summary>
    public async ValueTask ChangedAsync(CancellationToken cancellation)
    {
        while (_log is { IsWaiting: true } log && !cancellation.IsCancellationRequested)
        {
            ThrowIfFailed();
            try
            {
                await log.WaitAsync(options.Heartbeat, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public async ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (!checkpoint.Splits.TryGetValue(table.ToString(), out SplitProgress? progress) || ChangePosition.Find(progress.Position) is not { } position)
        {
            return;
        }

        Volatile.Write(ref _acknowledged, Math.Max(_acknowledged, position.End));
        _open.Committed(position.End);
        await slot.AcknowledgeAsync(position.End, cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => slot.DisposeAsync();
}
