using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Connectors.Tests.MySql.Changes;

[Trait("speed", "slow")]
public sealed class LogStreamTests
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;
    private readonly LogPulls _pulls;

    public LogStreamTests()
    {
        _database = _server.NewDatabase();
        _pulls = new LogPulls(_server, _database);
    }

    [Fact]
    public async Task The_first_read_gives_the_rows_that_are_there_and_later_ones_what_happened_since()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')");

        Assert.Equal(["I 1 a", "I 2 b"], Brief(await _pulls.RunAsync()));
        Assert.Empty(await _pulls.RunAsync());

        Sql("INSERT INTO t VALUES (3, 'c')");
        Sql("UPDATE t SET v = 'A' WHERE id = 1");
        Sql("DELETE FROM t WHERE id = 2");
        Assert.Equal(["I 3 c", "U 1 A", "D 2 b"], Brief(await _pulls.RunAsync()));
        Assert.Empty(await _pulls.RunAsync());
    }

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
            var pulls = new LogPulls(_server, _database) { Locks = locks };
            await pulls.RunAsync();
            await pulls.RunAsync();
            int[] ids = [.. pulls.Rows.Select(r => (int)JsonNode.Parse(r)!["id"]!)];
            Assert.Equal(Enumerable.Range(1, ids.Length), ids.Order());
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_as_of_a_moment_is_read_from_now_on_only()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text) ENGINE = Aria; INSERT INTO t VALUES (1, 'a')");
        Assert.Equal("MR3356", (await Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync())).Code.Id);
        _pulls.Options = o => o with { FirstLoad = false };
        Assert.Empty(await _pulls.RunAsync());
        Sql("INSERT INTO t VALUES (3, 'c')");
        Assert.Equal(["I 3 c"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Without_a_first_load_only_what_happens_from_then_on_comes()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        _pulls.Options = o => o with { FirstLoad = false };
        Assert.Empty(await _pulls.RunAsync());
        Sql("INSERT INTO t VALUES (2, 'b')");
        Assert.Equal(["I 2 b"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task A_change_of_the_key_is_a_row_that_goes_and_one_that_comes()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("UPDATE t SET id = 7 WHERE id = 1");

        Assert.Equal(["D 1 a", "U 7 a"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Without_a_key_every_update_is_a_row_that_goes_and_one_that_comes()
    {
        Sql("CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("UPDATE t SET v = 'b'");

        Assert.Equal(["D 1 a", "U 1 b"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Truncation_and_dropping_come_as_rows_of_their_own()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE other (id int); INSERT INTO t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("TRUNCATE other; TRUNCATE TABLE t; INSERT INTO t VALUES (2, 'b'); DROP TABLE other, t; CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (3, 'c')");

        Assert.Equal(["T ∅ ∅", "I 2 b", "T ∅ ∅", "I 3 c"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task What_was_rolled_back_never_comes()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        await _pulls.RunAsync();
        Sql("BEGIN; INSERT INTO t VALUES (3, 'never'); ROLLBACK");
        Sql("BEGIN; INSERT INTO t VALUES (4, 'kept'); SAVEPOINT s; INSERT INTO t VALUES (5, 'never'); ROLLBACK TO s; COMMIT");
        Assert.Equal(["I 4 kept"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Values_that_a_session_does_not_log_are_named_where_they_did_not_change()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text, more text); INSERT INTO t VALUES (1, 'a', 'long'), (2, 'b', 'b')");
        await _pulls.RunAsync();
        Sql("SET binlog_row_image = MINIMAL; UPDATE t SET v = 'A' WHERE id = 1; UPDATE t SET id = 3 WHERE id = 2; DELETE FROM t WHERE id = 1");

        IReadOnlyList<string> rows = await _pulls.RunAsync();
        Assert.Equal(["U 1 A", "D 2 ∅", "U 3 ∅", "D 1 ∅"], Brief(rows));
        Assert.Equal(["[\"more\"]", "[\"v\",\"more\"]", "[\"v\",\"more\"]", null], rows.Select(r => JsonNode.Parse(r)!["_unchanged"]?.ToJsonString()).Take(3).Append(null));
    }

    [Fact]
    public async Task Compressed_logs_are_read_alike()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        await _pulls.RunAsync();
        _server.Sql(_database, "SET GLOBAL log_bin_compress = ON, log_bin_compress_min_len = 10");
        try
        {
            Sql("INSERT INTO t VALUES (1, REPEAT('a', 1000)); UPDATE t SET v = REPEAT('b', 1000); TRUNCATE TABLE t /* a long statement that is compressed as well as all the others are */");
        }
        finally
        {
            _server.Sql(_database, "SET GLOBAL log_bin_compress = OFF");
        }

        Assert.Equal(["I 1 " + new string('a', 1000), "U 1 " + new string('b', 1000), "T ∅ ∅"], Brief(await _pulls.RunAsync()));
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
    public async Task Positions_order_the_rows_and_times_are_those_of_the_commits()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("INSERT INTO t SELECT seq, 'x' FROM seq_2_to_20; FLUSH BINARY LOGS; UPDATE t SET v = 'y'");
        await _pulls.RunAsync();

        string[] positions = [.. _pulls.Rows.Select(r => (string)JsonNode.Parse(r)!["_position"]!)];
        Assert.Equal(40, positions.Length);
        Assert.Equal(positions.Order(StringComparer.Ordinal), positions);
        Assert.Equal(positions.Length, positions.Distinct().Count());
        DateTimeOffset[] times = [.. _pulls.Rows.Skip(1).Select(r => DateTimeOffset.Parse((string)JsonNode.Parse(r)!["_committed_at"]!, CultureInfo.InvariantCulture))];
        Assert.Equal(times.Order(), times);
        Assert.All(times, t => Assert.InRange(t, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1)));
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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_runs_die_every_change_comes_once_and_transactions_whole(int seed)
    {
        var random = new Random(seed);
        var pulls = new LogPulls(_server, _database) { BatchRows = 7 };
        Sql("CREATE TABLE t (id int PRIMARY KEY, v int, body longtext); INSERT INTO t SELECT seq, 0, REPEAT(seq, 3000) FROM seq_1_to_20");
        int version = 0;
        void Write()
        {
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                var statements = new List<string>();
                for (int j = random.Next(1, 10); j > 0; j--)
                {
                    int id = random.Next(1, 60);
                    version++;
                    statements.Add(random.Next(6) switch
                    {
                        0 => $"DELETE FROM t WHERE id = {id}",
                        1 => $"UPDATE IGNORE t SET id = {id + 1000}, body = 'moved' WHERE id = {id}",
                        2 => $"UPDATE t SET body = REPEAT('z', {random.Next(5000)}) WHERE id = {id}",
                        3 => $"UPDATE t SET v = {version} WHERE id % 3 = {version % 3}",
                        _ => $"INSERT INTO t VALUES ({id}, {version}, REPEAT('{id}', 2000)) ON DUPLICATE KEY UPDATE v = {version}",
                    });
                }

                Sql($"{(random.Next(8) == 0 ? "FLUSH BINARY LOGS; " : "")}BEGIN; {string.Join("; ", statements)}; COMMIT");
            }
        }

        for (int run = 0; run < 15; run++)
        {
            Write();
            int meanwhile = random.Next(3);
            await pulls.RunAsync(random.Next(3) == 0 ? int.MaxValue : random.Next(1, 12), () =>
            {
                if (meanwhile-- > 0)
                {
                    Write();
                }
            });
        }

        await pulls.RunAsync();
        PlanReading.AssertSameRows(
            Sql("SELECT JSON_OBJECT('id', id, 'v', v, 'body', body) FROM t").Split('\n').Select(l => JsonNode.Parse(l)!.ToJsonString()),
            pulls.Folded("id"));
        string[] positions = [.. pulls.Rows.Select(r => (string)JsonNode.Parse(r)!["_position"]!).Where(p => !p.EndsWith("-00000000", StringComparison.Ordinal))];
        Assert.Equal(positions.Length, positions.Distinct().Count());

        // No transaction stands in two commits.
        var epochOf = new Dictionary<string, int>(StringComparer.Ordinal);
        int at = 0;
        for (int epoch = 0; epoch < pulls.Epochs.Count; at += pulls.Epochs[epoch], epoch++)
        {
            foreach (string position in pulls.Rows.Skip(at).Take(pulls.Epochs[epoch]).Select(r => (string)JsonNode.Parse(r)!["_position"]!).Where(p => !p.EndsWith("-00000000", StringComparison.Ordinal)).Select(p => p[..16]))
            {
                Assert.True(epochOf.TryAdd(position, epoch) || epochOf[position] == epoch, $"The transaction at {position} is in the commits {epochOf[position]} and {epoch}.");
            }
        }
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

        Assert.Equal(["I 0 x", "I 1 x", "I 2 x"], Brief(_pulls.Rows));
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
        Assert.Equal(["I 1 a"], Brief(await _pulls.RunAsync()));
    }

    internal static IEnumerable<string> Brief(IEnumerable<string> rows) => rows.Select(r =>
    {
        JsonNode row = JsonNode.Parse(r)!;
        return $"{row["_op"]} {row["id"]?.ToString() ?? "∅"} {row["v"]?.ToString() ?? "∅"}";
    });

    private static string Values(string row)
    {
        JsonObject json = JsonNode.Parse(row)!.AsObject();
        foreach (string extra in ChangeColumns.All)
        {
            json.Remove(extra);
        }

        return json.ToJsonString();
    }

    private string Sql(string sql) => _server.Sql(_database, sql);
}
