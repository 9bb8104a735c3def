using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Changes of a table that is written to all the time are read while the program is killed at random moments, its first load
/// included; at the end the target tells of the source what psql tells.
/// </summary>
[Trait("speed", "slow")]
public sealed class KilledChangesTests : IDisposable
{
    // A run takes a second or two to have its slot, and is then killed soon.
    private static readonly int Kills = Environment.GetEnvironmentVariable("MILLRACE_KILLS") is null ? 8 : KillPlan.Kills;

    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _source;
    private readonly string _target;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;

    public KilledChangesTests()
    {
        _source = _server.NewDatabase();
        _target = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(3) };
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v int, long text); ALTER TABLE public.t ALTER long SET STORAGE EXTERNAL");
        Sql("INSERT INTO public.t SELECT i, 0, CASE WHEN i % 5 = 0 THEN repeat(i::text, 2000) END FROM generate_series(1, 3000) i");
    }

    public void Dispose()
    {
        Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");
        _folder.Dispose();
    }

    [Fact]
    public async Task A_table_that_changes_are_merged_into_equals_its_source()
    {
        WriteJob(Invariant($"{{connector: postgres, host: 127.0.0.1, port: {_server.Port}, database: {_target}, user: {DatabaseTestServer.User}, table: public.t, write: merge, key: id}}"));
        RandomKiller killer = await KillAsync(() => Tables() ? _server.Sql(_target, "SELECT max(epoch) FROM _millrace.checkpoint") : "");

        const string rows = "SELECT id || ' ' || v || ' ' || coalesce(md5(long), '-') FROM public.t ORDER BY id";
        string fault = Sql(rows) == _server.Sql(_target, rows) ? "" : "the target differs from the source";
        killer.Tell("changes into a table", Sql(rows).Split('\n').Length, fault.Length == 0 ? null : fault);
        Assert.True(fault.Length == 0, $"seed {KillPlan.Seed}, {killer.Kills} kills: {fault}");
    }

    [Fact]
    public async Task Files_hold_every_change_once()
    {
        WriteJob("{connector: files, path: lake/, format: json}");
        RandomKiller killer = await KillAsync(() => RandomKiller.Names(_folder["lake/_millrace"]));

        MillraceResult copy = await _millrace.RunAsync("copy", "lake/", "all.jsonl");
        Assert.True(copy.ExitCode == 0, copy.Errors);
        JsonNode[] rows = [.. File.ReadLines(_folder["all.jsonl"]).Select(l => JsonNode.Parse(l)!)];
        string[] changes = [.. rows.Select(r => (string)r["_position"]!).Where(p => !p.EndsWith("-00000000", StringComparison.Ordinal))];
        int doubled = changes.Length - changes.Distinct(StringComparer.Ordinal).Count();
        string fault = doubled > 0 ? $"{doubled} changes twice" : ChangesFold.Of(rows).SequenceEqual(Sql("SELECT id || ' ' || v || ' ' || coalesce(long, '-') FROM public.t ORDER BY id").Split('\n')) ? "" : "the changes do not add up to the source";
        killer.Tell("changes into files", rows.Length, fault.Length == 0 ? null : fault);
        Assert.True(fault.Length == 0, $"seed {KillPlan.Seed}, {killer.Kills} kills: {fault}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task<RandomKiller> KillAsync(Func<string> traces)
    {
        using var stop = new CancellationTokenSource();
        int seed = _random.Next();
        Task writing = Task.Run(() => Write(new Random(seed), stop.Token), TestContext.Current.CancellationToken);
        var killer = new RandomKiller(_random, traces, longest: 600);
        while (killer.Kills < Kills)
        {
            using Process process = _random.Next(3) > 0 ? _millrace.Start("run", "job.yaml", "--follow") : _millrace.Start("run", "job.yaml");
            await killer.KillAsync(process, static () => { });
        }

        await stop.CancelAsync();
        await writing;
        MillraceResult last = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        Assert.Equal("1", Sql("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"));
        return killer;
    }

    private void Write(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            IEnumerable<string> statements = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Statement(random));
            Sql($"BEGIN; {string.Join("; ", statements)}; {(random.Next(8) == 0 ? "ROLLBACK" : "COMMIT")}");
        }
    }

    private static string Statement(Random random)
    {
        int id = random.Next(1, 3500);
        return random.Next(10) switch
        {
            0 or 1 => $"DELETE FROM public.t WHERE id = {id}",
            2 => $"UPDATE public.t SET id = {id + 10_000} WHERE id = {id} AND NOT EXISTS (SELECT FROM public.t WHERE id = {id + 10_000})",
            3 => $"UPDATE public.t SET long = repeat('z', {random.Next(4000)}) WHERE id = {id}",
            4 when random.Next(4000) == 0 => "TRUNCATE public.t",
            5 when random.Next(20) == 0 => $"UPDATE public.t SET v = v + 1 WHERE id % 3 = {random.Next(3)}",
            6 or 7 => $"INSERT INTO public.t VALUES ({id}, 1, repeat('{id}', {random.Next(1000)})) ON CONFLICT DO NOTHING",
            _ => $"UPDATE public.t SET v = v + 1 WHERE id = {id}",
        };
    }

    private void WriteJob(string target) => _folder.Write("job.yaml", $$"""
        name: changes
        source: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_source}}, user: {{DatabaseTestServer.User}}, stream: public.t, mode: cdc, heartbeat: 100ms}
        target: {{target}}
        batch: {strategy: fixed_size, size: 200, max_wait: 50ms}
        failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
        threads: 2
        """);

    private bool Tables() => _server.Sql(_target, "SELECT to_regclass('_millrace.checkpoint') IS NOT NULL") == "t";

    private string Sql(string sql) => _server.Sql(_source, sql);
}
