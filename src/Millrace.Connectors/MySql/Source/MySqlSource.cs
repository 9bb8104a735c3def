using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Reads tables of a MySQL server. Each table and view is a stream.</summary>
internal sealed class MySqlSource : ISource
{
    private readonly MySqlSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly MySqlServer _server;
    private readonly TypeMapper _mapper;
    private LogPlanner? _changes;

    public MySqlSource(MySqlSourceOptions options, ConnectorContext context)
    {
        _options = options;
        _context = context;
        _server = MySqlServer.Of(options, context);
        _mapper = new TypeMapper(options);
    }

    public string Remote => _server.Remote;

    public SourceLag? Lag => _changes?.Lag;

    /// <summary>For tests: a first load of changes goes the way of servers that do not tell the place of a snapshot.</summary>
    public bool LocksForMoment { get; init; }

    public ValueTask<bool> ResumesFullReadsAsync(string? stream, CancellationToken cancellation) => ValueTask.FromResult(_options.Resume);

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        try
        {
            using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
            findings.Add(CheckFinding.Pass($"connect to {_server.Host}", $"{(connection.IsMariaDb ? "MariaDB" : "MySQL")} {connection.ServerVersion}{(_server.Database is { } database ? $", database {database}" : "")}"));
            if (_options.Table is { } table)
            {
                TableInfo info = await RequireAsync(connection, TableName.Parse(table, _server.Database), cancellation).ConfigureAwait(false);
                string subject = $"read {info.Name}";
                findings.Add(await ReadRights.MissingAsync(connection, _server, info.Name, [], cancellation).ConfigureAwait(false) is { } missing
                    ? CheckFinding.Fail(subject, missing)
                    : CheckFinding.Pass(subject, string.Create(CultureInfo.InvariantCulture, $"{info.Columns.Count} columns{(info.Rows is { } rows ? $", about {rows} rows" : "")}{(info.Bytes is { } bytes ? $", {bytes} bytes" : "")}")));
            }
        }
        catch (MillraceException e)
        {
            findings.Add(CheckFinding.Fail($"connect to {_server.Host}", e));
        }
        catch (ServerException e)
        {
            findings.Add(CheckFinding.Fail($"connect to {_server.Host}", MySqlFaults.OnStatement(e, _server, null)));
        }

        return new CheckReport(findings);
    }

    public async ValueTask<CheckReport> CheckReadAsync(ReadRequest request, CancellationToken cancellation)
    {
        if (request.Mode != ReadMode.Cdc)
        {
            return CheckReport.Of();
        }

        try
        {
            TableName name = Named(request);
            LogPlanner changes = _changes ??= new LogPlanner(_server, _options, _context, _mapper, name) { Locks = LocksForMoment };
            using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
            return new CheckReport(await GuardAsync(
                async () => await changes.CheckAsync(connection, await RequireAsync(connection, name, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false),
                name).ConfigureAwait(false));
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail("changes", e));
        }
    }

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
        List<TableInfo> tables = await GuardAsync(() => ListAsync(connection, cancellation), null).ConfigureAwait(false);
        foreach (TableInfo table in tables)
        {
            yield return new StreamDescription
            {
                Name = table.Name.ToString(),
                Schema = TableColumns.Of(table, _mapper).Schema,
                Key = table.Key,
                Rows = table.Rows,
                Bytes = table.Bytes,
                Notes = [.. Notes(table)],
            };
        }
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        TableName name = Named(request);
        if (request.Mode == ReadMode.Cdc)
        {
            LogPlanner changes = _changes ??= new LogPlanner(_server, _options, _context, _mapper, name) { Locks = LocksForMoment };
            return await GuardAsync(() => changes.PlanAsync(request, found => RequireAsync(found, name, cancellation), cancellation), name).ConfigureAwait(false);
        }

        using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
        return await GuardAsync(() => PlanAsync(connection, name, request, cancellation), name).ConfigureAwait(false);
    }

    public async ValueTask ChangedAsync(CancellationToken cancellation)
    {
        if (_changes is not null)
        {
            await _changes.ChangedAsync(cancellation).ConfigureAwait(false);
        }
        else
        {
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        _changes?.Acknowledge(checkpoint);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _changes?.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private TableName Named(ReadRequest request)
    {
        string stream = request.Stream ?? _options.Table
            ?? throw MySqlErrors.UnknownTable.Error("No table is named.", new ErrorPlace { Stream = _server.Host }, "Name one with `stream`: mysql://host/database?stream=orders; several with a pattern: `stream=*`. `millrace discover` lists them.");
        return TableName.Parse(stream, _server.Database);
    }

    private async ValueTask<IReadPlan> PlanAsync(MySqlConnection connection, TableName name, ReadRequest request, CancellationToken cancellation)
    {
        TableInfo table = await RequireAsync(connection, name, cancellation).ConfigureAwait(false);
        TableColumns all = TableColumns.Of(table, _mapper);
        TableColumns columns = all.Choose(request.Columns);
        TableFilter filter = TableFilter.Of(all, request.Predicates);
        RowOrder? order = request.Mode == ReadMode.Incremental ? RowOrder.Of(table, request.Cursor, _options.TieBreaker) : null;
        IEnumerable<string> used = columns.Schema.Fields.Select(f => f.Name).Concat(request.Predicates.Select(p => p.Column)).Concat(order?.Names ?? []);
        if (await ReadRights.MissingAsync(connection, _server, table.Name, used, cancellation).ConfigureAwait(false) is { } missing)
        {
            throw missing;
        }

        var query = new TableQuery
        {
            Table = table,
            Columns = columns,
            Marker = new CountMarker(table.Name.ToString()),
            BatchRows = request.BatchRows,
            ZeroDates = _options.ZeroDates,
            Note = _context.Note,
            Place = new ErrorPlace { Stream = table.Name.ToString() },
        };
        return order is null
            ? new TablePlan(_server, query, _options, request, filter, _context.Parallelism)
            : await PlanAsync(query, order, request, filter, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<IReadPlan> PlanAsync(TableQuery query, RowOrder order, ReadRequest request, TableFilter filter, CancellationToken cancellation)
    {
        ReadSessions sessions = await ReadSessions.StartAsync(_server, new TableHold(query.Table, query.Columns), 1, isOfOneMoment: true, cancellation).ConfigureAwait(false);
        try
        {
            MySqlConnection connection = await sessions.TakeAsync(cancellation).ConfigureAwait(false);
            try
            {
                CursorRange range = await CursorBound.FindAsync(connection, query.Table, order, request, _options.SafetyDelay, _context, cancellation).ConfigureAwait(false);
                return new CursorPlan(sessions, query, order, range, filter);
            }
            finally
            {
                sessions.Return(connection);
            }
        }
        catch
        {
            await sessions.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<List<TableInfo>> ListAsync(MySqlConnection connection, CancellationToken cancellation) => _options.Table is { } table
        ? [await RequireAsync(connection, TableName.Parse(table, _server.Database), cancellation).ConfigureAwait(false)]
        : await TableCatalog.ListAllAsync(connection, _server.Database, cancellation).ConfigureAwait(false);

    private async ValueTask<TableInfo> RequireAsync(MySqlConnection connection, TableName name, CancellationToken cancellation)
    {
        if (await TableCatalog.FindAsync(connection, name, cancellation).ConfigureAwait(false) is { } table)
        {
            return table;
        }

        // A table that the user has no right to at all does not stand in the catalogue.
        if (await ReadRights.MissingAsync(connection, _server, name, [], cancellation).ConfigureAwait(false) is { } missing)
        {
            throw missing;
        }

        List<TableInfo> others = await TableCatalog.ListAllAsync(connection, null, cancellation).ConfigureAwait(false);
        string suggestion = NearestName.Suggest(name.ToString(), others.Select(t => t.Name.ToString()));
        throw MySqlErrors.UnknownTable.Error($"There is no table {name}{suggestion}.", new ErrorPlace { Stream = name.ToString() });
    }

    private async ValueTask<T> GuardAsync<T>(Func<ValueTask<T>> work, TableName? table)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnStatement(e, _server, table is null ? null : new ErrorPlace { Stream = table.ToString() });
        }
    }

    private static IEnumerable<string> Notes(TableInfo table)
    {
        if (table.IsView)
        {
            yield return "view";
        }
        else if (table.Engine is { } engine && !engine.Equals("InnoDB", StringComparison.OrdinalIgnoreCase))
        {
            yield return engine;
        }

        if (table.Comment is { } comment)
        {
            yield return comment;
        }

        foreach (IndexInfo index in table.Indexes.Where(i => i.Name != "PRIMARY"))
        {
            yield return index.ToString();
        }
    }
}
