using System.Runtime.CompilerServices;
using Millrace.Connectors.Common;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Reads tables of a PostgreSQL server. Each table, view and foreign table is a stream.</summary>
internal sealed class PostgresSource : ISource
{
    private readonly PostgresSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly PostgresServer _server;
    private ChangePlanner? _changes;

    public PostgresSource(PostgresSourceOptions options, ConnectorContext context)
    {
        _options = options;
        _context = context;
        _server = PostgresServer.Of(options, context);
    }

    public string Remote => _server.Remote;

    public SourceLag? Lag => _changes?.Lag;

    /// <summary>By key. Rows move when they are updated, so that the places of one moment are not those of another.</summary>
    public async ValueTask<bool> ResumesFullReadsAsync(string? stream, CancellationToken cancellation)
    {
        if (_options.ReadBy != ReadBy.Auto || (stream ?? _options.Table) is not { } table)
        {
            return _options.ReadBy == ReadBy.Key;
        }

        TableName name = TableName.Parse(table);
        return await _server.AskAsync(
            async connection => await TableCatalog.FindAsync(connection, name, cancellation).ConfigureAwait(false) is { } info
                && KeyRead.Resumes(info, await TableCatalog.TypesAsync(connection, info.Columns.Select(c => c.Type), cancellation).ConfigureAwait(false), ReadBy.Auto),
            new ErrorPlace { Stream = table },
            cancellation).ConfigureAwait(false);
    }

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        try
        {
            findings = await _server.AskAsync(connection => CheckAsync(connection, findings, cancellation), null, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            findings.Add(CheckFinding.Fail($"connect to {_server.Host}", e));
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
            ChangePlanner changes = _changes ??= new ChangePlanner(_server, _options, _context, name);
            return new CheckReport(await _server.AskAsync(
                async connection => await changes.CheckAsync(connection, await RequireAsync(connection, name, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false),
                new ErrorPlace { Stream = name.ToString() },
                cancellation).ConfigureAwait(false));
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail("changes", e));
        }
    }

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        (List<TableInfo> tables, TypeMapper mapper) = await _server.AskAsync(connection => ListAsync(connection, cancellation), null, cancellation).ConfigureAwait(false);
        foreach (TableInfo table in tables.Where(t => t.Columns.Count > 0))
        {
            yield return new StreamDescription
            {
                Name = table.Name.ToString(),
                Schema = TableColumns.Of(table, mapper).Schema,
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
            _changes ??= new ChangePlanner(_server, _options, _context, name);
            return await _changes.PlanAsync(request, connection => RequireAsync(connection, name, cancellation), cancellation).ConfigureAwait(false);
        }

        return await _server.AskAsync(connection => PlanAsync(connection, name, request, cancellation), new ErrorPlace { Stream = name.ToString() }, cancellation).ConfigureAwait(false);
    }

    public async ValueTask ChangedAsync(CancellationToken cancellation)
    {
        if (_changes is not null)
        {
            await _changes.ChangedAsync(cancellation).ConfigureAwait(false);
            return;
        }

        await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation)
        => _changes?.AcknowledgeAsync(checkpoint, cancellation) ?? ValueTask.CompletedTask;

    public async ValueTask<IReadOnlyList<string>> ForgetAsync(ReadRequest request, CancellationToken cancellation)
        => request.Mode == ReadMode.Cdc ? await SlotRemains.RemoveAsync(_server, _options, _context, Named(request), cancellation).ConfigureAwait(false) : [];

    public async ValueTask DisposeAsync()
    {
        if (_changes is not null)
        {
            await _changes.DisposeAsync().ConfigureAwait(false);
        }

        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private TableName Named(ReadRequest request) => TableName.Parse(request.Stream ?? _options.Table
        ?? throw PostgresErrors.UnknownTable.Error("No table is named.", new ErrorPlace { Stream = _server.Host }, "Name one with `stream`: postgres://host/database?stream=public.orders; several with a pattern: `stream=public.*`. `millrace discover` lists them."));

    private async ValueTask<IReadPlan> PlanAsync(NpgsqlConnection connection, TableName name, ReadRequest request, CancellationToken cancellation)
    {
        TableInfo table = await RequireAsync(connection, name, cancellation).ConfigureAwait(false);
        var types = await TableCatalog.TypesAsync(connection, table.Columns.Select(c => c.Type), cancellation).ConfigureAwait(false);
        ReadRights rights = await ReadRights.FindAsync(connection, table, cancellation).ConfigureAwait(false);
        table = table with { ShowsPlaces = rights.WholeTable };
        TableColumns all = TableColumns.Of(table, new TypeMapper(types, _options.Numeric));
        TableColumns columns = all.Choose(request.Columns);
        RowOrder? order = request.Mode == ReadMode.Incremental ? RowOrder.Of(table, types, request.Cursor, _options.TieBreaker) : null;
        IEnumerable<string> used = columns.Schema.Fields.Select(f => f.Name).Concat(request.Predicates.Select(p => p.Column)).Concat(order?.Names ?? (_options.ReadBy == ReadBy.Key ? table.Key : []));
        if (rights.Missing(table, used) is { } missing)
        {
            throw missing;
        }

        TableFilter filter = TableFilter.Of(all, types, request.Predicates, connection.PostgresParameters.GetValueOrDefault("server_encoding") == "UTF8");
        TableHold hold = await TableHold.OfAsync(connection, table, columns, cancellation).ConfigureAwait(false);
        RowKey? key = order is null ? KeyRead.Choose(table, types, _options, request) : null;
        if (order is null && key is null)
        {
            IReadOnlyList<TableInfo> leaves = await LeafTables.FindAsync(connection, table, cancellation).ConfigureAwait(false);
            return new TablePlan(_server, table, columns, _options, request, filter, hold, leaves, _context);
        }

        ExportedSnapshot snapshot = await ExportedSnapshot.TakeAsync(_server, hold, _context.Shared, _context, cancellation).ConfigureAwait(false);
        try
        {
            if (order is null)
            {
                var bounds = await KeyRead.BoundsAsync(snapshot, table, key!, request, _options.ChunkBytes.Bytes, cancellation).ConfigureAwait(false);
                return new KeyPlan(_server, table, columns, key!, request, snapshot, bounds, filter);
            }

            CursorRange range = await CursorBound.FindAsync(snapshot, table, order, request, _options.SafetyDelay, _context, cancellation).ConfigureAwait(false);
            return new CursorPlan(_server, table, columns, order, request, snapshot, range, filter);
        }
        catch
        {
            await snapshot.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<(List<TableInfo> Tables, TypeMapper Mapper)> ListAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        List<TableInfo> tables = _options.Table is { } table
            ? [await RequireAsync(connection, TableName.Parse(table), cancellation).ConfigureAwait(false)]
            : await TableCatalog.ListAsync(connection, cancellation).ConfigureAwait(false);
        var types = await TableCatalog.TypesAsync(connection, tables.SelectMany(t => t.Columns).Select(c => c.Type), cancellation).ConfigureAwait(false);
        return (tables, new TypeMapper(types, _options.Numeric));
    }

    private async ValueTask<List<CheckFinding>> CheckAsync(NpgsqlConnection connection, List<CheckFinding> findings, CancellationToken cancellation)
    {
        findings.Add(CheckFinding.Pass($"connect to {_server.Host}", $"PostgreSQL {connection.PostgreSqlVersion}, database {connection.Database}"));
        if (_options.Table is { } table)
        {
            TableInfo info = await RequireAsync(connection, TableName.Parse(table), cancellation).ConfigureAwait(false);
            findings.Add(await CheckTableAsync(connection, info, cancellation).ConfigureAwait(false));
        }

        return findings;
    }

    private static async ValueTask<CheckFinding> CheckTableAsync(NpgsqlConnection connection, TableInfo table, CancellationToken cancellation)
    {
        string subject = $"read {table.Name}";
        ReadRights rights = await ReadRights.FindAsync(connection, table, cancellation).ConfigureAwait(false);

        // A job may do with some of the columns; planning it checks those that it wants.
        IEnumerable<string> needed = table.Columns.Select(c => c.Name);
        if (rights.Missing(table, rights.Columns.Count > 0 ? needed.Where(rights.Columns.Contains) : needed) is { } missing)
        {
            return CheckFinding.Fail(subject, missing);
        }

        string columns = rights.Columns.Count < table.Columns.Count ? $"{rights.Columns.Count} of {table.Columns.Count} columns" : $"{table.Columns.Count} columns";
        return CheckFinding.Pass(subject, $"{columns}, {(table.Rows is { } rows ? $"about {rows} rows" : "rows never counted")}, {table.Bytes} bytes");
    }

    private async ValueTask<TableInfo> RequireAsync(NpgsqlConnection connection, TableName name, CancellationToken cancellation)
    {
        if (await TableCatalog.FindAsync(connection, name, cancellation).ConfigureAwait(false) is { } table)
        {
            return table.Columns.Count > 0 ? table : throw PostgresErrors.NoColumns.Error($"The table {name} has no columns.", new ErrorPlace { Stream = name.ToString() });
        }

        List<TableInfo> others = await TableCatalog.ListAsync(connection, cancellation).ConfigureAwait(false);
        string suggestion = NearestName.Suggest(name.ToString(), others.Select(t => t.Name.ToString()));
        throw PostgresErrors.UnknownTable.Error($"There is no table {name} in the database '{connection.Database}'{suggestion}.", new ErrorPlace { Stream = name.ToString() });
    }

    private static IEnumerable<string> Notes(TableInfo table)
    {
        if (table.Kind != TableKind.Table)
        {
            yield return table.Kind switch
            {
                TableKind.Partitioned => "partitioned table",
                TableKind.View => "view",
                TableKind.MaterializedView => "materialized view",
                _ => "foreign table",
            };
        }

        if (table.Comment is { } comment)
        {
            yield return comment;
        }

        foreach (string index in table.Indexes)
        {
            yield return index;
        }
    }
}
