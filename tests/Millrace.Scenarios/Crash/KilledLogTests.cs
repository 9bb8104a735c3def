using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Changes of a table of MariaDB that is written to all the time are read from the binary log while the program is killed at random moments, its
/// first load included; at the end the target tells of the source what the server's own client tells. Every transaction moves some of what the
/// rows hold from one to another, so that a target which shows half of one has another sum.
/// </summary>
[Trait("speed", "slow")]
public sealed class KilledLogTests : IDisposable
{
    // A run takes a second to begin, and is then killed soon.
    private static readonly int Kills = Environment.GetEnvironmentVariable("MILLRACE_KILLS") is null ? 8 : KillPlan.Kills;

    private const int Rows = 3000;
    private const int Held = 100;

    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _source;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;

    public KilledLogTests()
    {
        _source = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(3) };
        Sql($"CREATE TABLE t (id int PRIMARY KEY, v int, `long` longtext); INSERT INTO t SELECT seq, {Held}, IF(seq % 5 = 0, REPEAT(seq, 500), NULL) FROM seq_1_to_{Rows}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_of_PostgreSQL_that_changes_are_merged_into_equals_its_source_and_never_shows_half_a_transaction()
    {
        PostgresTestServer target = PostgresTestServer.Demand();
        string database = target.NewDatabase();
        WriteJob(Invariant($"{{connector: postgres, host: 127.0.0.1, port: {target.Port}, database: {database}, user: {PostgresTestServer.User}, table: public.t, write: merge, key: id}}"));
        string half = "";
        RandomKiller killer = await KillAsync(() =>
        {
            if (target.Sql(database, "SELECT to_regclass('_millrace.checkpoint') IS NOT NULL") != "t")
            {
                return "";
            }

            string sum = target.Sql(database, "SELECT sum(v) FROM public.t");
            half = sum.Length == 0 || sum == Invariant($"{Rows * Held}") ? half : $"the target showed a sum of {sum}";
            return target.Sql(database, "SELECT max(epoch) FROM _millrace.checkpoint");
        });

        string[] expected = Sql("SELECT CONCAT(id, ' ', v, ' ', COALESCE(MD5(`long`), '-')) FROM t ORDER BY id").Split('\n');
        string[] found = target.Sql(database, "SELECT id || ' ' || v || ' ' || coalesce(md5(long), '-') FROM public.t ORDER BY id").Split('\n');
        string fault = half.Length > 0 ? half : expected.SequenceEqual(found) ? "" : "the target differs from the source";
        killer.Tell("changes of MariaDB into a table of PostgreSQL", expected.Length, fault.Length == 0 ? null : fault);
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
        string fault = doubled > 0 ? $"{doubled} changes twice"
            : ChangesFold.Of(rows).SequenceEqual(Sql("SELECT CONCAT(id, ' ', v, ' ', COALESCE(`long`, '-')) FROM t ORDER BY id").Split('\n')) ? "" : "the changes do not add up to the source";
        killer.Tell("changes of MariaDB into files", rows.Length, fault.Length == 0 ? null : fault);
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
        return killer;
    }

    private void Write(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            IEnumerable<string> statements = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Statement(random));
            Sql($"{(random.Next(20) == 0 ? "FLUSH BINARY LOGS; " : "")}BEGIN; {string.Join("; ", statements)}; {(random.Next(8) == 0 ? "ROLLBACK" : "COMMIT")}");
        }
    }

    // None changes what all rows hold together.
    private static string Statement(Random random)
    {
        int id = random.Next(1, Rows + 500);
        int other = random.Next(1, Rows + 500);
        int amount = random.Next(-9, 10);
        return random.Next(8) switch
        {
            0 => $"SET @gone = (SELECT v FROM t WHERE id = {id}); DELETE FROM t WHERE id = {id}; INSERT INTO t SELECT {id + 20_000}, @gone, 'held' FROM DUAL WHERE @gone IS NOT NULL ON DUPLICATE KEY UPDATE v = t.v + VALUES(v)",
            1 => $"UPDATE IGNORE t SET id = {id + 10_000} WHERE id = {id}",
            2 => $"UPDATE t SET `long` = REPEAT('z', {random.Next(4000)}) WHERE id = {id}",
            3 when random.Next(10) == 0 => $"UPDATE t SET `long` = 'many' WHERE id % 3 = {random.Next(3)}",
            4 => $"INSERT IGNORE INTO t VALUES ({id}, 0, REPEAT('{id}', {random.Next(1000)}))",
            _ => $"UPDATE t a JOIN t b ON a.id = {id} AND b.id = {other} AND a.id <> b.id SET a.v = a.v + {amount}, b.v = b.v - {amount}",
        };
    }

    private void WriteJob(string target) => _folder.Write("job.yaml", $$"""
        name: changes
        source: {connector: mysql, host: 127.0.0.1, port: {{_server.Port}}, database: {{_source}}, user: {{MariaDbTestServer.User}}, stream: t, mode: cdc, heartbeat: 1s}
        target: {{target}}
        batch: {strategy: fixed_size, size: 200, max_wait: 50ms}
        failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
        threads: 2
        """);

    private string Sql(string sql) => _server.Sql(_source, sql);
}
