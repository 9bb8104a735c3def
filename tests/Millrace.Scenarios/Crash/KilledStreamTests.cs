using System.Diagnostics;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Statements that run on are killed at random moments and started again, while their input grows; at the end their changelog,
/// put together, is what the rows add up to. <c>MILLRACE_KILLS=n</c> sets how often each is killed, <c>MILLRACE_SEED=n</c>
/// another seed.
/// </summary>
public sealed class KilledStreamTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;
    private readonly RandomKiller _killer;
    private readonly EventInbox _inbox;

    public KilledStreamTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        _killer = new RandomKiller(_random, Traces);
        _inbox = new EventInbox(_folder["inbox"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task A_windowed_aggregate_counts_every_row_once() => ProveAsync(
        "INSERT INTO o SELECT window_start, k, count(*) AS n, sum(id) AS s FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end, k",
        null,
        EventInbox.Windows);

    [Fact]
    public Task A_join_has_every_pair_once() => ProveAsync(
        "INSERT INTO o SELECT a.id AS x, b.id AS y, b.k AS k FROM a JOIN b ON b.id = a.id + 1",
        null,
        ids => ids.SkipLast(1).Select(id => $"{id},{id + 1},{EventInbox.Key(id + 1)}"));

    [Fact]
    public Task The_last_row_of_every_key_is_its_aggregate() => ProveAsync(
        "INSERT INTO o SELECT k, count(*) AS n, sum(id) AS s FROM a GROUP BY k",
        "upsert",
        ids => ids.GroupBy(EventInbox.Key).Select(g => $"{g.Key},{g.Count()},{g.Sum(i => (long)i)}"));

    [Fact]
    public Task The_first_rows_of_each_key_are_those_of_the_batch_answer() => ProveAsync(
        "INSERT INTO o SELECT k, id FROM (SELECT k, id, row_number() OVER (PARTITION BY k ORDER BY id DESC) AS r FROM a) AS t WHERE r <= 2",
        "retract",
        ids => ids.GroupBy(EventInbox.Key).SelectMany(g => g.OrderDescending().Take(2).Select(id => $"{g.Key},{id}")));

    private async Task ProveAsync(string statement, string? changelog, Func<IReadOnlyList<int>, IEnumerable<string>> answer)
    {
        _folder.Write("job.sql", $"""
            SET threads = 2;
            CREATE STREAM a {EventInbox.Definition("inbox/")};
            CREATE STREAM b {EventInbox.Definition("inbox/")};
            CREATE TABLE o WITH (path = 'lake/', format = 'csv', batch.strategy = 'fixed_size', batch.size = '200', batch.max_wait = '50ms'{(changelog is null ? "" : $", changelog = '{changelog}'")});
            -- @name: job
            {statement};
            """);
        _inbox.AddFile(1500);
        while (_killer.Kills < KillPlan.Kills)
        {
            _inbox.AddFile(_random.Next(1, 300));
            using Process process = _millrace.Start("sql", "job.sql");
            await _killer.KillAsync(process, () => _inbox.AddFile(_random.Next(1, 100)));
        }

        MillraceResult last = await _millrace.RunAsync("sql", "-c", "SET drain = on", "job.sql");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        string? fault = ChangelogFold.Fault(answer([.. Enumerable.Range(0, _inbox.Rows)]), ChangelogFold.Rows(_folder["lake"], changelog == "upsert" ? 1 : null));
        _killer.Tell(changelog ?? statement, _inbox.Rows, fault);
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {_killer.Kills} kills: {fault}");
    }

    private string Traces() => RandomKiller.Names(_folder["lake/_millrace"], _folder[".millrace"]);
}
