using System.Diagnostics;
using System.Globalization;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>Jobs that write into a server of PostgreSQL, and read from one.</summary>
[Trait("speed", "slow")]
public sealed class KilledPostgresJobTests() : KilledDatabaseJobTests(PostgresTestServer.Demand(), "postgres", "public.inbox")
{
    protected override string Lines => "SELECT id || ',' || name FROM public.inbox";

    [Fact]
    public async Task A_full_load_that_is_killed_goes_on_behind_its_last_commit()
    {
        const int rows = 200_000;
        Server.Sql(Database, $"CREATE TABLE public.orders AS SELECT i * 7 AS id, md5(i::text) AS name FROM generate_series(1, {rows}) i ORDER BY md5(i::text); ALTER TABLE public.orders ADD PRIMARY KEY (id); ANALYZE public.orders");
        Folder.Write("load.yaml", $$"""
            name: load
            source: { {{Options}}, stream: public.orders, read_by: key, chunk_bytes: 64KiB}
            target: { {{Options}}, table: public.copied}
            batch: {strategy: fixed_size, size: 500}
            """);
        var killer = new RandomKiller(Random, Traces, longest: 400);
        bool isDone = false;
        while (killer.Kills < KillPlan.Kills / 2 && !isDone)
        {
            using Process process = Millrace.Start("run", "load.yaml");
            await killer.KillAsync(process, whileRunning: static () => { });
            isDone = process.ExitCode == 0;
        }

        string before = isDone ? "all" : Server.Sql(Database, "SELECT count(*) FROM public.copied");
        if (!isDone)
        {
            MillraceResult last = await Millrace.RunAsync("run", "load.yaml", "--json");
            Assert.True(last.ExitCode == 0, last.Errors + last.Output);
            Assert.True((long)last.Json[0]["rows"]! < rows, "The last run began anew.");
        }

        killer.Tell($"full load by key, {before} rows before the last run", rows, null);
        Assert.Equal("0|0", Server.Sql(Database, "SELECT (SELECT count(*) FROM (TABLE public.orders EXCEPT ALL TABLE public.copied) lost), (SELECT count(*) FROM (TABLE public.copied EXCEPT ALL TABLE public.orders) doubled)"));
        Assert.True(killer.Writing > 0, "No kill hit a run that wrote.");
    }

    [Fact]
    public async Task An_incremental_merge_from_another_table_has_every_row_as_it_was_last_after_it_was_killed()
    {
        string target = Server.NewDatabase();
        Server.Sql(Database, "CREATE TABLE public.orders (id int PRIMARY KEY, v int, at bigint); CREATE SEQUENCE public.clock; INSERT INTO public.orders SELECT i, 0, nextval('public.clock') FROM generate_series(1, 5000) i");
        Folder.Write("merge.yaml", $$"""
            name: merge
            source: { {{Options}}, stream: public.orders, mode: incremental, cursor: at, poll: 20ms}
            target: {connector: postgres, host: 127.0.0.1, port: {{Server.Port}}, database: {{target}}, user: {{PostgresTestServer.User}}, table: public.orders, write: merge, key: id}
            batch: {strategy: fixed_size, size: 100, max_wait: 50ms}
            failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
            """);
        var killer = new RandomKiller(Random, () => Epochs(target), longest: 300);

        // One writer, so that a row with a lower cursor is never committed after one with a higher.
        void Write()
        {
            int id = Random.Next(1, 7000);
            Server.Sql(Database, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO public.orders SELECT i, 1, nextval('public.clock') FROM generate_series({id}, {id + Random.Next(300)}) i ON CONFLICT (id) DO UPDATE SET v = orders.v + 1, at = nextval('public.clock')"));
        }

        while (killer.Kills < KillPlan.Kills)
        {
            Write();
            using Process process = Random.Next(2) == 0 ? Millrace.Start("run", "merge.yaml", "--follow") : Millrace.Start("run", "merge.yaml");
            await killer.KillAsync(process, Write);
        }

        MillraceResult last = await Millrace.RunAsync("run", "merge.yaml", "--json");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        const string rows = "SELECT t::text FROM public.orders t ORDER BY id";
        string source = Server.Sql(Database, rows);
        string? fault = source == Server.Sql(target, rows) ? null : "the target differs from the source";
        killer.Tell("incremental merge", source.Split('\n').Length, fault);
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {killer.Kills} kills: {fault}");
    }

    [Fact]
    public async Task A_run_that_was_stopped_and_overtaken_commits_nothing_any_more()
    {
        WriteJob("append");
        for (int i = 0; i < 10; i++)
        {
            Inbox.AddFile(Backlog);
        }

        string before = Traces();
        using Process old = Millrace.Start("run", "job.yaml");
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (Traces() == before && !old.HasExited)
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        // One that stands in the middle of a commit holds the lock on the job's row; there others wait for it.
        do
        {
            MillraceProcess.Signal(old, MillraceProcess.SigContinue);
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            MillraceProcess.Signal(old, MillraceProcess.SigStop);
        }
        while (Server.Sql(Database, "SELECT count(*) FROM pg_locks WHERE relation = '_millrace.job'::regclass AND mode = 'RowExclusiveLock'") != "0");

        MillraceResult taker = await Millrace.RunAsync("run", "job.yaml", "--take-over");
        MillraceProcess.Signal(old, MillraceProcess.SigContinue);
        string errors = await old.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await old.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(taker.ExitCode == 0, taker.Errors);
        Assert.True(old.ExitCode != 0, "The old run ended well.");
        Assert.True(errors.Contains("MR1103", StringComparison.Ordinal) || errors.Contains("took over", StringComparison.Ordinal), errors);
        await FinishAsync("stopped and overtaken");
    }

    protected override int EndSessions() => int.Parse(
        Server.Sql(Database, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"),
        CultureInfo.InvariantCulture);

    protected override string Traces() => Epochs(Database);

    private string Epochs(string database) => Server.Sql(database, "SELECT to_regclass('_millrace.checkpoint') IS NOT NULL") == "t"
        ? Server.Sql(database, "SELECT max(epoch) FROM _millrace.checkpoint")
        : "";
}
