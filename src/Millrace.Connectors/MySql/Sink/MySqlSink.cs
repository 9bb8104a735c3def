using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Writes a table of a MySQL server, exactly once: rows and progress are committed by one transaction.</summary>
internal sealed class MySqlSink : ISink
{
    private readonly MySqlServer _server;
    private readonly TableName _table;
    private readonly CheckpointTable _checkpoints;
    private readonly IfExists? _ifExists;
    private readonly SnapshotDeletes _deletes;
    private SchemaEvolution _evolution;

    public MySqlSink(MySqlTargetOptions options, ConnectorContext context)
    {
        _server = MySqlServer.Of(options, context, writes: true);
        _table = TableName.Parse(options.Table, _server.Database);
        _ifExists = options.IfExists;
        _deletes = options.Deletes;
        _checkpoints = new CheckpointTable(context.Tenant, context.Job, _table);
    }

    /// <summary>Whether rows go by INSERT although the server would ask for local data.</summary>
    public bool ForbidsLocalData { get; init; }

    public DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    public string Remote => _server.Remote;

    public ICheckpointLog Commits => new MySqlCommits(_server, _checkpoints);

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        try
        {
            using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
            return await GuardAsync(async () =>
            {
                TableInfo? table = await TableCatalog.FindAsync(connection, _table, cancellation).ConfigureAwait(false);
                bool keepsProgress = await _checkpoints.ExistsAsync(connection, cancellation).ConfigureAwait(false);
                var findings = new List<CheckFinding> { CheckFinding.Pass($"connect to {_server.Host}", $"{(connection.IsMariaDb ? "MariaDB" : "MySQL")} {connection.ServerVersion}, database {_table.Database}") };
                findings.AddRange(await TargetRights.CheckAsync(connection, _table, table, keepsProgress, cancellation).ConfigureAwait(false));
                LoadAbilities abilities = await LoadAbilities.FindAsync(connection, cancellation).ConfigureAwait(false);
                findings.Add(CheckFinding.Pass("send rows", abilities.AllowsLocalData ? "by LOAD DATA" : "by INSERT, which is slower: the server has local_infile = 0"));
                if (table is { IsTransactional: false })
                {
                    findings.Add(CheckFinding.Fail($"write {_table}", NoTransactions(table)));
                }

                return new CheckReport(findings);
            }).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail($"connect to {_server.Host}", e));
        }
    }

    public async ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation)
    {
        using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
        return await GuardAsync(() => _checkpoints.RecoverAsync(connection, cancellation)).ConfigureAwait(false);
    }

    /// <summary>The table is changed when the writer is opened, which knows the key.</summary>
    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation)
    {
        _evolution = evolution;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
    {
        if (request.Mode == WriteMode.Merge && request.Key.Count == 0)
        {
            throw MySqlErrors.NoKey.Error($"Rows are to be merged into {_table}, and no column identifies a row.");
        }

        MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await GuardAsync(() => OpenWriterAsync(connection, request, cancellation)).ConfigureAwait(false);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async ValueTask<ISinkWriter> OpenWriterAsync(MySqlConnection connection, SinkRequest request, CancellationToken cancellation)
    {
        await WriteSession.PrepareAsync(connection, cancellation).ConfigureAwait(false);
        request = _ifExists == IfExists.Replace && request.Mode == WriteMode.Append ? request with { Mode = WriteMode.Overwrite } : request;
        bool merges = request.Mode == WriteMode.Merge;
        Schema stored = merges ? StoredColumns.Of(request.Schema) : request.Schema;
        TableInfo? table = await TableCatalog.FindAsync(connection, _table, cancellation).ConfigureAwait(false);
        if (table is { IsTransactional: false })
        {
            throw NoTransactions(table);
        }

        if (table is not null && _ifExists == IfExists.Error && !request.Resumes
            && await connection.ScalarAsync($"SELECT 1 FROM {_table.Sql} LIMIT 1", cancellation).ConfigureAwait(false) is not null)
        {
            throw MySqlErrors.NotEmpty.Error($"The table {_table} has rows already.", new ErrorPlace { Stream = _table.ToString() });
        }

        if (table is not null && request is { Mode: WriteMode.Overwrite, Resumes: false }
            && await ForeignKey.FindCascadeAsync(connection, table.Name, cancellation).ConfigureAwait(false) is { } key)
        {
            throw MySqlErrors.Cascades.Error($"{key.Table} refers to {_table} by the constraint '{key.Name}' with ON DELETE {key.OnDelete}: to overwrite {_table} would change its rows.", new ErrorPlace { Stream = _table.ToString() });
        }

        List<string> changes = request.RemovesMissing ? MarksOf(table) : TableShape.Changes(connection, _table, table, stored, merges ? request.Key : [], _evolution);
        foreach (string change in changes)
        {
            await connection.ExecuteAsync(change, cancellation).ConfigureAwait(false);
        }

        table = changes.Count == 0 ? table : await TableCatalog.FindAsync(connection, _table, cancellation).ConfigureAwait(false);
        await _checkpoints.EnsureAsync(connection, cancellation).ConfigureAwait(false);
        await _checkpoints.TakeAsync(connection, request.FencingToken, request.RunId, cancellation).ConfigureAwait(false);
        await _checkpoints.VerifyAsync(connection, cancellation).ConfigureAwait(false);
        TargetColumns columns = TargetColumns.Of(request.Schema, table!, merges);
        MergeStatements? merge = null;
        if (merges)
        {
            CheckKey(request.Key, table!);
            merge = new MergeStatements(table!, columns, request.Key, request.RemovesMissing ? _deletes : null);
            await connection.ExecuteAsync(merge.Preparation, cancellation).ConfigureAwait(false);
            if (columns.Unchanged >= 0)
            {
                await connection.ExecuteAsync(KeptValues.Preparation(_table), cancellation).ConfigureAwait(false);
            }
        }

        LoadAbilities abilities = await LoadAbilities.FindAsync(connection, cancellation).ConfigureAwait(false);
        return new MySqlWriter(_server, connection, _checkpoints, _table, columns, merge, ForbidsLocalData ? abilities with { AllowsLocalData = false } : abilities, request);
    }

    // Where rows that are gone are kept they need a column that says so.
    private List<string> MarksOf(TableInfo? table) => table is null
        ? throw MySqlErrors.UnknownTable.Error($"The table {_table} is gone.", new ErrorPlace { Stream = _table.ToString() })
        : _deletes == SnapshotDeletes.Hard || table.Find(HistoryColumns.DeletedAt) is not null ? []
        : [$"ALTER TABLE {_table.Sql} ADD COLUMN {HistoryColumns.DeletedAt} datetime(6) NULL"];

    private static void CheckKey(IReadOnlyList<string> key, TableInfo table)
    {
        foreach (string column in key)
        {
            if (table.Find(column) is null)
            {
                throw MySqlErrors.NoKey.Error($"The key column '{column}' is not among the columns of the table {table.Name}.", new ErrorPlace { Stream = table.Name.ToString(), Field = column });
            }
        }
    }

    private static MillraceException NoTransactions(TableInfo table)
        => MySqlErrors.NoTransactions.Error($"{table.Name} is a table of {table.Engine}, which has no transactions.", new ErrorPlace { Stream = table.Name.ToString() }, $"ALTER TABLE {table.Name.Sql} ENGINE = InnoDB;");

    private async ValueTask<T> GuardAsync<T>(Func<ValueTask<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnStatement(e, _server, new ErrorPlace { Stream = _table.ToString() });
        }
    }
}
