using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>What a run is told when the table, or the right to it, is not what it was.</summary>
[Trait("speed", "slow")]
public class MySqlAccessTests
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;

    public MySqlAccessTests() => _database = _server.NewDatabase();

    [Theory]
    [InlineData("DROP COLUMN v", true, "is gone")]
    [InlineData("MODIFY v varchar(10)", true, "became varchar(10); it was int(11)")]
    [InlineData("MODIFY v varchar(10)", false, "became varchar(10); it was int(11)")]
    public async Task A_table_that_is_altered_before_it_is_read_is_planned_anew(string change, bool consistent, string message)
    {
        Sql("CREATE TABLE t (id int, v int); INSERT INTO t VALUES (1, 1)");
        await using var source = new MySqlSource(Options(_server, _database) with { Consistent = consistent }, new ConnectorContext { Job = "bad" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Sql($"ALTER TABLE t {change}");

        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => PlanReading.ReadAllAsync(plan));
        Assert.Equal(("MR3332", ErrorClass.Retryable), (e.Code.Id, e.Code.Class));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        await using IReadPlan again = await source.PlanAsync(new ReadRequest(), default);
        Assert.Single(await PlanReading.ReadAllAsync(again));
    }

    [Fact]
    public Task A_table_is_read_as_of_one_moment_by_all_connections() => LeakCheck.RunAsync(async () =>
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT seq, 1 FROM seq_1_to_20000; ANALYZE TABLE t");
        await using var source = new MySqlSource(Options(_server, _database) with { ChunkRows = 4000 }, new ConnectorContext { Job = "moment", Parallelism = 3 });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        IReadOnlyList<Split> splits = await PlanReading.SplitsAsync(plan);
        Assert.True(splits.Count > 2);
        Sql("UPDATE t SET v = 2; DELETE FROM t WHERE id % 3 = 0; INSERT INTO t VALUES (100000, 3)");
        var rows = new List<string>();
        foreach (Split split in splits)
        {
            rows.AddRange((await PlanReading.ReadAsync(plan, split)).SelectMany(b => b.Rows));
        }

        Assert.Equal(20_000, rows.Count);
        Assert.All(rows, r => Assert.EndsWith("\"v\":1}", r, StringComparison.Ordinal));
    });

    [Fact]
    public async Task Who_may_not_come_in_is_told_why()
    {
        string user = $"reader_{_database}";
        Sql($"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY 'right'");
        await AssertRefusedAsync(o => o with { User = user, Password = "wrong" }, "Access denied", "MYSQL_PWD");
        await AssertRefusedAsync(o => o with { User = user, Password = "right" }, "Access denied", "mysql://host/database");
        await AssertRefusedAsync(o => o with { Database = "nowhere" }, "Unknown database 'nowhere'", "mysql://host/database");

        async Task AssertRefusedAsync(Func<MySqlSourceOptions, MySqlSourceOptions> change, string message, string hint)
        {
            await using var source = new MySqlSource(change(Options(_server, _database)), new ConnectorContext { Job = "bad" });
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => source.PlanAsync(new ReadRequest(), default).AsTask());
            Assert.Equal(("MR3302", ErrorClass.Permanent), (e.Code.Id, e.Code.Class));
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
            Assert.Contains(hint, e.Hint, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("no-such-host.invalid", 3306)]
    public async Task A_server_that_is_not_there_cannot_be_reached(string host, int port)
    {
        await using var source = new MySqlSource(Options(_server, _database) with { Host = host, Port = port, ConnectTimeout = TimeSpan.FromSeconds(5) }, new ConnectorContext { Job = "bad" });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => source.PlanAsync(new ReadRequest(), default).AsTask());
        Assert.Equal(("MR3301", ErrorClass.Retryable), (e.Code.Id, e.Code.Class));
        Assert.False((await source.CheckAsync(default)).Ok);
    }

    [Fact]
    public async Task A_right_that_is_missing_comes_with_its_grant_which_is_enough()
    {
        string user = $"r_{_database}";
        Sql($"CREATE USER '{user}'@'127.0.0.1'; GRANT CREATE TEMPORARY TABLES ON {_database}.* TO '{user}'@'127.0.0.1'; CREATE TABLE t (id int PRIMARY KEY, secret text); INSERT INTO t VALUES (1, 'x')");
        MySqlSourceOptions options = Options(_server, _database) with { User = user };
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => RowsAsync(options));
        Assert.Equal(("MR3303", $"GRANT SELECT ON `{_database}`.`t` TO '{user}'@'127.0.0.1';"), (e.Code.Id, e.Hint));

        // The catalogue hides columns that the user may not read.
        Sql(e.Hint.Replace("SELECT ON", "SELECT (id) ON", StringComparison.Ordinal));
        Assert.Equal(["{\"id\":1}"], await RowsAsync(options));
        Sql(e.Hint);
        Assert.Equal(["{\"id\":1,\"secret\":\"x\"}"], await RowsAsync(options));

        await using ISink sink = new MySqlConnector().OpenSink(
            new MySqlTargetOptions { Host = "127.0.0.1", Port = _server.Port, Database = _database, User = user, Table = "t" }, new ConnectorContext { Job = "rights" });
        CheckReport report = await sink.CheckAsync(default);
        Assert.False(report.Ok);
        foreach (CheckFinding finding in report.Findings.Where(f => !f.Ok))
        {
            Sql(finding.Error!.Hint);
        }

        Assert.True((await sink.CheckAsync(default)).Ok);
    }

    private static async Task<IReadOnlyList<string>> RowsAsync(MySqlSourceOptions options)
    {
        await using var source = new MySqlSource(options, new ConnectorContext { Job = "rights" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        IReadOnlyList<string> rows = await PlanReading.ReadAllAsync(plan);
        Assert.True((await source.CheckAsync(default)).Ok);
        return rows;
    }

    private static MySqlSourceOptions Options(MariaDbTestServer server, string database)
        => new() { Host = "127.0.0.1", Port = server.Port, Database = database, User = DatabaseTestServer.User, Table = "t" };

    private MySqlSource Open() => new(Options(_server, _database), new ConnectorContext { Job = "bad" });

    private string Sql(string sql) => _server.Sql(_database, sql);
}
