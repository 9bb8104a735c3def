using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>The changes of several tables are read by one job, over one slot.</summary>
[Trait("speed", "slow")]
public sealed class ManyChangesTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _source;
    private readonly string _target;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public ManyChangesTests()
    {
        _source = _server.NewDatabase();
        _target = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(3) };
        Sql("CREATE TABLE a (id int PRIMARY KEY, balance int); CREATE TABLE b (id int PRIMARY KEY, balance int); CREATE TABLE quiet (id int PRIMARY KEY)");
        Sql("INSERT INTO a SELECT i, 100 FROM generate_series(1, 500) i; INSERT INTO b SELECT i, 100 FROM generate_series(1, 500) i; INSERT INTO quiet VALUES (1)");
        _folder.Write("job.yaml", $$"""
            name: many
            source: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_source}}, user: {{PostgresTestServer.User}}, stream: public.*, mode: cdc, heartbeat: 100ms}
            target: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_target}}, user: {{PostgresTestServer.User}}, table: "public.{table}", write: merge}
            batch: {strategy: fixed_size, size: 100, max_wait: 50ms}
            """);
    }

    public void Dispose()
    {
        Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");
        _folder.Dispose();
    }

    [Fact]
    public async Task After_every_run_all_tables_are_as_of_one_moment_however_much_is_written_meanwhile()
    {
        using var stop = new CancellationTokenSource();
        Task writing = WriteAsync(stop.Token);
        for (int i = 0; i < 5; i++)
        {
            await RunAsync();
            Assert.Equal("100000", Target("SELECT (SELECT sum(balance) FROM public.a) + (SELECT sum(balance) FROM public.b)"));
            Assert.Equal("1|1", Sql("SELECT (SELECT count(*) FROM pg_replication_slots WHERE database = current_database()), (SELECT count(*) FROM pg_publication)"));
        }

        await stop.CancelAsync();
        await writing;
        await RunAsync();
        AssertSame("a", "b", "quiet");
    }

    [Fact]
    public async Task A_table_that_comes_while_the_job_follows_is_loaded_and_followed_too()
    {
        using Process process = _millrace.Start("run", "job.yaml", "--follow");
        using var stop = new CancellationTokenSource();
        Task writing = WriteAsync(stop.Token);
        await UntilAsync(() => Tables().Contains("quiet", StringComparer.Ordinal));
        Sql("CREATE TABLE late (id int PRIMARY KEY, balance int); INSERT INTO late SELECT i, 1 FROM generate_series(1, 1000) i");
        await UntilAsync(() => Tables().Contains("late", StringComparer.Ordinal));
        Sql("UPDATE late SET balance = balance + 1 WHERE id % 2 = 0; DELETE FROM late WHERE id = 7; INSERT INTO late VALUES (5000, 3)");
        await stop.CancelAsync();
        await writing;
        await UntilAsync(() => Same("a", "b", "quiet", "late"));
        MillraceProcess.Interrupt(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal("1", Sql("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"));

        Sql("UPDATE late SET balance = 0; INSERT INTO a VALUES (9000, 0)");
        await RunAsync();
        AssertSame("a", "b", "quiet", "late");
    }

    [Fact]
    public async Task A_table_that_was_left_out_for_a_while_has_to_be_loaded_anew_and_the_others_go_on()
    {
        await RunAsync();
        string job = await File.ReadAllTextAsync(_folder["job.yaml"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["job.yaml"], job.Replace("stream: public.*", "streams: [public.*, -public.b]", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Sql("UPDATE a SET balance = 1; UPDATE b SET balance = 1");
        await RunAsync();
        AssertSame("a");

        await File.WriteAllTextAsync(_folder["job.yaml"], job, TestContext.Current.CancellationToken);
        Sql("UPDATE a SET balance = 2");
        MillraceResult result = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.Equal(1, result.ExitCode);
        JsonNode failed = result.Json[0]["streams"]!.AsArray().Single(s => (string)s!["outcome"]! == "failed")!;
        Assert.Equal(("public.b", "MR3252"), ((string)failed["stream"]!, (string)failed["error"]!["code"]!));
        AssertSame("a");

        MillraceResult reset = await _millrace.RunAsync("state", "reset", "job.yaml#public.b", "--yes");
        Assert.True(reset.ExitCode == 0, reset.Errors);
        Target("TRUNCATE public.b");
        await RunAsync();
        AssertSame("a", "b");
    }

    [Fact]
    public async Task A_slot_that_was_dropped_is_an_error_of_every_table()
    {
        await RunAsync();
        Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database(); UPDATE a SET balance = 1; CREATE TABLE later (id int PRIMARY KEY)");
        MillraceResult result = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.Equal(["MR3252", "MR3252", "MR3252"], result.Json[0]["streams"]!.AsArray().Where(s => s!["error"] is not null).Select(s => (string)s!["error"]!["code"]!));

        // The new table has made another slot meanwhile, which the others do not take for theirs.
        result = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.Equal(["MR3252", "MR3252", "MR3252"], result.Json[0]["streams"]!.AsArray().Where(s => s!["error"] is not null).Select(s => (string)s!["error"]!["code"]!));
    }

    [Fact]
    public async Task What_a_job_leaves_on_the_server_goes_with_its_progress()
    {
        await RunAsync();
        string first = (await ResetAsync("job.yaml#public.a")).Output;
        Assert.Contains("stay for public.b, public.quiet", first, StringComparison.Ordinal);
        Assert.Equal("1|2", Remains());
        await ResetAsync("job.yaml#public.b");
        Assert.Contains("dropped the replication slot", (await ResetAsync("job.yaml#public.quiet")).Output, StringComparison.Ordinal);
        Assert.Equal("0|0", Remains());
        Assert.Equal("0", Sql("SELECT count(*) FROM pg_publication"));

        _folder.Write("one.yaml", (await File.ReadAllTextAsync(_folder["job.yaml"], TestContext.Current.CancellationToken)).Replace("public.*", "public.a", StringComparison.Ordinal).Replace("{table}", "one", StringComparison.Ordinal).Replace("name: many", "name: one", StringComparison.Ordinal).Replace("write: merge", "write: merge, key: id", StringComparison.Ordinal));
        MillraceResult run = await _millrace.RunAsync("run", "one.yaml", "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("millrace state reset", run.Json[0]["notes"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("1|1", Remains());
        await ResetAsync("one.yaml");
        Assert.Equal("0|0", Remains());
    }

    [Fact]
    public async Task A_copy_into_one_file_leaves_nothing_on_the_server()
    {
        MillraceResult copy = await _millrace.RunAsync("copy", $"{_server.Location(_source)}?stream=public.a&mode=cdc", "a.csv");
        Assert.True(copy.ExitCode == 0, copy.Errors);
        Assert.Equal(501, File.ReadLines(_folder["a.csv"]).Count());
        Assert.Equal("0|0", Remains());
        Assert.Equal("0", Sql("SELECT count(*) FROM pg_publication"));
        copy = await _millrace.RunAsync("copy", $"{_server.Location(_source)}?stream=public.*&mode=cdc", "all/{table}.csv");
        Assert.True(copy.ExitCode == 0, copy.Errors);
        Assert.Equal(501, File.ReadLines(_folder["all/b.csv"]).Count());
        Assert.Equal("0|0", Remains());
        Assert.Equal("0", Sql("SELECT count(*) FROM pg_publication"));
    }

    private string Remains() => Sql("SELECT (SELECT count(*) FROM pg_replication_slots WHERE database = current_database()), (SELECT count(*) FROM pg_publication_tables)");

    private async Task<MillraceResult> ResetAsync(string job)
    {
        MillraceResult reset = await _millrace.RunAsync("state", "reset", job, "--yes");
        Assert.True(reset.ExitCode == 0, reset.Errors);
        return reset;
    }

    [Fact]
    public async Task Files_of_several_tables_hold_the_changes_of_each()
    {
        _folder.Write("job.yaml", (await File.ReadAllTextAsync(_folder["job.yaml"], TestContext.Current.CancellationToken)).Split("target:")[0] + "target: {connector: files, path: lake/, format: json}\n");
        await RunAsync();
        Sql("UPDATE a SET balance = 7 WHERE id = 3; DELETE FROM b WHERE id = 4");
        await RunAsync();
        foreach ((string table, int rows, string change) in new[] { ("a", 501, "U 3"), ("b", 501, "D 4"), ("quiet", 1, "I 1") })
        {
            MillraceResult copy = await _millrace.RunAsync("copy", $"lake/public.{table}/", $"{table}.jsonl");
            Assert.True(copy.ExitCode == 0, copy.Errors);
            JsonNode[] all = [.. (await File.ReadAllLinesAsync(_folder[$"{table}.jsonl"], TestContext.Current.CancellationToken)).Select(l => JsonNode.Parse(l)!)];
            Assert.Equal((rows, change), (all.Length, $"{all[^1]["_op"]} {all[^1]["id"]}"));
        }
    }

    private async Task RunAsync()
    {
        MillraceResult result = await _millrace.RunAsync("run", "job.yaml");
        Assert.True(result.ExitCode == 0, result.Errors + result.Output);
    }

    // Moves money between the tables.
    private Task WriteAsync(CancellationToken stop) => Task.Run(
        () =>
        {
            var random = new Random(3);
            while (!stop.IsCancellationRequested)
            {
                Sql(string.Create(CultureInfo.InvariantCulture, $"DO $$ BEGIN FOR i IN 1..50 LOOP UPDATE a SET balance = balance - 5 WHERE id = 1 + (i * {random.Next(1, 100)}) % 500; UPDATE b SET balance = balance + 5 WHERE id = 1 + (i * {random.Next(1, 100)}) % 500; COMMIT; END LOOP; END $$"));
            }
        },
        CancellationToken.None);

    private async Task UntilAsync(Func<bool> isSo)
    {
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        long begun = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(2), "It does not come about.");
            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private void AssertSame(params string[] tables)
    {
        foreach (string table in tables)
        {
            Assert.Equal(Sql(Rows(table)), Target(Rows(table)));
        }
    }

    private bool Same(params string[] tables) => tables.All(t => Sql(Rows(t)) == Target(Rows(t)));

    private static string Rows(string table) => $"SELECT t::text FROM public.{table} t ORDER BY 1";

    private string[] Tables() => Target("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'").Split('\n');

    private string Sql(string sql) => _server.Sql(_source, sql);

    private string Target(string sql) => _server.Sql(_target, sql);
}
