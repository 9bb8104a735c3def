using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>What a run is told when the server, or the right to it, is not what it was.</summary>
[Trait("speed", "slow")]
public class BadDaysTests
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;

    public BadDaysTests() => _database = _server.NewDatabase();

    [Fact]
    public Task A_server_that_restarts_in_the_middle_is_worth_another_attempt_which_reads_everything() => LeakCheck.RunAsync(async () =>
    {
        MariaDbTestServer own = MariaDbTestServer.DemandOwn();
        const int rows = 300_000;
        string database = own.NewDatabase();
        own.Sql(database, $"CREATE TABLE t AS SELECT seq AS id, REPEAT('x', 100) AS pad FROM seq_1_to_{rows}");
        await using var source = new MySqlSource(Options(own, database), new ConnectorContext { Job = "bad" });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () =>
        {
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, default);
            (await reader.ReadAsync(default))!.Value.Batch.Dispose();
            own.Restart();
            while (await reader.ReadAsync(default) is { } read)
            {
                read.Batch.Dispose();
            }
        });

        Assert.Equal(("MR3301", ErrorClass.Retryable), (e.Code.Id, e.Code.Class));
        await using IReadPlan again = await source.PlanAsync(new ReadRequest(), default);
        Assert.Equal(rows, (await PlanReading.ReadAllAsync(again)).Count);
    });

    [Fact]
    public async Task A_table_that_is_dropped_before_it_is_read_is_unknown()
    {
        Sql("CREATE TABLE t (id int)");
        await using MySqlSource source = Open();
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Sql("DROP TABLE t");

        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => PlanReading.ReadAllAsync(plan));
        Assert.Equal("MR3304", e.Code.Id);
    }

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
    public async Task A_table_stays_as_it_is_while_it_is_read()
    {
        Sql("CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
        await using MySqlSource source = Open();
        await using (IReadPlan plan = await source.PlanAsync(new ReadRequest(), default))
        {
            Assert.Single(await PlanReading.ReadAllAsync(plan));
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => Sql("SET lock_wait_timeout = 0; DROP TABLE t"));
            Assert.Contains("Lock wait timeout", e.Message, StringComparison.Ordinal);
        }

        Sql("DROP TABLE t");
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
    public async Task A_read_that_is_given_up_leaves_no_statement_on_the_server()
    {
        Sql("CREATE TABLE t AS SELECT seq AS id, REPEAT('x', 100) AS pad FROM seq_1_to_300000");
        await using (MySqlSource source = Open())
        {
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            using var stop = new CancellationTokenSource();
            await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, stop.Token);
            (await reader.ReadAsync(stop.Token))!.Value.Batch.Dispose();
            Assert.Contains(Sessions(), s => s.Contains("FROM `", StringComparison.Ordinal));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                while (await reader.ReadAsync(stop.Token) is { } read)
                {
                    read.Batch.Dispose();
                }
            });
        }

        AssertSessionsEnd();
    }

    [Fact]
    public async Task A_statement_that_does_not_answer_is_ended_on_the_server_when_it_is_cancelled()
    {
        Sql("CREATE VIEW t AS SELECT seq AS id, SLEEP(0.5) AS pause FROM seq_1_to_10000");
        using var stop = new CancellationTokenSource();
        await using (MySqlSource source = Open())
        {
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            Split split = (await PlanReading.SplitsAsync(plan))[0];
            Task<ISplitReader> opening = plan.OpenAsync(split, null, FailOnRowError.Instance, stop.Token).AsTask();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await using ISplitReader reader = await opening;
                while (await reader.ReadAsync(stop.Token) is { } read)
                {
                    read.Batch.Dispose();
                }
            });
        }

        AssertSessionsEnd();
    }

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
    public async Task A_table_that_is_not_there_is_unknown_with_the_nearest_name()
    {
        Sql("CREATE TABLE orders (id int)");
        await using var source = new MySqlSource(Options(_server, _database) with { Table = "order" }, new ConnectorContext { Job = "bad" });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => source.PlanAsync(new ReadRequest(), default).AsTask());
        Assert.Equal("MR3304", e.Code.Id);
        Assert.Contains($"{_database}.orders", e.Message, StringComparison.Ordinal);
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

    private IEnumerable<string> Sessions() => Sql($"SELECT id, COALESCE(info, '') FROM information_schema.PROCESSLIST WHERE db = '{_database}' AND id <> CONNECTION_ID()").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // The server takes a moment to notice that its clients have gone.
    private void AssertSessionsEnd()
    {
        string[] left = [""];
        for (int i = 0; i < 300 && left.Length > 0; i++)
        {
            left = [.. Sessions()];
        }

        Assert.Empty(left);
    }

    private static MySqlSourceOptions Options(MariaDbTestServer server, string database)
        => new() { Host = "127.0.0.1", Port = server.Port, Database = database, User = MariaDbTestServer.User, Table = "t" };

    private MySqlSource Open() => new(Options(_server, _database), new ConnectorContext { Job = "bad" });

    private string Sql(string sql) => _server.Sql(_database, sql);
}
