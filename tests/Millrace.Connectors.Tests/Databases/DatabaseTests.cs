namespace Millrace.Connectors.Tests.Databases;

/// <summary>Tests with a database of their own on the server of all tests.</summary>
public abstract class DatabaseTests
{
    protected DatabaseTests(Dialect dialect)
    {
        Dialect = dialect;
        Server = dialect.Demand();
        Database = Server.NewDatabase();
    }

    protected Dialect Dialect { get; }

    protected DatabaseTestServer Server { get; }

    protected string Database { get; }

    protected string Sql(string sql) => Server.Sql(Database, sql);

    /// <summary>A source of a table of the database.</summary>
    protected ISource Open(string table = "t") => Open(Server, Database, table);

    protected ISource Open(DatabaseTestServer server, string database, string table)
        => Dialect.Connector.OpenSource(Dialect.Source(server.Port, database, Dialect.Table(table)), new ConnectorContext { Job = "bad" });
}
