using System.Globalization;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>A table of a real server.</summary>
[Trait("speed", "slow")]
public sealed class PostgresSourceConformanceTests : SourceConformance
{
    private const int Rows = 2_000;

    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public PostgresSourceConformanceTests()
    {
        _database = _server.NewDatabase();
        _server.Sql(_database, $"CREATE TABLE public.orders AS SELECT i::int8 AS id, CASE WHEN i % 9 <> 0 THEN 'row ' || i END AS name, (i + 0.25)::numeric(12,2) AS price FROM generate_series(1, {Rows}) i; ANALYZE");
    }

    protected override Connector Connector { get; } = new PostgresConnector();

    protected override ReadRequest Request => base.Request with { Stream = "public.orders", Cursor = "id" };

    protected override IReadOnlyList<string> ExpectedRows => [.. Enumerable.Range(1, Rows).Select(i => string.Create(
        CultureInfo.InvariantCulture, $"{{\"id\":{i},\"name\":{(i % 9 == 0 ? "null" : $"\"row {i}\"")},\"price\":{i}.25}}"))];

    protected override object CreateOptions() => new PostgresSourceOptions
    {
        Host = "127.0.0.1",
        Port = _server.Port,
        Database = _database,
        User = DatabaseTestServer.User,
        ChunkBytes = new ByteSize(8192),
    };
}

/// <summary>A table that a run makes.</summary>
[Trait("speed", "slow")]
public sealed class PostgresSinkConformanceTests : SinkConformance
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public PostgresSinkConformanceTests() => _database = _server.NewDatabase();

    protected override Connector Connector { get; } = new PostgresConnector();

    protected override object CreateOptions() => new PostgresTargetOptions
    {
        Host = "127.0.0.1",
        Port = _server.Port,
        Database = _database,
        User = DatabaseTestServer.User,
        Table = "public.orders",
    };

    protected override Task<IReadOnlyList<string>> ReadBackAsync()
    {
        bool exists = _server.Sql(_database, "SELECT to_regclass('public.orders') IS NOT NULL") == "t";
        string rows = exists ? _server.Sql(_database, "SELECT '{\"id\":' || id || ',\"name\":' || coalesce(to_json(name)::text, 'null') || '}' FROM public.orders") : "";
        return Task.FromResult<IReadOnlyList<string>>(rows.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
