using System.Diagnostics;
using System.Text.Json.Nodes;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Changes of a table that is written to all the time are read while the program is killed at random moments, its first load included; at the end the
/// target tells of the source what the server's own client tells.
/// </summary>
public abstract class KilledChangesTests : IDisposable
{
    // A run takes a second to begin, and is then killed soon.
    private static readonly int Kills = Environment.GetEnvironmentVariable("MILLRACE_KILLS") is null ? 8 : KillPlan.Kills;

    private readonly ChangingTable _table;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;

    private protected KilledChangesTests(ChangingTable table)
    {
        _table = table;
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(3) };
        table.Create();
    }

    public void Dispose()
    {
        _table.Clean();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_table_that_changes_are_merged_into_equals_its_source_and_never_shows_half_a_transaction()
    {
        var target = new ChangesTarget();
        WriteJob(target.Options);
        RandomKiller killer = await KillAsync(target.Traces);
        string[] expected = _table.All();
        Judge(killer, expected.Length, target.Fault(expected));
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
        Judge(killer, rows.Length, doubled > 0 ? $"{doubled} changes twice" : ChangesFold.Of(rows).SequenceEqual(_table.All()) ? "" : "the changes do not add up to the source");
    }

    private void Judge(RandomKiller killer, int rows, string fault)
    {
        killer.Tell($"{GetType().Name}, {TestContext.Current.TestMethod?.MethodName}", rows, fault.Length == 0 ? null : fault);
        Assert.True(fault.Length == 0, $"seed {KillPlan.Seed}, {killer.Kills} kills: {fault}");
    }

    private async Task<RandomKiller> KillAsync(Func<string> traces)
    {
        using var stop = new CancellationTokenSource();
        int seed = _random.Next();
        Task writing = Task.Run(() => _table.Write(new Random(seed), stop.Token), TestContext.Current.CancellationToken);
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
        _table.Check();
        return killer;
    }

    private void WriteJob(string target) => _folder.Write("job.yaml", $$"""
        name: changes
        source: { {{_table.Source}} }
        target: {{target}}
        batch: {strategy: fixed_size, size: 200, max_wait: 50ms}
        failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
        threads: 2
        """);
}

[Trait("speed", "slow")]
public sealed class KilledPostgresChangesTests() : KilledChangesTests(new ChangingPostgresTable());

[Trait("speed", "slow")]
public sealed class KilledMariaDbChangesTests() : KilledChangesTests(new ChangingMariaDbTable());
