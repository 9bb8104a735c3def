using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql.Changes;

[Trait("speed", "slow")]
public sealed class LogStreamTests : ChangedTableTests
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly LogPulls _pulls;

    public LogStreamTests()
        : base(Dialect.MySql) => _pulls = new LogPulls(_server, Database);

    protected override string NextFile => "FLUSH BINARY LOGS; ";

    protected override string CreateBodies => "CREATE TABLE t (id int PRIMARY KEY, v int, body longtext)";

    protected override string SelectBodies => "SELECT JSON_OBJECT('id', id, 'v', v, 'body', body) FROM t";

    protected override string OrElse => "ON DUPLICATE KEY UPDATE";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_written_while_the_first_load_begins_comes_once(bool locks)
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, v int)");
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Sql("INSERT INTO t (v) VALUES (1), (2); INSERT INTO t (v) VALUES (3)");
            }
        }, TestContext.Current.CancellationToken);
        for (int load = 0; load < 5; load++)
        {
            var pulls = new LogPulls(_server, Database) { Locks = locks };
            await pulls.RunAsync();
            await pulls.RunAsync();
            int[] ids = [.. pulls.Rows.Select(r => (int)JsonNode.Parse(r)!["id"]!)];
            Assert.Equal(Enumerable.Range(1, ids.Length), ids.Order());
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task Rows_of_the_first_load_have_the_time_of_its_beginning_by_the_clock_of_the_job()
    {
        var pulls = new LogPulls(_server, Database) { Time = new ManualTime() };
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        Assert.Equal("2024-01-02T03:04:05.000000Z", (string)JsonNode.Parse(Assert.Single(await pulls.RunAsync()))!["_committed_at"]!);
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_as_of_a_moment_is_read_from_now_on_only()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text) ENGINE = Aria; INSERT INTO t VALUES (1, 'a')");
        Assert.Equal("MR3356", (await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync())).Code.Id);
        _pulls.Options = o => o with { FirstLoad = false };
        Assert.Empty(await _pulls.RunAsync());
        Sql("INSERT INTO t VALUES (3, 'c')");
        Assert.Equal(["I 3 c"], PulledChanges.Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Without_a_first_load_only_what_happens_from_then_on_comes()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        _pulls.Options = o => o with { FirstLoad = false };
        Assert.Empty(await _pulls.RunAsync());
        Sql("INSERT INTO t VALUES (2, 'b')");
        Assert.Equal(["I 2 b"], PulledChanges.Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Without_a_key_every_update_is_a_row_that_goes_and_one_that_comes()
    {
        Sql("CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("UPDATE t SET v = 'b'");

        Assert.Equal(["D 1 a", "U 1 b"], PulledChanges.Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Truncation_and_dropping_come_as_rows_of_their_own()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE other (id int); INSERT INTO t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("TRUNCATE other; TRUNCATE TABLE t; INSERT INTO t VALUES (2, 'b'); DROP TABLE other, t; CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (3, 'c')");

        Assert.Equal(["T ∅ ∅", "I 2 b", "T ∅ ∅", "I 3 c"], PulledChanges.Brief(await _pulls.RunAsync()));
    }

    [Theory]
    [InlineData("DROP DATABASE {0}; CREATE DATABASE {0}")]
    [InlineData("CREATE OR REPLACE SCHEMA `{0}`")]
    public async Task The_rows_go_with_the_database_of_the_table(string statement)
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        await _pulls.RunAsync();
        _server.Sql("mysql", string.Format(CultureInfo.InvariantCulture, statement, Database));
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (2, 'b')");

        Assert.Equal(["T ∅ ∅", "I 2 b"], PulledChanges.Brief(await _pulls.RunAsync()));
        Assert.Empty(_pulls.Notes);
    }

    [Fact]
    public async Task A_table_whose_name_differs_by_its_case_is_another()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE T (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'); INSERT INTO T VALUES (1, 'other')");
        await _pulls.RunAsync();
        Sql("TRUNCATE T; DROP TABLE T; CREATE OR REPLACE TABLE T (id int); RENAME TABLE T TO u; INSERT INTO t VALUES (2, 'b')");

        Assert.Equal(["I 2 b"], PulledChanges.Brief(await _pulls.RunAsync()));
        Assert.Empty(_pulls.Notes);
    }

    [Fact]
    public async Task Values_that_a_session_does_not_log_are_named_where_they_did_not_change()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text, more text); INSERT INTO t VALUES (1, 'a', 'long'), (2, 'b', 'b')");
        await _pulls.RunAsync();
        Sql("SET binlog_row_image = MINIMAL; UPDATE t SET v = 'A' WHERE id = 1; UPDATE t SET id = 3 WHERE id = 2; DELETE FROM t WHERE id = 1");

        IReadOnlyList<string> rows = await _pulls.RunAsync();
        Assert.Equal(["U 1 A", "D 2 ∅", "U 3 ∅", "D 1 ∅"], PulledChanges.Brief(rows));
        Assert.Equal(["[\"more\"]", "[\"v\",\"more\"]", "[\"v\",\"more\"]", null], rows.Select(r => JsonNode.Parse(r)!["_unchanged"]?.ToJsonString()).Take(3).Append(null));
    }

    [Fact]
    public async Task Compressed_logs_are_read_alike()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        await _pulls.RunAsync();
        _server.Sql(Database, "SET GLOBAL log_bin_compress = ON, log_bin_compress_min_len = 10");
        try
        {
            Sql("INSERT INTO t VALUES (1, REPEAT('a', 1000)); UPDATE t SET v = REPEAT('b', 1000); TRUNCATE TABLE t /* a long statement that is compressed as well as all the others are */");
        }
        finally
        {
            _server.Sql(Database, "SET GLOBAL log_bin_compress = OFF");
        }

        Assert.Equal(["I 1 " + new string('a', 1000), "U 1 " + new string('b', 1000), "T ∅ ∅"], PulledChanges.Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task The_log_is_read_from_file_to_file()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        await _pulls.RunAsync();
        for (int i = 0; i < 5; i++)
        {
            Sql($"INSERT INTO t VALUES ({i}, 'x'); FLUSH BINARY LOGS");
        }

        Assert.Equal(5, (await _pulls.RunAsync()).Count);
        Assert.Empty(await _pulls.RunAsync());
    }

    [Fact]
    public async Task A_table_that_is_altered_is_read_with_the_columns_that_each_row_had()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, a int, b int); INSERT INTO t VALUES (1, 10, 20)");
        await _pulls.RunAsync();
        Sql("UPDATE t SET a = 11; ALTER TABLE t DROP COLUMN a, ADD COLUMN z int; UPDATE t SET z = 30; ALTER TABLE t RENAME COLUMN b TO v; UPDATE t SET v = 21");

        string[] rows = [.. (await _pulls.RunAsync()).Select(Values)];
        Assert.Equal(["{\"id\":1,\"a\":11,\"b\":20}", "{\"id\":1,\"b\":20,\"z\":30}", "{\"id\":1,\"v\":21,\"z\":30}"], rows);
    }

    [Fact]
    public async Task A_run_that_follows_gets_changes_as_they_come()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        await _pulls.RunAsync();
        await using var source = _pulls.Open();
        for (int i = 0; i < 3; i++)
        {
            Task changed = i == 0 ? Task.CompletedTask : source.ChangedAsync(TestContext.Current.CancellationToken).AsTask();
            Sql($"INSERT INTO t VALUES ({i}, 'x')");
            await changed;
            await _pulls.FollowAsync(source, untilRows: i + 1);
        }

        Assert.Equal(["I 0 x", "I 1 x", "I 2 x"], PulledChanges.Brief(_pulls.Rows));
    }

    [Fact]
    public async Task Where_only_others_write_the_position_moves_on_all_the_same()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE other (id int, v longtext)");
        await _pulls.RunAsync();
        string before = _pulls.Position;
        Sql("INSERT INTO other VALUES (1, 'x'); FLUSH BINARY LOGS; INSERT INTO other VALUES (2, 'y')");
        Assert.Empty(await _pulls.RunAsync());
        Assert.NotEqual(before, _pulls.Position);
        Sql("INSERT INTO t VALUES (1, 'a')");
        Assert.Equal(["I 1 a"], PulledChanges.Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task A_run_that_follows_a_quiet_table_commits_how_far_it_is_once_a_minute_where_others_write()
    {
        var time = new ManualTime();
        var pulls = new LogPulls(_server, Database) { Time = time };
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE other (id int)");
        await pulls.RunAsync();
        int commits = pulls.Epochs.Count;
        await using var source = pulls.Open();
        await pulls.FollowAsync(source, untilRows: 0);
        string before = pulls.Position;

        Sql("INSERT INTO other VALUES (1)");
        await source.ChangedAsync(TestContext.Current.CancellationToken);
        await pulls.FollowAsync(source, untilRows: 0);
        await pulls.FollowAsync(source, untilRows: 0);
        Assert.Equal(before, pulls.Position);

        time.Advance(TimeSpan.FromMinutes(1));
        while (pulls.Position == before)
        {
            await pulls.FollowAsync(source, untilRows: 0);
            await source.ChangedAsync(TestContext.Current.CancellationToken);
        }

        string after = pulls.Position;
        await pulls.FollowAsync(source, untilRows: 0);
        Assert.Equal(after, pulls.Position);
        Assert.Equal(commits + 1, pulls.Epochs.Count);
    }

    private protected override PulledChanges Pulls(int batchRows = 1000) => new LogPulls(_server, Database) { BatchRows = batchRows };

    protected override string OfDeleted(string value) => value;

    protected override string MoveIfFree(int id, int to) => $"UPDATE IGNORE t SET id = {to}, body = 'moved' WHERE id = {id}";

    private static string Values(string row)
    {
        JsonObject json = JsonNode.Parse(row)!.AsObject();
        foreach (string extra in ChangeColumns.All)
        {
            json.Remove(extra);
        }

        return json.ToJsonString();
    }
}
