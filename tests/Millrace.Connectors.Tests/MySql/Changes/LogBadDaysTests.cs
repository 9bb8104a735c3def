using System.Text.Json.Nodes;
using Millrace.Connectors.MySql;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>What goes wrong around the settings of servers, rights, log that is gone, and other readers.</summary>
[Trait("speed", "slow")]
public sealed class LogBadDaysTests
{
    private const int ServerChecksum = sizeof(uint);

    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;
    private readonly LogPulls _pulls;

    public LogBadDaysTests()
    {
        _database = _server.NewDatabase();
        _pulls = new LogPulls(_server, _database);
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
    }

    [Fact]
    public async Task A_server_that_logs_too_little_is_refused_with_the_statement_that_helps()
    {
        MariaDbTestServer server = MariaDbTestServer.DemandOwn();
        string database = server.NewDatabase();
        server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY)");
        foreach ((string name, string value, string back) in new[] { ("binlog_format", "MIXED", "ROW"), ("binlog_row_image", "MINIMAL", "FULL"), ("binlog_row_metadata", "NO_LOG", "FULL") })
        {
            server.Sql(database, $"SET GLOBAL {name} = {value}");
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => new LogPulls(server, database).RunAsync());
            Assert.Equal("MR3350", error.Code.Id);
            Assert.Contains($"SET GLOBAL {name} = {back};", error.Hint, StringComparison.Ordinal);
            server.Sql(database, $"SET GLOBAL {name} = {back}");
        }

        Assert.Empty(await new LogPulls(server, database).RunAsync());
    }

    [Fact]
    public async Task Rows_that_were_logged_without_names_of_columns_are_an_error()
    {
        MariaDbTestServer server = MariaDbTestServer.DemandOwn();
        string database = server.NewDatabase();
        server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY)");
        var pulls = new LogPulls(server, database);
        await pulls.RunAsync();
        server.Sql(database, "SET GLOBAL binlog_row_metadata = NO_LOG");
        server.Sql(database, "INSERT INTO t VALUES (1)");
        server.Sql(database, "SET GLOBAL binlog_row_metadata = FULL");
        Assert.Equal("MR3350", (await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync())).Code.Id);
    }

    [Fact]
    public async Task Rights_that_are_missing_are_named_one_by_one_with_their_grant()
    {
        string user = $"reader_{_database}";
        Sql($"CREATE USER '{user}'@'127.0.0.1'; GRANT SELECT ON {_database}.* TO '{user}'@'127.0.0.1'");
        _pulls.Options = o => o with { User = user };
        await MissAsync("BINLOG MONITOR");
        Sql($"GRANT BINLOG MONITOR ON *.* TO '{user}'@'127.0.0.1'");
        await MissAsync("REPLICATION SLAVE");
        Sql($"GRANT REPLICATION SLAVE ON *.* TO '{user}'@'127.0.0.1'");
        await using MySqlSource source = _pulls.Open();
        CheckReport report = await source.CheckReadAsync(_pulls.Request(), default);
        Assert.All(report.Findings, f => Assert.True(f.Ok, f.Error?.Message));
        Assert.Equal(7, report.Findings.Count);

        async Task MissAsync(string right)
        {
            await using MySqlSource checking = _pulls.Open();
            CheckFinding finding = Assert.Single((await checking.CheckReadAsync(_pulls.Request(), default)).Findings, f => !f.Ok);
            Assert.Equal("MR3303", finding.Error!.Code.Id);
            Assert.Equal($"GRANT {right} ON *.* TO '{user}'@'127.0.0.1';", finding.Error.Hint);
        }
    }

    [Fact]
    public async Task A_view_has_no_changes()
    {
        Sql("CREATE VIEW w AS SELECT * FROM t");
        Assert.Equal("MR3356", (await Assert.ThrowsAsync<MillraceException>(() => new LogPulls(_server, _database, "w").RunAsync())).Code.Id);
    }

    [Fact]
    public async Task Log_that_the_server_has_removed_is_an_error_and_a_new_beginning_is_possible()
    {
        MariaDbTestServer server = MariaDbTestServer.DemandOwn();
        string database = server.NewDatabase();
        server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY)");
        var pulls = new LogPulls(server, database);
        await pulls.RunAsync();
        server.Sql(database, "INSERT INTO t VALUES (1)");

        // The server keeps a file until the engine has synced what is in it.
        for (int i = 0; i < 200 && server.Sql(database, "SHOW BINARY LOGS").StartsWith("binlog.000001", StringComparison.Ordinal); i++)
        {
            server.Sql(database, "FLUSH BINARY LOGS");
            server.Sql(database, $"PURGE BINARY LOGS TO '{server.Sql(database, "SHOW BINARY LOGS").Split('\n')[^1].Split('|')[0]}'");
        }

        await LoseAsync();
        Assert.Single(await pulls.RunAsync());

        // A log that begins anew may have a file of the same name, and a place of the same number in it.
        server.Sql(database, "RESET MASTER; INSERT INTO t VALUES (2); FLUSH BINARY LOGS");
        server.Sql(database, "FLUSH BINARY LOGS; INSERT INTO t SELECT seq FROM seq_10_to_200");
        await LoseAsync();
        Assert.Equal(193, (await pulls.RunAsync()).Count);

        async Task LoseAsync()
        {
            Assert.Equal("MR3352", (await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync())).Code.Id);
            pulls.Forget();
        }
    }

    [Fact]
    public async Task Another_reader_of_the_same_number_is_named_as_such()
    {
        _pulls.Options = o => o with { ServerId = 4711 };
        await _pulls.RunAsync();
        await using MySqlSource first = _pulls.Open();
        await using IReadPlan plan = await first.PlanAsync(_pulls.Request(follows: true), default);
        await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, default);
        Assert.Null(await reader.ReadAsync(default));
        await reader.DisposeAsync();

        await _pulls.RunAsync();
        Sql("INSERT INTO t VALUES (2, 'b')");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () =>
        {
            // What was sent before the server noticed still comes.
            while (true)
            {
                await _pulls.FollowAsync(first, untilRows: 0);
                await first.ChangedAsync(TestContext.Current.CancellationToken);
            }
        });
        Assert.True(error.Code.Id == "MR3353", error.Message);
        Assert.Contains("4711", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_of_the_server_in_the_middle_of_a_read_costs_nothing_but_the_attempt()
    {
        MariaDbTestServer server = MariaDbTestServer.DemandOwn();
        string database = server.NewDatabase();
        server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY, v longtext)");
        var pulls = new LogPulls(server, database) { BatchRows = 10 };
        await pulls.RunAsync();
        for (int i = 0; i < 60; i++)
        {
            server.Sql(database, $"INSERT INTO t SELECT seq, REPEAT('x', 100000) FROM seq_{i * 10}_to_{(i * 10) + 9}");
        }

        bool isRestarted = false;
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync(between: () =>
        {
            if (!isRestarted)
            {
                server.Restart();
                isRestarted = true;
            }
        }));
        Assert.Equal(ErrorClass.Retryable, error.Code.Class);
        await pulls.RunAsync();
        Assert.Equal(600, pulls.Rows.Select(r => (int)JsonNode.Parse(r)!["id"]!).Distinct().Count());
        Assert.Equal(600, pulls.Rows.Count);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1)]
    public async Task A_transaction_that_the_server_died_in_while_it_wrote_it_is_left_out(int batchRows)
    {
        MariaDbTestServer server = MariaDbTestServer.DemandOwn();
        string database = server.NewDatabase();
        server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY, v text)");
        var pulls = new LogPulls(server, database) { BatchRows = batchRows };
        await pulls.RunAsync();
        server.Sql(database, "INSERT INTO t VALUES (1, 'a')");
        server.Sql(database, "INSERT INTO t VALUES (7, 'never'), (8, 'never'), (9, 'never')");
        string log = server.Sql(database, "SELECT @@log_bin_basename") + Path.GetExtension(server.Sql(database, "SHOW MASTER STATUS").Split('|')[0]);
        server.Kill();

        // The log of the rows without the event that commits them.
        using (FileStream file = File.OpenWrite(log))
        {
            file.SetLength(file.Length - LogEvent.HeaderLength - sizeof(ulong) - ServerChecksum);
        }

        server.Restart();
        server.Sql(database, "INSERT INTO t VALUES (2, 'b')");
        if (batchRows == 1)
        {
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync());
            Assert.Equal(("MR3354", ErrorClass.Retryable), (error.Code.Id, error.Code.Class));
        }

        await pulls.RunAsync();
        Assert.Equal(["I 1 a", "I 2 b"], PulledChanges.Brief(pulls.Rows));
        Assert.Equal(batchRows == 1 ? 0 : 1, pulls.Notes.Count);
        server.Sql(database, "FLUSH BINARY LOGS; INSERT INTO t VALUES (3, 'c')");
        Assert.Equal(["I 3 c"], PulledChanges.Brief(await pulls.RunAsync()));
    }

    [Fact]
    public async Task A_log_that_falls_silent_is_given_up_and_the_next_attempt_goes_on_where_it_was()
    {
        using var wire = new RoughWire(_server.Port);
        _pulls.Options = o => o with { Port = wire.Port, Heartbeat = TimeSpan.FromSeconds(0.5) };
        await _pulls.RunAsync();
        Sql("INSERT INTO t SELECT seq, REPEAT('x', 5000) FROM seq_2_to_200");
        wire.Fault = WireFault.After(300_000, WireDirection.Answer, WireEnd.Stall);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());
        Assert.Equal((MySqlErrors.Silent.Id, ErrorClass.Retryable), (error.Code.Id, error.Code.Class));
        Assert.Contains($"127.0.0.1:{wire.Port}: nothing came for 2 s while changes were waited for", error.Message, StringComparison.Ordinal);

        await _pulls.RunAsync();
        Assert.Equal(Enumerable.Range(1, 200), _pulls.Rows.Select(r => (int)JsonNode.Parse(r)!["id"]!));
    }

    [Fact]
    public async Task A_session_that_logs_statements_is_an_error_and_not_a_loss()
    {
        await _pulls.RunAsync();
        Sql("SET SESSION binlog_format = STATEMENT; UPDATE t SET v = 'b'");
        Assert.Equal("MR3351", (await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync())).Code.Id);
    }

    [Fact]
    public async Task A_prepared_transaction_of_the_table_is_refused_and_others_are_not()
    {
        Sql("CREATE TABLE other (id int PRIMARY KEY)");
        await _pulls.RunAsync();
        Sql("XA START 'a'; INSERT INTO other VALUES (1); XA END 'a'; XA PREPARE 'a'; XA COMMIT 'a'; INSERT INTO t VALUES (2, 'b')");
        Assert.Equal(["I 2 b"], PulledChanges.Brief(await _pulls.RunAsync()));
        Sql("XA START 'b'; INSERT INTO t VALUES (3, 'c'); XA END 'b'; XA PREPARE 'b'; XA COMMIT 'b'");
        Assert.Equal("MR3351", (await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync())).Code.Id);
    }

    private string Sql(string sql) => _server.Sql(_database, sql);
}
