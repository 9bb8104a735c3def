using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Decides how the changes of a table are read: what is there first, and then plan after plan what the log tells.</summary>
internal sealed class LogPlanner : IDisposable
{
    // Half of what there is: a run that goes on has a little less than no limit.
    private const long NoLimit = long.MaxValue / 2;

    private readonly MySqlServer _server;
    private readonly MySqlSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly TypeMapper _mapper;
    private readonly LogCapture _capture;
    private readonly string _stream;
    private LogTable? _table;
    private TableMap? _shape;

    public LogPlanner(MySqlServer server, MySqlSourceOptions options, ConnectorContext context, TypeMapper mapper, TableName name)
    {
        _server = server;
        _options = options;
        _context = context;
        _mapper = mapper;
        _capture = new LogCapture(server, options, context, name);
        _stream = name.ToString();
    }

    /// <param name="request">What is wanted.</param>
    /// <param name="find">Finds the table, or fails.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, Func<MySqlConnection, ValueTask<TableInfo>> find, CancellationToken cancellation)
    {
        if (request.Limit < NoLimit)
        {
            throw LogErrors.NotForChanges.Error("A read of changes has no end at which a limit could be.", _capture.Place, "Leave the limit out.");
        }

        SplitProgress? progress = null;
        request.Since?.Splits.TryGetValue(_stream, out progress);
        LogPosition? begun = LogPosition.Find(progress?.Position);
        if (begun is { Gtids: not null } committed && _table is null)
        {
            await _server.ChooseAsync((connection, host) => _capture.RequireAsync(connection, host, committed, cancellation), cancellation).ConfigureAwait(false);
        }

        if (_table is null || (_capture.Shape is { } shape && _shape?.IsSame(shape) != true))
        {
            using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
            _table = await LookAsync(connection, await find(connection).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            _shape = _capture.Shape;
        }

        if (begun is not { } since)
        {
            return await PlanLoadAsync(request, cancellation).ConfigureAwait(false);
        }

        // Until the log has told of the columns, they are those of the table; the first row may outgrow them.
        LogLayout layout = _shape is null ? LogLayout.Of(_table, request.Columns) : LogLayout.Of(_table, _shape, request.Columns);
        _capture.Plan(_shape);
        return new LogPlan(_capture, _table, layout, since, _options, request, _context.Note);
    }

    public ValueTask ChangedAsync(CancellationToken cancellation) => _capture.ChangedAsync(cancellation);

    public async ValueTask<List<CheckFinding>> CheckAsync(MySqlConnection connection, TableInfo info, CancellationToken cancellation)
    {
        LogReadiness readiness = await LogReadiness.FindAsync(connection, info, cancellation).ConfigureAwait(false);
        List<CheckFinding> findings = await readiness.FindingsAsync(cancellation).ConfigureAwait(false);
        if (findings.TrueForAll(f => f.Ok))
        {
            findings.Add(await readiness.TryAsync(_server, cancellation).ConfigureAwait(false));
        }

        return findings;
    }

    /// <summary>Whether the first load finds its moment by a lock, as it does where the server does not tell the place of a snapshot.</summary>
    public bool Locks { get; init; }

    public SourceLag? Lag => _capture.Lag;

    public void Acknowledge(Checkpoint checkpoint)
    {
        if (checkpoint.Splits.TryGetValue(_stream, out SplitProgress? progress) && LogPosition.Find(progress.Position) is { } position)
        {
            _capture.Acknowledge(position);
        }
    }

    public void Dispose() => _capture.Dispose();

    private async ValueTask<LogTable> LookAsync(MySqlConnection connection, TableInfo info, CancellationToken cancellation)
    {
        LogReadiness readiness = await LogReadiness.FindAsync(connection, info, cancellation).ConfigureAwait(false);
        await readiness.RequireAsync(cancellation).ConfigureAwait(false);
        return new LogTable(info, new LoggedTypes(_options, await CharacterSets.FindAsync(connection, cancellation).ConfigureAwait(false)), _mapper, readiness.IgnoresCase);
    }

    private async ValueTask<IReadPlan> PlanLoadAsync(ReadRequest request, CancellationToken cancellation)
    {
        LogTable table = _table!;
        LogLayout layout = LogLayout.Of(table, request.Columns);
        TableColumns columns = TableColumns.Of(table.Info, _mapper).Choose([.. layout.Rows.Names.Select(n => new RequestedColumn(n))]);
        using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
        if (await ReadRights.MissingAsync(connection, _server, table.Name, layout.Rows.Names, cancellation).ConfigureAwait(false) is { } missing)
        {
            throw missing;
        }

        var query = new TableQuery
        {
            Table = table.Info,
            Columns = columns,
            Marker = new CountMarker(table.Name.ToString()),
            BatchRows = request.BatchRows,
            ZeroDates = _options.ZeroDates,
            Note = _context.Note,
            Place = table.Place,
        };
        return new FirstLoad(_server, table, layout, query, _options, request, _context.Parallelism, _context.Time, Locks);
    }
}
