using Millrace.Connectors.Common;
using Millrace.Connectors.MySql;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>What tests that are the same for every database have to know of one.</summary>
public abstract class Dialect
{
    public static Dialect Postgres { get; } = new PostgresDialect();

    public static Dialect MySql { get; } = new MySqlDialect();

    /// <summary>The server of all tests.</summary>
    public abstract DatabaseTestServer Demand();

    /// <summary>A server that no other test uses.</summary>
    public abstract DatabaseTestServer DemandOwn();

    public abstract Connector Connector { get; }

    /// <summary>The errors of the connector begin with it.</summary>
    public abstract string Errors { get; }

    /// <summary>Code of the error for a server that is silent for too long.</summary>
    public abstract string Silent { get; }

    /// <summary>A table as the connector's options name it, which is also its name in SQL.</summary>
    public abstract string Table(string name);

    public abstract object Source(int port, string database, string table);

    public abstract object Target(int port, string database, string table);

    /// <summary>A target that keeps rows that are gone.</summary>
    public abstract object SoftTarget(int port, string database, string table);

    /// <summary>Adds rows numbered from 1, each with the same value behind its number.</summary>
    public abstract string InsertNumbered(string table, int rows, string value);

    /// <summary>Options of a source or target, with a limit to silence.</summary>
    public abstract object WithNetworkTimeout(object options, TimeSpan limit);

    /// <summary>A view of many rows before whose last one the server waits for as long as the table <c>gate</c>, made too, has a row.</summary>
    public abstract string CreateGatedView(string view, int rows);

    /// <summary>A view of many rows each of which takes the server half a second.</summary>
    public abstract string CreateSlowView(string view);

    /// <summary>Lets each row that is added to a table take a minute.</summary>
    public abstract string SlowDown(string table);

    /// <summary>Lets statements fail at once that would wait for a lock.</summary>
    public abstract string NoLockWait { get; }

    /// <summary>Options of a database, and the type of a column of texts in it, that lack most characters.</summary>
    public abstract (string Database, string Column) FewCharacters { get; }

    /// <summary>Whether a text may hold U+0000.</summary>
    public abstract bool StoresNul { get; }

    /// <summary>Prints the rows of a table with <c>id</c> and <c>name</c> as JSON; nothing where there is no table.</summary>
    public abstract string RowsOf(DatabaseTestServer server, string database, string table);

    /// <summary>Prints what the connector's sessions do in the database.</summary>
    public abstract string Sessions { get; }

    private sealed class PostgresDialect : Dialect
    {
        public override Connector Connector { get; } = new PostgresConnector();

        public override string Errors => "MR32";

        public override string Silent => PostgresErrors.Silent.Id;

        public override string Sessions => "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'millrace %'";

        public override DatabaseTestServer Demand() => PostgresTestServer.Demand();

        public override DatabaseTestServer DemandOwn() => PostgresTestServer.DemandOwn();

        public override string Table(string name) => $"public.{name}";

        public override object Source(int port, string database, string table)
            => new PostgresSourceOptions { Host = "127.0.0.1", Port = port, Database = database, User = DatabaseTestServer.User, Table = table };

        public override object Target(int port, string database, string table)
            => new PostgresTargetOptions { Host = "127.0.0.1", Port = port, Database = database, User = DatabaseTestServer.User, Table = table };

        public override object SoftTarget(int port, string database, string table) => (PostgresTargetOptions)Target(port, database, table) with { Deletes = SnapshotDeletes.Soft };

        public override string InsertNumbered(string table, int rows, string value) => $"INSERT INTO {table} SELECT i, {value} FROM generate_series(1, {rows}) i";

        public override object WithNetworkTimeout(object options, TimeSpan limit) => (PostgresOptions)options with { NetworkTimeout = limit };

        public override string CreateGatedView(string view, int rows)
            => $"CREATE TABLE public.gate AS SELECT 1 AS shut; CREATE VIEW {view} AS SELECT i AS id, CASE WHEN i = {rows} AND EXISTS (SELECT FROM public.gate) THEN pg_sleep(600)::text ELSE repeat('x', 100) END AS pad FROM generate_series(1, {rows}) i";

        public override string CreateSlowView(string view) => $"CREATE VIEW {view} AS SELECT i AS id, pg_sleep(0.5)::text AS pause FROM generate_series(1, 10000) i";

        public override string SlowDown(string table)
            => $"CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END'; CREATE TRIGGER slow BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION public.slow()";

        public override string NoLockWait => "SET lock_timeout = '10ms'";

        public override (string Database, string Column) FewCharacters => ("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", "varchar(200)");

        public override bool StoresNul => false;

        public override string RowsOf(DatabaseTestServer server, string database, string table)
            => server.Sql(database, $"SELECT to_regclass('{table}') IS NOT NULL") == "t"
                ? server.Sql(database, $"SELECT '{{\"id\":' || id || ',\"name\":' || coalesce(to_json(name)::text, 'null') || '}}' FROM {table}")
                : "";
    }

    private sealed class MySqlDialect : Dialect
    {
        public override Connector Connector { get; } = new MySqlConnector();

        public override string Errors => "MR33";

        public override string Silent => MySqlErrors.Silent.Id;

        public override string Sessions => "SELECT COALESCE(info, '-') FROM information_schema.PROCESSLIST WHERE db = DATABASE() AND id <> CONNECTION_ID()";

        public override DatabaseTestServer Demand() => MariaDbTestServer.Demand();

        public override DatabaseTestServer DemandOwn() => MariaDbTestServer.DemandOwn();

        public override string Table(string name) => name;

        public override object Source(int port, string database, string table)
            => new MySqlSourceOptions { Host = "127.0.0.1", Port = port, Database = database, User = DatabaseTestServer.User, Table = table };

        public override object Target(int port, string database, string table)
            => new MySqlTargetOptions { Host = "127.0.0.1", Port = port, Database = database, User = DatabaseTestServer.User, Table = table };

        public override object SoftTarget(int port, string database, string table) => (MySqlTargetOptions)Target(port, database, table) with { Deletes = SnapshotDeletes.Soft };

        public override string InsertNumbered(string table, int rows, string value) => $"INSERT INTO {table} SELECT seq, {value} FROM seq_1_to_{rows}";

        public override object WithNetworkTimeout(object options, TimeSpan limit) => (MySqlOptions)options with { NetworkTimeout = limit };

        public override string CreateGatedView(string view, int rows)
            => $"CREATE TABLE gate AS SELECT 1 AS shut; CREATE VIEW {view} AS SELECT seq AS id, IF(seq = {rows} AND EXISTS (SELECT 1 FROM gate), SLEEP(600), REPEAT('x', 100)) AS pad FROM seq_1_to_{rows}";

        public override string CreateSlowView(string view) => $"CREATE VIEW {view} AS SELECT seq AS id, SLEEP(0.5) AS pause FROM seq_1_to_10000";

        public override string SlowDown(string table) => $"CREATE TRIGGER slow BEFORE INSERT ON {table} FOR EACH ROW SET @slow = SLEEP(60)";

        public override string NoLockWait => "SET lock_wait_timeout = 0";

        public override (string Database, string Column) FewCharacters => ("", "varchar(200) CHARACTER SET latin1");

        public override bool StoresNul => true;

        public override string RowsOf(DatabaseTestServer server, string database, string table)
            => server.Sql(database, $"SHOW TABLES LIKE '{table}'").Length > 0
                ? server.Sql(database, $"SELECT CONCAT('{{\"id\":', id, ',\"name\":', COALESCE(JSON_QUOTE(name), 'null'), '}}') FROM {table}")
                : "";
    }
}
