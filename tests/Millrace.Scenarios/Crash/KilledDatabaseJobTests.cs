using System.Diagnostics;
using System.Globalization;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Files go into a table of a real server while the program, or its session on the server, is killed at random moments; at the
/// end psql finds every row once. <c>MILLRACE_KILLS=n</c> sets how often, <c>MILLRACE_SEED=n</c> another seed.
/// </summary>
[Trait("speed", "slow")]
public sealed class KilledDatabaseJobTests : IDisposable
{
    private const int RowsPerEpoch = 400;
    private const int Backlog = 6000;

    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;
    private readonly GrowingInbox _inbox;

    public KilledDatabaseJobTests()
    {
        _database = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(2 + (KillPlan.Kills / 20.0)) };
        _inbox = new GrowingInbox(_folder["inbox"], _random);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("append")]
    [InlineData("merge, key: id")]
    public async Task A_table_has_every_row_once_after_the_program_was_killed(string write)
    {
        WriteJob(write);
        var killer = new RandomKiller(_random, Traces);
        _inbox.AddFile(Backlog);
        while (killer.Kills < KillPlan.Kills)
        {
            _inbox.AddFile(_random.Next(1, Backlog));
            using Process process = _random.Next(2) == 0 ? _millrace.Start("run", "job.yaml", "--follow") : _millrace.Start("run", "job.yaml");
            await killer.KillAsync(process, whileRunning: () => _inbox.Append(_random.Next(1, 300)));
        }

        await FinishAsync($"{write}: {killer.Kills} kills in {killer.Runs} runs, {killer.Writing} of them while it wrote");
    }

    [Fact]
    public async Task A_table_has_every_row_once_after_sessions_were_ended_by_the_server()
    {
        WriteJob("append");
        _inbox.AddFile(Backlog);
        int ended = 0;
        using Process process = _millrace.Start("run", "job.yaml", "--follow");
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (ended < KillPlan.Kills && !process.HasExited)
        {
            _inbox.AddFile(_random.Next(1, Backlog / 10));
            await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(_random.Next(1, 150), TestContext.Current.CancellationToken));
            ended += int.Parse(
                _server.Sql(_database, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"),
                CultureInfo.InvariantCulture);
        }

        Assert.False(process.HasExited, process.HasExited ? await errors : "");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await FinishAsync($"{ended} sessions ended");
    }

    [Fact]
    public async Task A_full_load_that_is_killed_goes_on_behind_its_last_commit()
    {
        const int rows = 200_000;
        _server.Sql(_database, $"CREATE TABLE public.orders AS SELECT i * 7 AS id, md5(i::text) AS name FROM generate_series(1, {rows}) i ORDER BY md5(i::text); ALTER TABLE public.orders ADD PRIMARY KEY (id); ANALYZE public.orders");
        _folder.Write("load.yaml", $$"""
            name: load
            source: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{DatabaseTestServer.User}}, stream: public.orders, read_by: key, chunk_bytes: 64KiB}
            target: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{DatabaseTestServer.User}}, table: public.copied}
            batch: {strategy: fixed_size, size: 500}
            """);
        var killer = new RandomKiller(_random, Traces, longest: 400);
        bool isDone = false;
        while (killer.Kills < KillPlan.Kills / 2 && !isDone)
        {
            using Process process = _millrace.Start("run", "load.yaml");
            await killer.KillAsync(process, whileRunning: static () => { });
            isDone = process.ExitCode == 0;
        }

        string before = isDone ? "all" : _server.Sql(_database, "SELECT count(*) FROM public.copied");
        if (!isDone)
        {
            MillraceResult last = await _millrace.RunAsync("run", "load.yaml", "--json");
            Assert.True(last.ExitCode == 0, last.Errors + last.Output);
            Assert.True((long)last.Json[0]["rows"]! < rows, "The last run began anew.");
        }

        killer.Tell($"full load by key, {before} rows before the last run", rows, null);
        Assert.Equal("0|0", _server.Sql(_database, "SELECT (SELECT count(*) FROM (TABLE public.orders EXCEPT ALL TABLE public.copied) lost), (SELECT count(*) FROM (TABLE public.copied EXCEPT ALL TABLE public.orders) doubled)"));
        Assert.True(killer.Writing > 0, "No kill hit a run that wrote.");
    }

    [Fact]
    public async Task An_incremental_merge_from_another_table_has_every_row_as_it_was_last_after_it_was_killed()
    {
        string target = _server.NewDatabase();
        _server.Sql(_database, "CREATE TABLE public.orders (id int PRIMARY KEY, v int, at bigint); CREATE SEQUENCE public.clock; INSERT INTO public.orders SELECT i, 0, nextval('public.clock') FROM generate_series(1, 5000) i");
        _folder.Write("merge.yaml", $$"""
            name: merge
            source: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{PostgresTestServer.User}}, stream: public.orders, mode: incremental, cursor: at, poll: 20ms}
            target: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{target}}, user: {{PostgresTestServer.User}}, table: public.orders, write: merge, key: id}
            batch: {strategy: fixed_size, size: 100, max_wait: 50ms}
            failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
            """);
        var killer = new RandomKiller(_random, () => Epochs(target), longest: 300);

        // One writer, so that a row with a lower cursor is never committed after one with a higher.
        void Write()
        {
            int id = _random.Next(1, 7000);
            _server.Sql(_database, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO public.orders SELECT i, 1, nextval('public.clock') FROM generate_series({id}, {id + _random.Next(300)}) i ON CONFLICT (id) DO UPDATE SET v = orders.v + 1, at = nextval('public.clock')"));
        }

        while (killer.Kills < KillPlan.Kills)
        {
            Write();
            using Process process = _random.Next(2) == 0 ? _millrace.Start("run", "merge.yaml", "--follow") : _millrace.Start("run", "merge.yaml");
            await killer.KillAsync(process, Write);
        }

        MillraceResult last = await _millrace.RunAsync("run", "merge.yaml", "--json");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        const string rows = "SELECT t::text FROM public.orders t ORDER BY id";
        string source = _server.Sql(_database, rows);
        string? fault = source == _server.Sql(target, rows) ? null : "the target differs from the source";
        killer.Tell("incremental merge", source.Split('\n').Length, fault);
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {killer.Kills} kills: {fault}");
    }

    [Fact]
    public async Task A_run_that_was_stopped_and_overtaken_commits_nothing_any_more()
    {
        WriteJob("append");
        for (int i = 0; i < 10; i++)
        {
            _inbox.AddFile(Backlog);
        }

        string before = Traces();
        using Process old = _millrace.Start("run", "job.yaml");
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
        while (_server.Sql(_database, "SELECT count(*) FROM pg_locks WHERE relation = '_millrace.job'::regclass AND mode = 'RowExclusiveLock'") != "0");

        MillraceResult taker = await _millrace.RunAsync("run", "job.yaml", "--take-over");
        MillraceProcess.Signal(old, MillraceProcess.SigContinue);
        string errors = await old.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await old.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(taker.ExitCode == 0, taker.Errors);
        Assert.True(old.ExitCode != 0, "The old run ended well.");
        Assert.True(errors.Contains("MR1103", StringComparison.Ordinal) || errors.Contains("took over", StringComparison.Ordinal), errors);
        await FinishAsync("stopped and overtaken");
    }

    private async Task FinishAsync(string what)
    {
        _inbox.Finish();
        MillraceResult last = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        await File.WriteAllTextAsync(_folder["all.csv"], "id,name\n" + _server.Sql(_database, "SELECT id || ',' || name FROM public.inbox"), TestContext.Current.CancellationToken);
        string? fault = RowOracle.Fault(_folder["all.csv"], _inbox.Rows);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}, {_inbox.Rows} rows, {fault ?? "0 lost, 0 doubled"}"));
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {what}: {fault}");
    }

    private void WriteJob(string write) => _folder.Write("job.yaml", $$"""
        name: inbox
        source: {connector: files, path: inbox/*.csv, mode: incremental, poll: 20ms, settle_time: 1h}
        target: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{DatabaseTestServer.User}}, table: public.inbox, write: {{write}}}
        batch: {strategy: fixed_size, size: {{RowsPerEpoch}}, max_wait: 50ms}
        failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
        threads: 2
        """);

    // Changes when the program writes.
    private string Traces() => Epochs(_database);

    private string Epochs(string database) => _server.Sql(database, "SELECT to_regclass('_millrace.checkpoint') IS NOT NULL") == "t"
        ? _server.Sql(database, "SELECT max(epoch) FROM _millrace.checkpoint")
        : "";
}
