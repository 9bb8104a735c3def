namespace Millrace.Scenarios.Cli;

/// <summary>All tables of a database go to files, or into another database, by one command.</summary>
[Trait("speed", "slow")]
public sealed class ManyTablesTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public ManyTablesTests()
    {
        _database = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_table_has_a_file_of_its_own_and_a_line_in_the_summary()
    {
        Sql("CREATE TABLE a AS SELECT i AS id FROM generate_series(1, 1000) i; CREATE TABLE b (v text); CREATE TABLE log_x (v int); CREATE TABLE \"we/ird\" AS SELECT 1 AS one");
        MillraceResult result = await _millrace.RunAsync("copy", $"{_server.Location(_database)}?stream=public.*,-log_*", "out/{table}.csv");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(["a.csv", "b.csv", "we%2Fird.csv"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(1001, File.ReadLines(_folder["out/a.csv"]).Count());
        string[] lines = result.Output.Split('\n');
        Assert.Equal(["stream", "public.a", "public.b", "public.we/ird", "total"], lines.Where(l => l.Length > 0).Select(l => l.Split(' ')[0]));
        Assert.Contains("1 001", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_tables_are_read_as_of_one_moment()
    {
        Sql("CREATE TABLE a (v int); CREATE TABLE b (v int); CREATE TABLE c (v int); INSERT INTO a SELECT 0 FROM generate_series(1, 100000)");
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Sql("DO $$ BEGIN FOR i IN 1..20 LOOP INSERT INTO a VALUES (1); INSERT INTO b VALUES (1); INSERT INTO c VALUES (1); COMMIT; END LOOP; END $$");
            }
        });
        MillraceResult result = await _millrace.RunAsync("copy", $"{_server.Location(_database)}?stream=public.*", "out/{table}.csv", "--parallel", "1");
        await stop.CancelAsync();
        await writing;

        Assert.True(result.ExitCode == 0, result.Errors);
        int b = File.ReadLines(_folder["out/b.csv"]).Count();
        Assert.Equal((b + 100_000, b), (File.ReadLines(_folder["out/a.csv"]).Count(), File.ReadLines(_folder["out/c.csv"]).Count()));
        Assert.True(int.Parse(Sql("SELECT count(*) FROM b"), System.Globalization.CultureInfo.InvariantCulture) >= b - 1);
    }

    [Fact]
    public async Task A_table_that_fails_stops_no_other_and_the_next_run_does_only_what_is_left()
    {
        string target = _server.NewDatabase();
        string role = $"reader_{_database}";
        Sql($"CREATE ROLE {role} LOGIN; CREATE TABLE a AS SELECT 1 AS id; CREATE TABLE b AS SELECT 2 AS id; CREATE TABLE hidden AS SELECT 3 AS id; GRANT SELECT ON a, b TO {role}");
        string[] copy = ["copy", $"postgres://{role}@127.0.0.1:{_server.Port}/{_database}?stream=public.*", $"{_server.Location(target)}?stream=raw.*", "--json"];

        MillraceResult first = await _millrace.RunAsync(copy);
        Assert.Equal(1, first.ExitCode);
        Assert.Equal("partial", (string)first.Json[0]["outcome"]!);
        Assert.Equal(["public.hidden"], Names(first, "failed"));
        Assert.Equal("MR3203", (string)first.Json[0]["streams"]!.AsArray().Single(s => (string)s!["stream"]! == "public.hidden")!["error"]!["code"]!);
        Assert.Equal("1|2", _server.Sql(target, "SELECT (SELECT id FROM raw.a), (SELECT id FROM raw.b)"));

        Sql($"GRANT SELECT ON hidden TO {role}");
        MillraceResult second = await _millrace.RunAsync(copy);
        Assert.True(second.ExitCode == 0, second.Errors);
        Assert.Equal(["public.a", "public.b"], Names(second, "done_before"));
        Assert.Equal("1|2|3", _server.Sql(target, "SELECT (SELECT id FROM raw.a), (SELECT id FROM raw.b), (SELECT id FROM raw.hidden)"));

        // Nothing is left: a third run begins anew, and finds tables that have rows.
        MillraceResult third = await _millrace.RunAsync(copy);
        Assert.Equal(2, third.ExitCode);
        Assert.All(third.Json[0]["streams"]!.AsArray(), s => Assert.Equal("MR3213", (string)s!["error"]!["code"]!));
    }

    [Fact]
    public async Task A_job_file_moves_many_tables_and_merges_them_by_their_own_keys()
    {
        string target = _server.NewDatabase();
        Sql("CREATE TABLE a (id int PRIMARY KEY, v text); INSERT INTO a VALUES (1, 'x'); CREATE TABLE b (x int, y int, v text, PRIMARY KEY (y, x)); INSERT INTO b VALUES (1, 2, 'x'); CREATE TABLE log_x (v int)");
        _folder.Write("job.yaml", $$"""
            name: shop
            source: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{DatabaseTestServer.User}}, streams: [public.*, -public.log_*]}
            target: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{target}}, user: {{DatabaseTestServer.User}}, table: "copy_of_{schema}.{table}", write: merge}
            parallel: 2
            """);
        MillraceResult first = await _millrace.RunAsync("run", "job.yaml");
        Sql("UPDATE a SET v = 'y'; INSERT INTO b VALUES (2, 2, 'y')");
        MillraceResult second = await _millrace.RunAsync("run", "job.yaml");

        Assert.True(first.ExitCode == 0 && second.ExitCode == 0, first.Errors + second.Errors);
        Assert.Equal("1|y", _server.Sql(target, "SELECT * FROM copy_of_public.a"));
        Assert.Equal("1|2|x\n2|2|y", _server.Sql(target, "SELECT * FROM copy_of_public.b ORDER BY x"));
        Assert.Equal("", _server.Sql(target, "SELECT to_regclass('copy_of_public.log_x')"));

        MillraceResult check = await _millrace.RunAsync("check", "job.yaml", "--json");
        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Equal(["shop/public.a", "shop/public.b"], check.Json.Select(j => (string)j["subject"]!).Order(StringComparer.Ordinal));
        MillraceResult state = await _millrace.RunAsync("state", "show", "job.yaml#public.b", "--json");
        Assert.True(state.ExitCode == 0, state.Errors);
        Assert.Contains("shop/public.b", state.Output, StringComparison.Ordinal);
        MillraceResult several = await _millrace.RunAsync("state", "reset", "job.yaml");
        Assert.Contains("job.yaml#public.", several.Errors, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(MillraceResult result, string list) => result.Json[0][list]!.AsArray().Select(n => (string)n!);

    private string Sql(string sql) => _server.Sql(_database, sql);
}
