using System.Globalization;
using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>A table of a real server.</summary>
[Trait("speed", "slow")]
public class MySqlSourceConformanceTests : SourceConformance
{
    private const int Rows = 2_000;

    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;

    public MySqlSourceConformanceTests()
    {
        _database = _server.NewDatabase();
        _server.Sql(_database, $"CREATE TABLE orders (id bigint PRIMARY KEY, name varchar(40), price decimal(12,2)) SELECT seq AS id, IF(seq % 9 <> 0, CONCAT('row ', seq), NULL) AS name, seq + 0.25 AS price FROM seq_1_to_{Rows}; ANALYZE TABLE orders");
    }

    protected override Connector Connector { get; } = new MySqlConnector();

    protected override ReadRequest Request => base.Request with { Stream = $"{_database}.orders", Cursor = "id" };

    protected override IReadOnlyList<string> ExpectedRows => [.. Enumerable.Range(1, Rows).Select(i => string.Create(
        CultureInfo.InvariantCulture, $"{{\"id\":{i},\"name\":{(i % 9 == 0 ? "null" : $"\"row {i}\"")},\"price\":{i}.25}}"))];

    protected virtual MySqlSourceOptions Options => new()
    {
        Host = "127.0.0.1",
        Port = _server.Port,
        Database = _database,
        User = DatabaseTestServer.User,
        ChunkRows = 300,
    };

    protected override object CreateOptions() => Options;
}

/// <summary>The same table, by a read that can go on.</summary>
[Trait("speed", "slow")]
public class MySqlResumedSourceConformanceTests : MySqlSourceConformanceTests
{
    protected override MySqlSourceOptions Options => base.Options with { Resume = true };
}

/// <summary>A table that a run makes.</summary>
[Trait("speed", "slow")]
public class MySqlSinkConformanceTests : SinkConformance
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;

    public MySqlSinkConformanceTests() => _database = _server.NewDatabase();

    protected override Connector Connector { get; } = new MySqlConnector();

    protected override object CreateOptions() => new MySqlTargetOptions
    {
        Host = "127.0.0.1",
        Port = _server.Port,
        Database = _database,
        User = DatabaseTestServer.User,
        Table = "orders",
    };

    protected override Task<IReadOnlyList<string>> ReadBackAsync()
    {
        bool exists = _server.Sql(_database, "SHOW TABLES LIKE 'orders'").Length > 0;
        string rows = exists ? _server.Sql(_database, "SELECT CONCAT('{\"id\":', id, ',\"name\":', COALESCE(JSON_QUOTE(name), 'null'), '}') FROM orders") : "";
        return Task.FromResult<IReadOnlyList<string>>(rows.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
