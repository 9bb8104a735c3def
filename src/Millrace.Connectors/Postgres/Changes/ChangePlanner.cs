using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Decides how the changes of a table are read: what is there first, and then plan after plan what the stream tells.</summary>
internal sealed class ChangePlanner : IAsyncDisposable
{
    // Half of what there is: a run that goes on has a little less than no limit.
    private const long NoLimit = long.MaxValue / 2;

    private readonly PostgresServer _server;
    private readonly PostgresSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly TableName _name;
    private readonly ChangeCapture _capture;
    private ChangeTable? _table;
    private StreamTypes? _types;
    private RelationShape? _known;
    private TableFilter _filter = new("", IsComplete: true);

    public ChangePlanner(PostgresServer server, PostgresSourceOptions options, ConnectorContext context, TableName name)
    {
        _server = server;
        _options = options;
        _context = context;
        _name = name;
        _capture = new ChangeCapture(server, options, context, name, SharedSlot.Use(server, options, context, name));
    }

    /// <param name="request">What is wanted.</param>
    /// <param name="find">Finds the table, or fails.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, Func<NpgsqlConnection, ValueTask<TableInfo>> find, CancellationToken cancellation)
    {
        if (request.Limit < NoLimit)
        {
            throw ChangeErrors.NotForChanges.Error("A read of changes has no end at which a limit could be.", _capture.Place, "Leave the limit out.");
        }

        SplitProgress? progress = null;
        request.Since?.Splits.TryGetValue(_name.ToString(), out progress);
        ChangePosition? since = ChangePosition.Find(progress?.Position);
        if (_table is null || (_capture.Shape is { } shape && !shape.IsSame(_known!)))
        {
            await _capture.Slot.FindAsync(cancellation).ConfigureAwait(false);
            _table = await _server.AskAsync(async connection => await LookAsync(connection, await find(connection).ConfigureAwait(false), since, cancellation).ConfigureAwait(false), _capture.Place, cancellation).ConfigureAwait(false);
        }

        RelationShape columns = since is null ? _table!.Shape : _known!;
        ChangeLayout layout = ChangeLayout.Of(columns, _types!, _table!, request.Columns);
        _capture.Plan(columns);
        return since is { } position
            ? new ChangePlan(_capture, _table!, layout, position, request)
            : await _server.AskAsync(connection => PlanLoadAsync(connection, request, layout, cancellation), _capture.Place, cancellation).ConfigureAwait(false);
    }

    public SourceLag? Lag => _capture.Lag;

    /// <summary>What reading needs, one finding for each.</summary>
    public async ValueTask<List<CheckFinding>> CheckAsync(NpgsqlConnection connection, TableInfo info, CancellationToken cancellation)
    {
        ChangeTable table = await ChangeTable.FindAsync(connection, info, cancellation).ConfigureAwait(false);
        string slot = _capture.Slot.Slot;
        string publication = _capture.Slot.Publication;
        if (_context.Group is { } group)
        {
            // What the tables of the job share goes by the job's name, and the slot by one that begins with it.
            string name = _options.Slot ?? SlotName.Of(_context, group);
            slot = await Slots.FindNameAsync(connection, name, isWhole: _options.Slot is not null, cancellation).ConfigureAwait(false) ?? name;
            publication = _options.Publication ?? name;
        }

        bool joins = _context.Group is not null && _options.Publication is null;
        return await ChangeCheck.FindAsync(_server, connection, table, slot, publication, joins, _options.Heartbeat, cancellation).ConfigureAwait(false);
    }

    public ValueTask ChangedAsync(CancellationToken cancellation) => _capture.ChangedAsync(cancellation);

    public ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation) => _capture.AcknowledgeAsync(checkpoint, cancellation);

    public ValueTask DisposeAsync() => _capture.DisposeAsync();

    private async ValueTask<IReadPlan> PlanLoadAsync(NpgsqlConnection connection, ReadRequest request, ChangeLayout layout, CancellationToken cancellation)
    {
        ReadRights rights = await ReadRights.FindAsync(connection, _table!.Info, cancellation).ConfigureAwait(false);
        if (rights.Missing(_table.Info, layout.Columns.Select(c => c.Name)) is { } missing)
        {
            throw missing;
        }

        TableInfo table = _table.Info with { ShowsPlaces = rights.WholeTable };
        TableColumns columns = TableColumns.Of(table, _types!.Queried).Choose([.. layout.Columns.Select(c => new RequestedColumn(c.Name))]);
        TableHold hold = await TableHold.OfAsync(connection, table, columns, cancellation).ConfigureAwait(false);
        IReadOnlyList<TableInfo> leaves = await LeafTables.FindAsync(connection, table, cancellation).ConfigureAwait(false);
        return new LoadPlan(_server, _capture, _table with { Info = table }, columns, layout, _options with { Consistent = true }, request with { Columns = null }, _filter, hold, leaves, _context);
    }

    private async ValueTask<ChangeTable> LookAsync(NpgsqlConnection connection, TableInfo info, ChangePosition? since, CancellationToken cancellation)
    {
        ChangeTable table = await ChangeTable.FindAsync(connection, info, cancellation).ConfigureAwait(false);
        await Readiness.RequireAsync(connection, table, _capture.Slot.Slot, cancellation).ConfigureAwait(false);
        PublicationInfo? publication = await _capture.PublicationAsync(connection, cancellation).ConfigureAwait(false);
        if (since is { } position && publication is { HasTable: false })
        {
            // A table that was dropped leaves its publication, and one of the same name is another.
            throw ChangeErrors.SlotLost.Error(
                $"The table is not in the publication '{_capture.Slot.Publication}' any more: it was dropped and made anew, renamed, or taken out. Changes after {ChangePosition.Text(position.End)} are missing.", _capture.Place);
        }

        if (publication is { HasTable: true })
        {
            // Columns that it leaves out are not sent, and rows that do not meet its condition are none of the job's.
            table = publication.Columns.Count == 0 ? table : table with { Computed = table.Computed.Concat(info.Columns.Select(c => c.Name).Except(publication.Columns)).ToHashSet(StringComparer.Ordinal) };
            _filter = new TableFilter(publication.Filter ?? "", IsComplete: true);
        }

        _known = _capture.Shape ?? table.Shape;
        IReadOnlyDictionary<uint, PgType> types = await TableCatalog
            .TypesAsync(connection, info.Columns.Select(c => c.Type).Concat(_known.Columns.Select(c => c.Type)), cancellation)
            .ConfigureAwait(false);
        _types = new StreamTypes(types, _options.Numeric);
        return table;
    }
}
