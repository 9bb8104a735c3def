using System.Diagnostics;
using System.Globalization;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Money moves between two tables while one job reads the changes of both, over one slot, and is killed at random moments, its
/// first loads included. A run that ends well leaves both as of one moment: the sum is what it always was.
/// </summary>
[Trait("speed", "slow")]
public sealed class KilledManyChangesTests : IDisposable
{
    private const int Rows = 2000;

    private static readonly int Kills = Environment.GetEnvironmentVariable("MILLRACE_KILLS") is null ? 6 : KillPlan.Kills;

    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _source;
    private readonly string _target;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;

    public KilledManyChangesTests()
    {
        _source = _server.NewDatabase();
        _target = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(3) };
        Sql($"CREATE TABLE a (id int PRIMARY KEY, balance int); CREATE TABLE b (id int PRIMARY KEY, balance int); CREATE TABLE quiet (id int PRIMARY KEY); INSERT INTO quiet VALUES (1)");
        Sql($"INSERT INTO a SELECT i, 100 FROM generate_series(1, {Rows}) i; INSERT INTO b SELECT i, 100 FROM generate_series(1, {Rows}) i");
        _folder.Write("job.yaml", $$"""
            name: accounts
            source: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_source}}, user: {{PostgresTestServer.User}}, stream: public.*, mode: cdc, heartbeat: 100ms}
            target: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_target}}, user: {{PostgresTestServer.User}}, table: "public.{table}", write: merge}
            batch: {strategy: fixed_size, size: 200, max_wait: 50ms}
            failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
            threads: 2
            """);
    }

    public void Dispose()
    {
        Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");
        _folder.Dispose();
    }

    [Fact]
    public async Task Whenever_a_run_ends_well_the_sum_over_both_tables_is_what_it_always_was()
    {
        using var stop = new CancellationTokenSource();
        int seed = _random.Next();
        Task writing = Task.Run(() => Write(new Random(seed), stop.Token), TestContext.Current.CancellationToken);
        var killer = new RandomKiller(_random, Traces, longest: 600);
        int whole = 0;
        while (killer.Kills < Kills)
        {
            bool follows = _random.Next(3) > 0;
            using Process process = follows ? _millrace.Start("run", "job.yaml", "--follow") : _millrace.Start("run", "job.yaml");
            await killer.KillAsync(process, static () => { });
            if (!follows && process.ExitCode == 0)
            {
                whole++;
                AssertSum();
            }
            else if (_random.Next(4) == 0)
            {
                // While others write.
                await RunAsync();
                whole++;
                AssertSum();
            }
        }

        await stop.CancelAsync();
        await writing;
        await RunAsync();
        AssertSum();
        string fault = "";
        foreach (string table in (string[])["a", "b", "quiet"])
        {
            string rows = $"SELECT t::text FROM public.{table} t ORDER BY id";
            fault += Sql(rows) == Target(rows) ? "" : $"{table} differs from the source. ";
        }

        killer.Tell($"changes of several tables, {whole} whole runs among them", (2 * Rows) + 1, fault.Length == 0 ? null : fault);
        Assert.True(fault.Length == 0, $"seed {KillPlan.Seed}, {killer.Kills} kills: {fault}");
        Assert.Equal("1|1", Sql("SELECT (SELECT count(*) FROM pg_replication_slots WHERE database = current_database()), (SELECT count(*) FROM pg_publication)"));
    }

    private void AssertSum() => Assert.Equal((2 * Rows * 100).ToString(CultureInfo.InvariantCulture), Target("SELECT (SELECT sum(balance) FROM public.a) + (SELECT sum(balance) FROM public.b)"));

    private async Task RunAsync()
    {
        MillraceResult result = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.True(result.ExitCode == 0, result.Errors + result.Output);
    }

    private void Write(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Sql(string.Create(
                CultureInfo.InvariantCulture,
                $"DO $$ BEGIN FOR i IN 1..40 LOOP UPDATE a SET balance = balance - i WHERE id = 1 + (i * {random.Next(1, 1000)}) % {Rows}; UPDATE b SET balance = balance + i WHERE id = 1 + (i * {random.Next(1, 1000)}) % {Rows}; IF i % 7 = 0 THEN ROLLBACK; ELSE COMMIT; END IF; END LOOP; END $$"));
        }
    }

    private string Traces() => Target("SELECT to_regclass('_millrace.checkpoint') IS NOT NULL") == "t" ? Target("SELECT string_agg(job || epoch, ',' ORDER BY job, epoch) FROM _millrace.checkpoint") : "";

    private string Sql(string sql) => _server.Sql(_source, sql);

    private string Target(string sql) => _server.Sql(_target, sql);
}
