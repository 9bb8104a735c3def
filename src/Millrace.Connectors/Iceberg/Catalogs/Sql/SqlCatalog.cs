using System.Runtime.CompilerServices;
using Npgsql;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Tables that a database knows, in the layout of Iceberg's JDBC catalog: a row of <c>iceberg_tables</c> points at the metadata file, and a
/// commit is an update of that row under the condition that it has not changed. Databases of schema version 0, which lack the type of a
/// row, are used as they are.
/// </summary>
internal sealed class SqlCatalog(SqlCatalogOptions options, CatalogContext context) : PointerCatalog(context)
{
    private const string IsTable = "(iceberg_type = 'TABLE' OR iceberg_type IS NULL)";
    private const string TableMissing = "42P01";
    private const string ColumnMissing = "42703";
    private const string KeyTaken = "23505";

    // What other implementations put down for a namespace without properties.
    private const string Exists = "exists";

    private readonly SqlCatalogDatabase _database = new(options);
    private bool? _hasType;

    public override string Remote => _database.Remote;

    public override async IAsyncEnumerable<TableIdentifier> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        List<TableIdentifier> all = await AskAsync(
            type => $"SELECT table_namespace, table_name FROM iceberg_tables WHERE catalog_name = $1{type}",
            [],
            async command =>
            {
                var found = new List<TableIdentifier>();
                NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                    {
                        found.Add(new TableIdentifier(reader.GetString(0).Split('.'), reader.GetString(1)));
                    }
                }

                return found;
            },
            [],
            cancellation).ConfigureAwait(false);
        foreach (TableIdentifier table in all.OrderBy(t => t.ToString(), StringComparer.Ordinal))
        {
            yield return table;
        }
    }

    public override async ValueTask<bool> DropAsync(TableIdentifier table, CancellationToken cancellation)
        => await ExecuteAsync(type => $"DELETE FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2 AND table_name = $3{type}", NameOf(table), cancellation).ConfigureAwait(false) > 0;

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override async ValueTask<string?> FindAsync(TableIdentifier table, CancellationToken cancellation)
        => await AskAsync(
            type => $"SELECT metadata_location FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2 AND table_name = $3{type}",
            NameOf(table),
            async command => await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) as string,
            null,
            cancellation).ConfigureAwait(false);

    protected override ValueTask<string> LocationOfAsync(TableIdentifier table, CancellationToken cancellation)
        => ValueTask.FromResult($"{Warehouse().TrimEnd('/')}/{string.Join('/', table.Namespace.Append(table.Name).Select(Storage.StoreName.Escape))}");

    protected override async ValueTask<bool> PointAsync(TableIdentifier table, string? from, LoadedTable to)
        => from is null
            ? await InsertAsync(table, to.MetadataFile).ConfigureAwait(false)
            : await ExecuteAsync(
                type => $"UPDATE iceberg_tables SET metadata_location = $4, previous_metadata_location = $5 WHERE catalog_name = $1 AND table_namespace = $2 AND table_name = $3 AND metadata_location = $5{type}",
                [.. NameOf(table), to.MetadataFile, from],
                CancellationToken.None).ConfigureAwait(false) == 1;

    private string Warehouse() => options.Warehouse ?? throw CatalogErrors.BadOption.Error("A table is to be made, and the catalog has no warehouse to make it in.", hint: "Set `warehouse`, such as s3://bucket/warehouse.");

    // A namespace is one text with dots, so that its parts can have none.
    private static string[] NameOf(TableIdentifier table)
        => table.Namespace.All(p => !p.Contains('.', StringComparison.Ordinal))
            ? [string.Join('.', table.Namespace), table.Name]
            : throw CatalogErrors.BadName.Error($"A namespace of the table {table} has a dot in a part of its name, which a catalog in a database cannot tell from two parts.");

    private async ValueTask<bool> InsertAsync(TableIdentifier table, string file)
    {
        string[] name = NameOf(table);
        await MakeTablesAsync().ConfigureAwait(false);
        return await _database.AskAsync(async connection =>
        {
            bool hasType = await HasTypeAsync(connection, CancellationToken.None).ConfigureAwait(false);
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                for (int depth = 1; depth <= table.Namespace.Count; depth++)
                {
                    using NpgsqlCommand space = Command(
                        connection,
                        "INSERT INTO iceberg_namespace_properties (catalog_name, namespace, property_key, property_value) VALUES ($1, $2, $3, 'true') ON CONFLICT DO NOTHING",
                        [string.Join('.', table.Namespace.Take(depth)), Exists]);
                    await space.ExecuteNonQueryAsync().ConfigureAwait(false);
                }

                using NpgsqlCommand insert = Command(
                    connection,
                    hasType
                        ? "INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location, iceberg_type) VALUES ($1, $2, $3, $4, 'TABLE')"
                        : "INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location) VALUES ($1, $2, $3, $4)",
                    [.. name, file]);
                try
                {
                    await insert.ExecuteNonQueryAsync().ConfigureAwait(false);
                    await transaction.CommitAsync().ConfigureAwait(false);
                    return true;
                }
                catch (PostgresException e) when (e.SqlState == KeyTaken)
                {
                    return false;
                }
            }
        }, CancellationToken.None).ConfigureAwait(false);
    }

    // As wide as the other implementations make them, so that they find what they expect.
    private ValueTask<bool> MakeTablesAsync() => _database.AskAsync(async connection =>
    {
        using NpgsqlCommand find = new("SELECT to_regclass('iceberg_tables') IS NOT NULL AND to_regclass('iceberg_namespace_properties') IS NOT NULL", connection);
        if (true.Equals(await find.ExecuteScalarAsync().ConfigureAwait(false)))
        {
            return true;
        }

        // Two that make it at once would fail in the system's own tables.
        using NpgsqlCommand make = new(
            """
            BEGIN;
            SELECT pg_advisory_xact_lock(7236018154017718);
            CREATE TABLE IF NOT EXISTS iceberg_tables (
                catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL,
                metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
                PRIMARY KEY (catalog_name, table_namespace, table_name));
            CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
                catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL, property_key VARCHAR(255), property_value VARCHAR(1000),
                PRIMARY KEY (catalog_name, namespace, property_key));
            COMMIT
            """,
            connection);
        await make.ExecuteNonQueryAsync().ConfigureAwait(false);
        return true;
    }, CancellationToken.None);

    private async ValueTask<bool> HasTypeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (_hasType is { } known)
        {
            return known;
        }

        using NpgsqlCommand find = new("SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('iceberg_tables') AND attname = 'iceberg_type' AND NOT attisdropped", connection);
        _hasType = (long)(await find.ExecuteScalarAsync(cancellation).ConfigureAwait(false))! == 1;
        return _hasType.Value;
    }

    private ValueTask<int> ExecuteAsync(Func<string, string> sql, string[] values, CancellationToken cancellation)
        => AskAsync(sql, values, async command => await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false), 0, cancellation);

    // A database without the tables of a catalog is one without Iceberg tables.
    private ValueTask<T> AskAsync<T>(Func<string, string> sql, string[] values, Func<NpgsqlCommand, ValueTask<T>> ask, T missing, CancellationToken cancellation)
        => _database.AskAsync(async connection =>
        {
            try
            {
                bool hasType = await HasTypeAsync(connection, cancellation).ConfigureAwait(false);
                using NpgsqlCommand command = Command(connection, sql(hasType ? $" AND {IsTable}" : ""), values);
                return await ask(command).ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState is TableMissing or ColumnMissing)
            {
                // Made, or altered by a newer engine, since it was looked at.
                _hasType = null;
                return e.SqlState == TableMissing ? missing : throw CatalogErrors.Down("the database", Remote, e.MessageText, e);
            }
        }, cancellation);

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, string[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = options.Name });
        foreach (string value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
