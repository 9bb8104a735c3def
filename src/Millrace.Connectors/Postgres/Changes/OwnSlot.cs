using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>A slot, and a stream, of which one table is the only reader.</summary>
internal sealed class OwnSlot : ISlotUse
{
    private readonly PostgresServer _server;
    private readonly PostgresSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly ErrorPlace _place;
    private readonly SlotGuard _guard;
    private ReplicationLink? _link;
    private ReplicationStream? _stream;
    private SlotWatch? _watch;
    private Func<ulong, ulong?>? _idlePlace;
    private ulong _acknowledged;
    private string? _loading;
    private string? _published;
    private bool _leavesNothing;

    public OwnSlot(PostgresServer server, PostgresSourceOptions options, ConnectorContext context, TableName table)
    {
        _server = server;
        _options = options;
        _context = context;
        _place = new ErrorPlace { Stream = table.ToString() };
        _guard = new SlotGuard(server, context, _place);
        Slot = options.Slot ?? SlotName.Of(context, table);
    }

    public string Slot { get; }

    public string Publication => _options.Publication ?? Slot;

    public ulong EndOfLog => Math.Max(_stream?.EndOfLog ?? 0, _watch?.EndOfLog ?? 0);

    public ValueTask FindAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    public async ValueTask<LoadStart> BeginAsync(TableInfo table, TableHold? hold, bool isTemporary, CancellationToken cancellation)
    {
        _leavesNothing = isTemporary;
        NpgsqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (await Publications.EnsureAsync(connection, Publication, table, cancellation).ConfigureAwait(false))
            {
                _published = Publication;
            }

            if (await TakeOldSlotAsync(connection, hold is not null, cancellation).ConfigureAwait(false) is { } old)
            {
                return new LoadStart(new ChangePosition(Slot, old.Confirmed), null);
            }
        }

        ReplicationLink link = await ReplicationLink.OpenAsync(_server, _options.Heartbeat, cancellation).ConfigureAwait(false);
        _link = link;
        using var slow = new SlowSlotNote(_server, Slot, _context);
        var slot = await link.MakeSlotAsync(Slot, isTemporary, cancellation).ConfigureAwait(false);
        _loading = isTemporary ? null : Slot;
        if (!isTemporary)
        {
            _context.Note(SlotRemains.Warning(Slot));
        }

        ExportedSnapshot? snapshot = hold is null ? null : await ExportedSnapshot.TakeOverAsync(_server, hold, slot.SnapshotName!, cancellation).ConfigureAwait(false);
        return new LoadStart(new ChangePosition(Slot, (ulong)slot.ConsistentPoint), snapshot);
    }

    public async ValueTask<ILogMessages> StartAsync(ChangeTable table, ChangePosition from, Func<ulong, ulong?> idlePlace, CancellationToken cancellation)
    {
        if (_link is null)
        {
            NpgsqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await _guard.RequireFreeAsync(connection, from.Slot, from.End, cancellation).ConfigureAwait(false);
            }

            _link = await ReplicationLink.OpenAsync(_server, _options.Heartbeat, cancellation).ConfigureAwait(false);
        }

        _idlePlace = idlePlace;
        _acknowledged = Math.Max(_acknowledged, from.End);
        _stream = ReplicationStream.Start(_server, _link, from.Slot, Publication, from.End);
        _link = null;
        _watch = new SlotWatch(_server, from.Slot, _options, _context, _place, HeartbeatAsync);
        return _stream;
    }

    public ValueTask<ulong> TargetAsync(CancellationToken cancellation)
        => _server.AskAsync(connection => Slots.EndOfLogAsync(connection, cancellation), _place, cancellation);

    public async ValueTask StopAsync()
    {
        if (_watch is { } watch)
        {
            _watch = null;
            await watch.DisposeAsync().ConfigureAwait(false);
        }

        if (_stream is { } stream)
        {
            _stream = null;
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask AcknowledgeAsync(ulong place, CancellationToken cancellation)
    {
        _loading = null;
        _published = _leavesNothing ? _published : null;
        Volatile.Write(ref _acknowledged, Math.Max(_acknowledged, place));
        if (_stream is { } stream)
        {
            await stream.ConfirmAsync(place, cancellation).ConfigureAwait(false);
        }
    }

    public void ThrowIfFailed() => _watch?.ThrowIfFailed();

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_link is { } link)
        {
            _link = null;
            await link.DisposeAsync().ConfigureAwait(false);
        }

        if (_loading is not null || _published is not null)
        {
            await _guard.DropAsync(_loading, _published).ConfigureAwait(false);
        }
    }

    // A slot that is there before a first read: one of the job's own was left by a read that was never committed.
    private async ValueTask<SlotInfo?> TakeOldSlotAsync(NpgsqlConnection connection, bool loads, CancellationToken cancellation)
    {
        if (await Slots.FindAsync(connection, Slot, cancellation).ConfigureAwait(false) is not { } slot)
        {
            return null;
        }

        if (_options.Slot is not null)
        {
            _guard.RequireUsable(slot);
            return !loads ? slot : throw ChangeErrors.SlotTaken.Error(
                $"The slot '{Slot}' exists already, and the job has no progress of its own.", _place, $"Drop it: SELECT pg_drop_replication_slot('{Slot}'); or read on from where it stands with `first_load: false`.");
        }

        await _guard.RequireFreeAsync(connection, Slot, 0, cancellation).ConfigureAwait(false);
        await Slots.DropAsync(connection, Slot, cancellation).ConfigureAwait(false);
        return null;
    }

    private async ValueTask HeartbeatAsync(CancellationToken cancellation)
    {
        if (_stream is { } stream && _idlePlace?.Invoke(Volatile.Read(ref _acknowledged)) is { } place && place > stream.Confirmed)
        {
            await stream.ConfirmAsync(place, cancellation).ConfigureAwait(false);
        }
    }
}
