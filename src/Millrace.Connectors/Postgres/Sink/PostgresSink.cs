using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Writes a table of a PostgreSQL server, exactly once: rows and progress are committed by one transaction.</summary>
internal sealed class PostgresSink : ISink
{
    private readonly PostgresServer _server;
    private readonly TableName _table;
    private readonly CheckpointTable _checkpoints;
    private readonly IfExists? _ifExists;
    private readonly PostgresTargetOptions _options;
    private SchemaEvolution _evolution;

    public PostgresSink(PostgresTargetOptions options, ConnectorContext context)
    {
        _options = options;
        _server = PostgresServer.Of(options, context);
        _table = TableName.Parse(options.Table);
        _ifExists = options.IfExists;
        _checkpoints = new CheckpointTable(context.Tenant, context.Job, _table.ToString());
    }

    public DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    public string Remote => _server.Remote;

    private ErrorPlace Place => new() { Stream = _table.ToString() };

    public ICheckpointLog Commits => new PostgresCommits(_server, _checkpoints);

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(
                async connection =>
                {
                    TableInfo? table = await TableCatalog.FindAsync(connection, _table, cancellation).ConfigureAwait(false);
                    return new CheckReport(
                    [
                        CheckFinding.Pass($"connect to {_server.Host}", $"PostgreSQL {connection.PostgreSqlVersion}, database {connection.Database}"),
                        .. await TargetRights.CheckAsync(connection, _table, table, cancellation).ConfigureAwait(false),
                    ]);
                },
                cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail($"connect to {_server.Host}", e));
        }
    }

    public ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation)
        => AskAsync(connection => _checkpoints.RecoverAsync(connection, cancellation), cancellation);

    /// <summary>The table is changed when the writer is opened, which knows the key.</summary>
    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation)
    {
        _evolution = evolution;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
    {
        if (request.Mode.IsByKey() && request.Key.Count == 0)
        {
            throw PostgresErrors.NoKey.Error($"Rows are to meet those of {_table} by key, and no column identifies a row.");
        }

        NpgsqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
        int process = connection.ProcessID;
        try
        {
            return await OpenWriterAsync(connection, request, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await _server.CloseAsync(connection, process, Silence.Ended(e)).ConfigureAwait(false);
            if (PostgresFaults.IsOfServer(e, cancellation))
            {
                throw PostgresFaults.OnStatement(e, _server, Place);
            }

            throw;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async ValueTask<ISinkWriter> OpenWriterAsync(NpgsqlConnection connection, SinkRequest request, CancellationToken cancellation)
    {
        request = _ifExists == IfExists.Replace && request.Mode == WriteMode.Append ? request with { Mode = WriteMode.Overwrite } : request;
        bool merges = request.Mode.IsByKey();
        Schema stored = merges ? StoredColumns.Of(request.Schema) : request.Schema;
        await NameLengths.CheckAsync(connection, _table, stored.Fields.Select(f => f.Name), cancellation).ConfigureAwait(false);
        TableInfo? table = await TableCatalog.FindAsync(connection, _table, cancellation).ConfigureAwait(false);
        if (table is not null && _ifExists == IfExists.Error && !request.Resumes)
        {
            await ThrowIfNotEmptyAsync(connection, table, cancellation).ConfigureAwait(false);
        }

        IReadOnlyDictionary<uint, PgType> before = await TableCatalog.TypesAsync(connection, table?.Columns.Select(c => c.Type) ?? [], cancellation).ConfigureAwait(false);
        var shape = new TableShape(_table, stored, request, _options.Deletes, _evolution == SchemaEvolution.Freeze ? SchemaChanges.None : _options.SchemaChanges);
        List<string> changes = shape.Changes(table, before);
        await TableShape.ApplyAsync(connection, _table, changes, cancellation).ConfigureAwait(false);
        table = changes.Count == 0 ? table : await TableCatalog.FindAsync(connection, _table, cancellation).ConfigureAwait(false);
        IReadOnlyDictionary<uint, PgType> types = await TableCatalog.TypesAsync(connection, table!.Columns.Select(c => c.Type), cancellation).ConfigureAwait(false);
        await _checkpoints.EnsureAsync(connection, cancellation).ConfigureAwait(false);
        await _checkpoints.TakeAsync(connection, request.FencingToken, request.RunId, cancellation).ConfigureAwait(false);
        if (merges)
        {
            MergeKey.Check(request.Key, table);
        }

        bool isUnique = merges && await MergeKey.IsUniqueAsync(connection, table, request.Key, cancellation).ConfigureAwait(false);
        bool mayRefuse = request.Errors is not null && await TargetRules.AnyAsync(connection, table.Oid, cancellation).ConfigureAwait(false);
        var columns = TargetColumns.Of(request.Schema, table, types, merges);
        MergeKey.CheckNumbers(request, table, columns);
        RowPath path = RowPath.Of(table, columns, request, isUnique, mayRefuse, _options.Deletes == SnapshotDeletes.Soft);
        if (path.Preparation is { Length: > 0 } sql)
        {
            using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        return new PostgresWriter(_server, connection, _checkpoints, path, request, liftsLimits: _options.SchemaChanges == SchemaChanges.Widen && _evolution != SchemaEvolution.Freeze);
    }

    private async ValueTask ThrowIfNotEmptyAsync(NpgsqlConnection connection, TableInfo table, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT FROM {table.Source})", connection);
        if ((bool)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!)
        {
            throw PostgresErrors.NotEmpty.Error($"The table {_table} has rows already.", Place);
        }
    }

    private ValueTask<T> AskAsync<T>(Func<NpgsqlConnection, ValueTask<T>> ask, CancellationToken cancellation) => _server.AskAsync(ask, Place, cancellation);
}
