using System.Globalization;
using System.Security.Cryptography;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// One slot, one publication and one stream for all tables of a job. It lives as long as the run, through the attempts of each
/// table. Any thread may call.
/// </summary>
internal sealed class SharedSlot : ISharedRead
{
    // Others that have not begun by then are read as of a later moment.
    private static readonly TimeSpan MomentPatience = TimeSpan.FromMinutes(1);

    private readonly PostgresServer _server;
    private readonly PostgresSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly SharedReads _reads;
    private readonly string _base;
    private readonly SharedPublication _publication;
    private readonly SlotGuard _guard;
    private readonly ErrorPlace _place;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SemaphoreSlim _loads;
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);

    // Tables before which a stream does not begin that cannot go back: that of a slot which lives no longer than its connection.
    private readonly HashSet<string> _awaited = new(StringComparer.Ordinal);
    private string? _slot;
    private ReplicationLink? _link;
    private SharedMoment? _moment;
    private long _momentBegan;
    private int _loading;
    private ulong? _target;
    private string? _made;
    private bool _isTemporary;
    private volatile bool _isCommitted;

    private SharedSlot(PostgresServer server, PostgresSourceOptions options, ConnectorContext context, SharedReads reads, JobGroup group)
    {
        _server = server;
        _options = options;
        _context = context;
        _reads = reads;
        _base = SlotName.Of(context, group);
        _publication = new SharedPublication(options.Publication ?? options.Slot ?? _base, options.Publication is null);
        _place = new ErrorPlace { Stream = group.Job };
        _guard = new SlotGuard(server, context, _place);
        _loads = new SemaphoreSlim(reads.Parallel, reads.Parallel);
        Router = new FeedRouter();
        Stream = new SharedStream(server, options, context, _place, Router);
    }

    public FeedRouter Router { get; }

    public SharedStream Stream { get; }

    /// <summary>The slot, or what its name will begin with.</summary>
    public string Slot => _slot ?? _options.Slot ?? _base;

    public string Publication => _publication.Name;

    /// <summary>What an attempt to read a table has of a slot: its own, or that of the tables which are read with it.</summary>
    public static ISlotUse Use(PostgresServer server, PostgresSourceOptions options, ConnectorContext context, TableName table)
        => context is { Shared: { } reads, Group: { } group }
            ? new SharedTable(reads.Get($"postgres changes {server.Identity}", () => new SharedSlot(server.Again(), options, context, reads, group)), table)
            : new OwnSlot(server, options, context, table);

    /// <summary>Finds out what an earlier run has left.</summary>
    public async ValueTask FindAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await FindSlotAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Where the first load of a table begins. It waits for its turn: so many tables are loaded at once.</summary>
    public async ValueTask<LoadStart> BeginAsync(TableInfo table, TableHold? hold, bool isTemporary, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _loading);
        var turn = new LoadTurn(this, table.Name.ToString());
        try
        {
            await _loads.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Decrement(ref _loading);
            throw;
        }

        try
        {
            await _gate.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                await FindSlotAsync(cancellation).ConfigureAwait(false);
                if (_slot is null)
                {
                    await MakeAsync(isTemporary, hold is not null, cancellation).ConfigureAwait(false);
                }

                return _moment is { } moment && moment.Has(table.Name.ToString())
                    ? await BeginTogetherAsync(moment, table, hold, turn, cancellation).ConfigureAwait(false)
                    : await BeginAloneAsync(table, hold, turn, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch
        {
            await turn.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The messages of a table behind a position.</summary>
    public async ValueTask<TableFeed> AttachAsync(ChangeTable table, ChangePosition from, CancellationToken cancellation)
    {
        string name = table.Name.ToString();
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await FindSlotAsync(cancellation).ConfigureAwait(false);
            if (from.Slot != _slot)
            {
                throw ChangeErrors.SlotLost.Error($"There is no slot '{from.Slot}' any more. Changes after {ChangePosition.Text(from.End)} were for it.", new ErrorPlace { Stream = name });
            }

            if (!_members.Contains(name))
            {
                throw ChangeErrors.SlotLost.Error(
                    $"The table is not in the publication '{Publication}' any more, so that changes after {ChangePosition.Text(from.End)} are missing: runs of the job have left it out, or somebody has removed it.", new ErrorPlace { Stream = name });
            }

            TableFeed feed = Router.Attach(name, table.Oid, from.End, out bool isThere);
            try
            {
                if (_link is not null)
                {
                    _awaited.Remove(name);
                    await StartAwaitedAsync(cancellation).ConfigureAwait(false);
                }
                else if (!Stream.IsRunning || !isThere)
                {
                    await RestartAsync(from, cancellation).ConfigureAwait(false);
                }
            }
            catch
            {
                Router.Detach(name, feed);
                throw;
            }

            return feed;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Where a run that does not follow ends: at the same place for all tables.</summary>
    public async ValueTask<ulong> TargetAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _target ??= await _server.AskAsync(connection => Slots.EndOfLogAsync(connection, cancellation), _place, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Acknowledge(string table, ulong place)
    {
        _isCommitted = true;
        Router.Acknowledge(table, place);
    }

    /// <summary>
    /// An attempt to read a table has ended, or its first load. The log behind what it was told stays: its target may have more
    /// than it could say.
    /// </summary>
    public async ValueTask EndMomentAsync(string table)
    {
        if (_moment is null)
        {
            return;
        }

        SharedMoment? over = null;
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_moment is { } moment
                && (moment.Done(table) || (Volatile.Read(ref _loading) == 0 && _context.Time.GetElapsedTime(_momentBegan) > MomentPatience)))
            {
                over = moment;
                _moment = null;
            }
        }
        finally
        {
            _gate.Release();
        }

        if (over is not null)
        {
            await over.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask EndAsync(string stream)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_awaited.Remove(stream) && _link is not null)
            {
                await StartAwaitedAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // Those who read have heard of it.
        }
        finally
        {
            _gate.Release();
        }

        await EndMomentAsync(stream).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        if (_moment is not null)
        {
            await _moment.DisposeAsync().ConfigureAwait(false);
        }

        if (_link is not null)
        {
            await _link.DisposeAsync().ConfigureAwait(false);
        }

        if (_made is not null && (_isTemporary || !_isCommitted))
        {
            await _guard.DropAsync(_isTemporary ? null : _made, _options.Publication is null ? Publication : null).ConfigureAwait(false);
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
        _loads.Dispose();
    }

    // The first beginning of a stream that cannot begin again.
    private async ValueTask StartAwaitedAsync(CancellationToken cancellation)
    {
        if (_awaited.Count == 0)
        {
            ReplicationLink? link = _link;
            _link = null;
            await Stream.StartAsync(_slot!, Publication, link, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask RestartAsync(ChangePosition from, CancellationToken cancellation)
    {
        if (_isTemporary)
        {
            throw ChangeErrors.BrokenStream.Error(
                $"The slot '{from.Slot}' lasts as long as its stream, which cannot go back to changes after {ChangePosition.Text(from.End)}.", _place,
                "Run the job again. To go on where a run broke off it needs a target that keeps its progress, such as a folder of files.");
        }

        await Stream.StartAsync(from.Slot, Publication, null, cancellation).ConfigureAwait(false);
    }

    // The slot of an earlier run, and the tables that it has watched since.
    private async ValueTask FindSlotAsync(CancellationToken cancellation)
    {
        if (_slot is not null)
        {
            return;
        }

        await _server.AskAsync(
            async connection =>
            {
                string? name = await Slots.FindNameAsync(connection, _options.Slot ?? _base, isWhole: _options.Slot is not null, cancellation).ConfigureAwait(false);
                if (name is null)
                {
                    return false;
                }

                _guard.RequireUsable((await Slots.FindAsync(connection, name, cancellation).ConfigureAwait(false))!);
                HashSet<string>? members = await _publication.MembersAsync(connection, cancellation).ConfigureAwait(false);
                if (members is null && _options.Slot is null)
                {
                    // Without its publication it is of no use.
                    await _guard.RequireFreeAsync(connection, name, 0, cancellation).ConfigureAwait(false);
                    await Slots.DropAsync(connection, name, cancellation).ConfigureAwait(false);
                    return false;
                }

                members ??= [];
                await _publication.RemoveAsync(connection, members.Except(_reads.Streams), cancellation).ConfigureAwait(false);
                foreach (string member in members.Intersect(_reads.Streams))
                {
                    _members.Add(member);
                    Router.Expect(member, StakeKind.Unknown);
                }

                _slot = name;
                return true;
            },
            _place,
            cancellation).ConfigureAwait(false);
    }

    private async ValueTask MakeAsync(bool isTemporary, bool loads, CancellationToken cancellation)
    {
        List<TableInfo> tables = await _server.AskAsync(connection => PublishAsync(connection, cancellation), _place, cancellation).ConfigureAwait(false);
        string name = _options.Slot ?? string.Create(CultureInfo.InvariantCulture, $"{_base}_{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
        ExportedSnapshot? locks = null;
        ReplicationLink? link = null;
        try
        {
            locks = await ExportedSnapshot.TakeAsync(_server, loads ? [.. tables.Select(t => t.Name.Sql)] : [], cancellation).ConfigureAwait(false);
            link = await ReplicationLink.OpenAsync(_server, _options.Heartbeat, cancellation).ConfigureAwait(false);
            using var slow = new SlowSlotNote(_server, name, _context);
            var made = await link.MakeSlotAsync(name, isTemporary, cancellation).ConfigureAwait(false);
            _made = name;
            _isTemporary = isTemporary;
            if (!isTemporary)
            {
                _context.Note(SlotRemains.Warning(name));
            }

            ExportedSnapshot snapshot = await ExportedSnapshot.TakeOverAsync(_server, null, made.SnapshotName!, cancellation).ConfigureAwait(false);
            _moment = new SharedMoment((ulong)made.ConsistentPoint, snapshot, locks, tables.Select(t => t.Name.ToString()));
            locks = null;
            _momentBegan = _context.Time.GetTimestamp();
            _link = isTemporary ? link : null;
            link = isTemporary ? null : link;
            foreach (TableInfo table in tables)
            {
                _members.Add(table.Name.ToString());
                Router.Hold(table.Name.ToString(), _moment.Start);
                if (isTemporary)
                {
                    _awaited.Add(table.Name.ToString());
                }
            }

            _slot = name;
        }
        finally
        {
            if (link is not null)
            {
                await link.DisposeAsync().ConfigureAwait(false);
            }

            if (locks is not null)
            {
                await locks.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // Makes the publication with all tables of the job that have changes. What is wrong with one of them is told when it begins.
    private async ValueTask<List<TableInfo>> PublishAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await _publication.MakeAsync(connection, cancellation).ConfigureAwait(false);
        var published = new List<TableInfo>();
        HashSet<string> wanted = [.. _reads.Streams];
        foreach (TableInfo table in (await TableCatalog.ListAsync(connection, cancellation).ConfigureAwait(false)).Where(t => wanted.Contains(t.Name.ToString())))
        {
            if (table.Kind is TableKind.Table or TableKind.Partitioned && (await ChangeTable.FindAsync(connection, table, cancellation).ConfigureAwait(false)).HasIdentity)
            {
                try
                {
                    await _publication.AddAsync(connection, table, cancellation).ConfigureAwait(false);
                    published.Add(table);
                }
                catch (MillraceException)
                {
                    // Its own first load runs into the same.
                }
            }
        }

        return published;
    }

    private async ValueTask<LoadStart> BeginTogetherAsync(SharedMoment moment, TableInfo table, TableHold? hold, LoadTurn turn, CancellationToken cancellation)
    {
        ExportedSnapshot snapshot = moment.Snapshot.Share();
        if (hold is not null)
        {
            await ExportedSnapshot.HoldAsync(snapshot, _server, hold, cancellation).ConfigureAwait(false);
        }

        return new LoadStart(new ChangePosition(_slot!, moment.Start), hold is null ? null : snapshot, turn);
    }

    // One that came later, or whose first load was not committed: as of a moment of its own, which a second slot tells.
    private async ValueTask<LoadStart> BeginAloneAsync(TableInfo table, TableHold? hold, LoadTurn turn, CancellationToken cancellation)
    {
        string name = table.Name.ToString();
        Router.Expect(name, StakeKind.Unknown);
        await _server.AskAsync(
            async connection =>
            {
                await _publication.AddAsync(connection, table, cancellation).ConfigureAwait(false);
                return true;
            },
            _place,
            cancellation).ConfigureAwait(false);
        _members.Add(name);
        ulong start;
        ExportedSnapshot? snapshot = null;
        if (hold is null)
        {
            start = await _server.AskAsync(connection => Slots.EndOfLogAsync(connection, cancellation), _place, cancellation).ConfigureAwait(false);
        }
        else
        {
            ExportedSnapshot locks = await ExportedSnapshot.TakeAsync(_server, [table.Name.Sql], cancellation).ConfigureAwait(false);
            await using (locks.ConfigureAwait(false))
            {
                ReplicationLink link = await ReplicationLink.OpenAsync(_server, _options.Heartbeat, cancellation).ConfigureAwait(false);
                await using (link.ConfigureAwait(false))
                {
                    string second = string.Create(CultureInfo.InvariantCulture, $"millrace_load_{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
                    using var slow = new SlowSlotNote(_server, second, _context);
                    var made = await link.MakeSlotAsync(second, isTemporary: true, cancellation).ConfigureAwait(false);
                    snapshot = await ExportedSnapshot.TakeOverAsync(_server, hold, made.SnapshotName!, cancellation).ConfigureAwait(false);
                    start = (ulong)made.ConsistentPoint;
                }
            }
        }

        Router.Hold(name, start);
        return new LoadStart(new ChangePosition(_slot!, start), snapshot, turn);
    }

    /// <summary>The turn of one table.</summary>
    private sealed class LoadTurn(SharedSlot shared, string table) : IAsyncDisposable
    {
        private bool _isOver;

        public async ValueTask DisposeAsync()
        {
            if (!_isOver)
            {
                _isOver = true;
                Interlocked.Decrement(ref shared._loading);
                shared._loads.Release();
                await shared.EndMomentAsync(table).ConfigureAwait(false);
            }
        }
    }
}
