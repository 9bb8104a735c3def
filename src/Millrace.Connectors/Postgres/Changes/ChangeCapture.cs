using Millrace.Connectors.Common;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The changes of one table for one attempt of a run: the slot, and the stream that goes on from one plan to the next as long as
/// each takes up where the last one ended.
/// </summary>
internal sealed class ChangeCapture : IChangeCapture, IAsyncDisposable
{
    private static readonly TimeSpan BusyPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BusyPoll = TimeSpan.FromMilliseconds(200);

    private readonly PostgresServer _server;
    private readonly PostgresSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly TableName _table;
    private readonly OpenChanges _open = new();
    private ReplicationLink? _link;
    private ChangeLog? _log;
    private SlotWatch? _watch;
    private RelationShape? _planned;
    private ChangePosition _handedOut;
    private ulong _acknowledged;
    private bool _isWhole = true;
    private string? _loading;

    public ChangeCapture(PostgresServer server, PostgresSourceOptions options, ConnectorContext context, TableName table)
    {
        _server = server;
        _options = options;
        _context = context;
        _table = table;
        SlotNamed = options.Slot ?? SlotName.Of(context, table);
        Place = new ErrorPlace { Stream = table.ToString() };
    }

    public ErrorPlace Place { get; }

    /// <summary>The slot that a first read makes.</summary>
    public string SlotNamed { get; }

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
            ulong end = Math.Max(log.Stream.EndOfLog, _watch?.EndOfLog ?? 0);
            return new SourceLag(_open.Age(_context.Time.GetUtcNow()), end > place ? (long)(end - place) : 0);
        }
    }

    /// <summary>The publication that says what of the table is handed out.</summary>
    public string PublicationNamed => _options.Publication ?? SlotNamed;

    public bool IsOfStream(Exception error, CancellationToken cancellation)
        => !cancellation.IsCancellationRequested
            && (ReplicationStream.IsOfDriver(error) || PostgresFaults.IsOfServer(error, cancellation));

    public MillraceException Explain(Exception error) => ChangeFaults.OnStream(error, _server, _handedOut.Slot ?? SlotNamed, Place);

    /// <summary>The columns that a plan was made for.</summary>
    public void Plan(RelationShape shape) => _planned = shape;

    public bool Fits(IChangeLog log) => _planned!.IsSame(((ChangeLog)log).Shape!);

    public Position HandOut(IChangeLog log)
    {
        _handedOut = ((ChangeLog)log).Position;
        return _handedOut.ToPosition();
    }

    public void Returned(bool isWhole) => _isWhole = isWhole;

    public void ThrowIfFailed() => _watch?.ThrowIfFailed();

    /// <summary>What the publication leaves out of the table; null before there is one.</summary>
    public ValueTask<PublicationInfo?> PublicationAsync(NpgsqlConnection connection, CancellationToken cancellation)
        => Publications.FindAsync(connection, PublicationNamed, _table, cancellation);

    /// <summary>Makes the publication and the slot for a first read, and gives the place where the stream begins and the snapshot of just that moment.</summary>
    /// <param name="table">The table.</param>
    /// <param name="hold">Keeps it as it was planned; null where its rows are not read.</param>
    /// <param name="isTemporary">Whether the slot is to be gone with the run.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<(ChangePosition Start, ExportedSnapshot? Snapshot)> BeginAsync(TableInfo table, TableHold? hold, bool isTemporary, CancellationToken cancellation)
    {
        try
        {
            NpgsqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await Publications.EnsureAsync(connection, PublicationNamed, table, cancellation).ConfigureAwait(false);
                if (await TakeOldSlotAsync(connection, hold is not null, cancellation).ConfigureAwait(false) is { } old)
                {
                    return (new ChangePosition(SlotNamed, old.Confirmed), null);
                }
            }

            ReplicationLink link = await ReplicationLink.OpenAsync(_server, _options.Heartbeat, cancellation).ConfigureAwait(false);
            _link = link;
            using var slow = new SlowSlotNote(_server, SlotNamed, _context);
            var slot = await link.MakeSlotAsync(SlotNamed, isTemporary, cancellation).ConfigureAwait(false);
            _loading = isTemporary ? null : SlotNamed;
            ExportedSnapshot? snapshot = hold is null ? null : await ExportedSnapshot.TakeOverAsync(_server, hold, slot.SnapshotName!, cancellation).ConfigureAwait(false);
            return (new ChangePosition(SlotNamed, (ulong)slot.ConsistentPoint), snapshot);
        }
        catch (Exception e) when (IsOfStream(e, cancellation))
        {
            throw Explain(e);
        }
    }

    /// <summary>The stream behind a position: the one that is open if it stands there, else a new one.</summary>
    /// <param name="table">The table.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The stream, and the place in the log up to which something may yet come that is there already.</returns>
    public async ValueTask<(ChangeLog Log, ulong Target)> OpenAsync(ChangeTable table, ChangePosition from, bool follows, CancellationToken cancellation)
    {
        try
        {
            bool goesOn = _log is not null && _isWhole && from == _handedOut;
            if (!goesOn)
            {
                await CloseAsync().ConfigureAwait(false);
            }

            ulong target = goesOn && follows ? 0 : await _server.AskAsync(connection => Slots.EndOfLogAsync(connection, cancellation), Place, cancellation).ConfigureAwait(false);
            if (!goesOn)
            {
                await StartAsync(table, from, cancellation).ConfigureAwait(false);
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
        while (_log is { Stream.IsWaiting: true } log && !cancellation.IsCancellationRequested)
        {
            ThrowIfFailed();
            try
            {
                await log.Stream.WaitAsync(_options.Heartbeat, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public async ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (!checkpoint.Splits.TryGetValue(_table.ToString(), out SplitProgress? progress) || ChangePosition.Find(progress.Position) is not { } position)
        {
            return;
        }

        _loading = null;
        Volatile.Write(ref _acknowledged, Math.Max(_acknowledged, position.End));
        _open.Committed(position.End);
        if (_log is { } log)
        {
            await log.Stream.ConfirmAsync(position.End, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        if (_link is { } link)
        {
            _link = null;
            await link.DisposeAsync().ConfigureAwait(false);
        }

        if (_loading is { } slot)
        {
            await DropAsync(slot).ConfigureAwait(false);
        }
    }

    // A slot that is there before a first read: one of the job's own was left by a read that was never committed.
    private async ValueTask<SlotInfo?> TakeOldSlotAsync(NpgsqlConnection connection, bool loads, CancellationToken cancellation)
    {
        if (await Slots.FindAsync(connection, SlotNamed, cancellation).ConfigureAwait(false) is not { } slot)
        {
            return null;
        }

        if (_options.Slot is not null)
        {
            RequireUsable(slot);
            return !loads ? slot : throw ChangeErrors.SlotTaken.Error(
                $"The slot '{SlotNamed}' exists already, and the job has no progress of its own.", Place, $"Drop it: SELECT pg_drop_replication_slot('{SlotNamed}'); or read on from where it stands with `first_load: false`.");
        }

        await RequireFreeAsync(connection, SlotNamed, cancellation).ConfigureAwait(false);
        await Slots.DropAsync(connection, SlotNamed, cancellation).ConfigureAwait(false);
        return null;
    }

    private async ValueTask StartAsync(ChangeTable table, ChangePosition from, CancellationToken cancellation)
    {
        if (_link is null)
        {
            NpgsqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await RequireFreeAsync(connection, from.Slot, cancellation).ConfigureAwait(false);
            }

            _link = await ReplicationLink.OpenAsync(_server, _options.Heartbeat, cancellation).ConfigureAwait(false);
        }

        ReplicationStream stream = ReplicationStream.Start(_server, _link, from.Slot, PublicationNamed, from.End);
        _link = null;
        _log = new ChangeLog(stream, table, from, _open);
        _handedOut = from;
        _acknowledged = Math.Max(_acknowledged, from.End);
        _watch = new SlotWatch(_server, from.Slot, _options, _context, Place, HeartbeatAsync);
    }

    private async ValueTask HeartbeatAsync(CancellationToken cancellation)
    {
        if (_log is { } log && log.IdlePlace(Volatile.Read(ref _acknowledged)) is { } place && place > log.Stream.Confirmed)
        {
            await log.Stream.ConfirmAsync(place, cancellation).ConfigureAwait(false);
        }
    }

    // The server may need a moment to notice that a run is dead which held the slot.
    private async ValueTask RequireFreeAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        long asked = _context.Time.GetTimestamp();
        while (true)
        {
            SlotInfo slot = await Slots.FindAsync(connection, name, cancellation).ConfigureAwait(false)
                ?? throw ChangeErrors.SlotLost.Error($"There is no slot '{name}' any more. Changes after {ChangePosition.Text(_handedOut.End)} were for it.", Place);
            RequireUsable(slot);
            if (slot.Process is not { } process)
            {
                return;
            }

            if (_context.Time.GetElapsedTime(asked) > BusyPatience)
            {
                throw ChangeErrors.SlotBusy.Error($"The slot '{name}' is in use by the server's process {process}.", Place, $"If no other run reads it, end the process: SELECT pg_terminate_backend({process});");
            }

            await Task.Delay(BusyPoll, _context.Time, cancellation).ConfigureAwait(false);
        }
    }

    private void RequireUsable(SlotInfo slot)
    {
        if (slot.Plugin != "pgoutput" || !slot.IsOfDatabase)
        {
            throw ChangeErrors.SlotTaken.Error($"The slot '{slot.Name}' is {(slot.IsOfDatabase ? $"read with the plugin '{slot.Plugin}'" : "one of another database")}.", Place);
        }

        if (slot.Status == "lost")
        {
            throw ChangeErrors.SlotLost.Error($"The server has removed log that the slot '{slot.Name}' needs: `max_slot_wal_keep_size` is {slot.MostRetained}.", Place);
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_watch is { } watch)
        {
            _watch = null;
            await watch.DisposeAsync().ConfigureAwait(false);
        }

        if (_log is { } log)
        {
            _log = null;
            await log.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The load was not committed; the next one makes a slot of its own. One that stays is dropped then.
    private async ValueTask DropAsync(string slot)
    {
        try
        {
            NpgsqlConnection connection = await _server.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await Slots.DropAsync(connection, slot, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is MillraceException or NpgsqlException or IOException or TimeoutException)
        {
            _context.Note($"the replication slot '{slot}', which is of no use any more, could not be dropped: {e.Message}");
        }
    }
}
