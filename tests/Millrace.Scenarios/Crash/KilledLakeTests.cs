using System.Diagnostics;
using System.Globalization;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// An Iceberg table is written, and read snapshot by snapshot, while the programs that do so are killed at random moments.
/// <c>MILLRACE_KILLS=n</c> sets how often, <c>MILLRACE_SEED=n</c> another seed.
/// </summary>
[Trait("speed", "slow")]
public sealed class KilledLakeTests : IDisposable
{
    private const int Backlog = 6000;
    private const int Accounts = 500;

    private static readonly bool IsShort = Environment.GetEnvironmentVariable("MILLRACE_KILLS") is null;
    private static readonly int Kills = IsShort ? 3 : KillPlan.Kills;

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;
    private readonly RandomKiller _killer;

    public KilledLakeTests()
    {
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(2 + (KillPlan.Kills / 20.0)) };
        _killer = new RandomKiller(_random, () => RandomKiller.Names(_folder["lake"]), longest: 600);
    }

    public static TheoryData<string> Ways => IsShort
        ? ["merge_on_read", "merge_on_read, format_version: 3"]
        : ["merge_on_read", "equality_deletes", "copy_on_write", "merge_on_read, format_version: 3", "copy_on_write, format_version: 3"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("append")]
    [InlineData("merge, key: id")]
    public async Task A_table_has_every_row_once(string write)
    {
        var inbox = new GrowingInbox(_folder["inbox"], _random);
        _folder.Write("job.yaml", $$"""
            name: inbox
            source: {connector: files, path: inbox/*.csv, mode: incremental, poll: 20ms, settle_time: 1h}
            target: {connector: iceberg, path: lake/rows, partition: ["bucket(2, id)"], write: {{write}}}
            batch: {strategy: fixed_size, size: 1000, max_wait: 50ms}
            threads: 2
            """);
        inbox.AddFile(Backlog);
        while (_killer.Kills < Kills)
        {
            inbox.AddFile(_random.Next(1, Backlog));
            using Process process = _random.Next(2) == 0 ? _millrace.Start("run", "job.yaml", "--follow") : _millrace.Start("run", "job.yaml");
            await _killer.KillAsync(process, whileRunning: () => inbox.Append(_random.Next(1, 300)));
        }

        inbox.Finish();
        await RunAsync("run", "job.yaml");
        await RunAsync("copy", "iceberg://lake/rows", "all.csv");
        string? fault = RowOracle.Fault(_folder["all.csv"], inbox.Rows);
        _killer.Tell($"files into Iceberg, {write}", inbox.Rows, fault);
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {write}, {_killer.Kills} kills: {fault}");
    }

    // Money moves between accounts all the time, so that a snapshot which has half of a transaction shows in its sum.
    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Changes_of_a_table_go_through_a_lake_into_another_table(string way)
    {
        PostgresTestServer server = PostgresTestServer.Demand();
        string source = server.NewDatabase();
        string target = server.NewDatabase();
        server.Sql(source, $"CREATE TABLE public.accounts (id int PRIMARY KEY, amount int NOT NULL); INSERT INTO public.accounts SELECT i, 100 FROM generate_series(1, {Accounts}) i");
        _folder.Write("in.yaml", $$"""
            name: in
            source: {connector: postgres, host: 127.0.0.1, port: {{server.Port}}, database: {{source}}, user: {{DatabaseTestServer.User}}, stream: public.accounts, mode: cdc, heartbeat: 100ms}
            target: {connector: iceberg, path: lake/accounts, write: merge, key: id, row_changes: {{way}}}
            batch: {strategy: fixed_size, size: 200, max_wait: 50ms}
            failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
            """);
        _folder.Write("out.yaml", $$"""
            name: out
            source: {connector: iceberg, path: lake/accounts, mode: cdc, poll: 50ms}
            target: {connector: postgres, host: 127.0.0.1, port: {{server.Port}}, database: {{target}}, user: {{DatabaseTestServer.User}}, table: public.accounts, write: merge, key: id}
            failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
            """);
        try
        {
            using var stop = new CancellationTokenSource();
            int seed = _random.Next();
            Task writing = Task.Run(() => MoveMoney(sql => server.Sql(source, sql), new Random(seed), stop.Token), TestContext.Current.CancellationToken);
            await RunAsync("run", "in.yaml");
            while (_killer.Kills < 2 * Kills)
            {
                string job = _random.Next(2) == 0 ? "in.yaml" : "out.yaml";
                using Process process = _random.Next(3) > 0 ? _millrace.Start("run", job, "--follow") : _millrace.Start("run", job);
                await _killer.KillAsync(process, static () => { });
            }

            await stop.CancelAsync();
            await writing;
            await RunAsync("run", "in.yaml");
            await RunAsync("run", "out.yaml");
            const string rows = "SELECT id || ',' || amount FROM public.accounts ORDER BY id";
            string expected = server.Sql(source, rows);
            await RunAsync("copy", "iceberg://lake/accounts", "all.csv");
            string lake = string.Join('\n', File.ReadLines(_folder["all.csv"]).Skip(1).OrderBy(l => int.Parse(l.Split(',')[0], CultureInfo.InvariantCulture)));
            string? fault = lake != expected ? "the lake differs from the source" : server.Sql(target, rows) != expected ? "the target differs from the source" : await UnevenSnapshotAsync();
            _killer.Tell($"changes through Iceberg, {way}", expected.Split('\n').Length, fault);
            Assert.True(fault is null, $"seed {KillPlan.Seed}, {way}, {_killer.Kills} kills: {fault}");
        }
        finally
        {
            server.Sql(source, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");
        }
    }

    private async Task<string?> UnevenSnapshotAsync()
    {
        await RunAsync("copy", "iceberg://lake/accounts$snapshots", "snapshots.jsonl");
        long[] ids = [.. File.ReadLines(_folder["snapshots.jsonl"]).Select(l => (long)System.Text.Json.Nodes.JsonNode.Parse(l)!["snapshot_id"]!)];
        string sums = string.Join(" UNION ALL ", ids.TakeLast(40).Select(id => string.Create(CultureInfo.InvariantCulture, $"SELECT sum(amount) AS total FROM iceberg('lake/accounts') FOR VERSION AS OF {id}")));
        MillraceResult found = await RunAsync("sql", "-c", $"SELECT count(*) FROM ({sums}) AS s WHERE total <> {Accounts * 100}", "--format", "csv");
        return found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1] == "0" ? null : "a snapshot has half of a transaction";
    }

    private async Task<MillraceResult> RunAsync(params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Errors + result.Output);
        return result;
    }

    private static void MoveMoney(Action<string> run, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            IEnumerable<string> moves = Enumerable.Range(0, random.Next(1, 20)).Select(_ => Move(random));
            run($"BEGIN; {string.Join("; ", moves)}; {(random.Next(8) == 0 ? "ROLLBACK" : "COMMIT")}");
        }
    }

    private static string Move(Random random)
    {
        (int from, int to, int amount) = (random.Next(1, Accounts + 1), random.Next(1, Accounts + 1), random.Next(1, 50));
        return random.Next(8) switch
        {
            // An account goes, and another gets what it had; or one is opened anew.
            0 => $"WITH gone AS (DELETE FROM public.accounts WHERE id = {from} AND id <> 1 RETURNING amount) UPDATE public.accounts SET amount = amount + (SELECT amount FROM gone) WHERE id = 1 AND EXISTS (SELECT FROM gone)",
            1 => $"INSERT INTO public.accounts VALUES ({from}, 0) ON CONFLICT DO NOTHING",
            2 => $"UPDATE public.accounts SET id = {from + 10_000} WHERE id = {from} AND id <> 1 AND NOT EXISTS (SELECT FROM public.accounts WHERE id = {from + 10_000})",
            _ => string.Create(CultureInfo.InvariantCulture, $"UPDATE public.accounts SET amount = amount + CASE WHEN id = {from} THEN -{amount} ELSE {amount} END WHERE id IN ({from}, {to}) AND {from} <> {to} AND (SELECT count(*) FROM public.accounts WHERE id IN ({from}, {to})) = 2"),
        };
    }
}
