using System.Diagnostics;

namespace Millrace.Scenarios.Cli;

/// <summary>All tables of a database of MariaDB are moved, and followed, by one command.</summary>
[Trait("speed", "slow")]
public sealed class ManyMySqlTablesTests : IDisposable
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public ManyMySqlTablesTests()
    {
        _database = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_table_that_the_pattern_fits_has_a_file_of_its_own()
    {
        Sql("CREATE TABLE a AS SELECT seq AS id FROM seq_1_to_1000; CREATE TABLE b (v text); CREATE TABLE log_x (v int); CREATE TABLE `we/ird` AS SELECT 1 AS one; CREATE VIEW c AS SELECT 2 AS two");
        MillraceResult result = await _millrace.RunAsync("copy", $"{_server.Location(_database)}?stream={_database}.*,-log_*", "out/{table}.csv", "--json");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(["a.csv", "b.csv", "c.csv", "we%2Fird.csv"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(1001, File.ReadLines(_folder["out/a.csv"]).Count());
        Assert.Equal(["2"], File.ReadLines(_folder["out/c.csv"]).Skip(1));
        Assert.Equal(
            [$"{_database}.a", $"{_database}.b", $"{_database}.c", $"{_database}.we/ird"],
            result.Json[0]["streams"]!.AsArray().Select(s => (string)s!["stream"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_table_that_fails_stops_no_other_and_the_next_run_does_only_what_is_left()
    {
        string target = _server.NewDatabase();
        string reader = $"w_{_database}";
        Sql($"CREATE TABLE a AS SELECT 1 AS id; CREATE TABLE b AS SELECT 2 AS id; CREATE VIEW hidden AS SELECT id FROM b; CREATE USER '{reader}'@'127.0.0.1'; GRANT SELECT ON {_database}.a TO '{reader}'@'127.0.0.1'; GRANT SELECT ON {_database}.b TO '{reader}'@'127.0.0.1'; GRANT SHOW VIEW ON {_database}.hidden TO '{reader}'@'127.0.0.1'");
        string[] copy = ["copy", $"mysql://{reader}@127.0.0.1:{_server.Port}/{_database}?stream={_database}.*", $"{_server.Location(target)}?stream={target}.*", "--json"];

        MillraceResult first = await _millrace.RunAsync(copy);
        Assert.True(first.ExitCode == 1, first.Errors + first.Output);
        Assert.True(Names(first, "failed").SequenceEqual([$"{_database}.hidden"]), first.Output);
        Assert.Equal("1|2", _server.Sql(target, "SELECT (SELECT id FROM a), (SELECT id FROM b)"));

        Sql($"GRANT SELECT ON {_database}.hidden TO '{reader}'@'127.0.0.1'");
        MillraceResult second = await _millrace.RunAsync(copy);
        Assert.True(second.ExitCode == 0, second.Errors);
        Assert.Equal([$"{_database}.a", $"{_database}.b"], Names(second, "done_before"));
        Assert.Equal("2", _server.Sql(target, "SELECT id FROM hidden"));
    }

    [Fact]
    public async Task All_tables_are_followed_until_the_program_is_stopped()
    {
        string target = _server.NewDatabase();
        Sql("CREATE TABLE a (id int PRIMARY KEY AUTO_INCREMENT, v text); CREATE TABLE b LIKE a; CREATE TABLE log_a LIKE a; INSERT INTO a (v) VALUES ('a1'), ('a2'); INSERT INTO b (v) VALUES ('b1')");
        _folder.Write("job.yaml", $$"""
            name: shop
            source: {connector: mysql, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{DatabaseTestServer.User}}, streams: ["{{_database}}.*", -log_*], mode: incremental, cursor: id, poll: 20ms}
            target: {connector: mysql, host: 127.0.0.1, port: {{_server.Port}}, database: {{target}}, user: {{DatabaseTestServer.User}}, table: "{table}", write: merge}
            batch: {strategy: low_latency, max_wait: 20ms}
            """);
        using Process process = _millrace.Start("run", "job.yaml", "--follow");
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await UntilAsync(process, errors, target, "a1,a2/b1");
        Sql("INSERT INTO a (v) VALUES ('a3'); INSERT INTO b (v) VALUES ('b2')");
        await UntilAsync(process, errors, target, "a1,a2,a3/b1,b2");

        MillraceProcess.Interrupt(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal("", Sql($"SELECT id FROM information_schema.PROCESSLIST WHERE db IN ('{_database}', '{target}') AND id <> CONNECTION_ID()"));
    }

    [Fact]
    public async Task Many_tables_begin_at_once_without_being_in_each_other_s_way()
    {
        string target = _server.NewDatabase();
        Sql(string.Join("; ", Enumerable.Range(0, 12).Select(i => $"CREATE TABLE t{i} (id int PRIMARY KEY); INSERT INTO t{i} VALUES (1), (2)")));
        for (int i = 0; i < 3; i++)
        {
            MillraceResult result = await _millrace.RunAsync("copy", $"{_server.Location(_database)}?stream={_database}.*", $"{_server.Location(target)}?stream={target}.c{i}_*", "--parallel", "6", "--json");
            Assert.True(result.ExitCode == 0, result.Errors + result.Output);
        }

        Assert.Equal("2", _server.Sql(target, "SELECT count(*) FROM c2_t11"));
    }

    private static IEnumerable<string> Names(MillraceResult result, string list) => result.Json[0][list]!.AsArray().Select(n => (string)n!);

    private async Task UntilAsync(Process process, Task<string> errors, string target, string rows)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        string found = "";
        while (found != rows)
        {
            Assert.False(process.HasExited, process.HasExited ? process.StandardOutput.ReadToEnd() + errors.Result : "");
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            found = _server.Sql(target, "SHOW TABLES").Split('\n').Intersect(["a", "b"]).Count() == 2
                ? _server.Sql(target, "SELECT CONCAT((SELECT COALESCE(GROUP_CONCAT(v ORDER BY id), '') FROM a), '/', (SELECT COALESCE(GROUP_CONCAT(v ORDER BY id), '') FROM b))")
                : "";
        }
    }

    private string Sql(string sql) => _server.Sql(_database, sql);
}
