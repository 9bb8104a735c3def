using System.Diagnostics;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// The program is killed at random moments and started again, while its input grows; at the end every row is there once.
/// <c>MILLRACE_KILLS=n</c> sets how often a kind of target is killed, <c>MILLRACE_SEED=n</c> another seed.
/// </summary>
public sealed class KilledJobTests : IDisposable
{
    private const int RowsPerEpoch = 200;

    // Rows that a run finds at its start: about as many as it can write before it is killed.
    private const int Backlog = 6000;

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;
    private readonly GrowingInbox _inbox;
    private readonly RandomKiller _killer;

    public KilledJobTests()
    {
        // The last run writes what all those before it were killed too early for.
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(2 + (KillPlan.Kills / 20.0)) };
        _inbox = new GrowingInbox(_folder["inbox"], _random, hasNotes: true);
        _killer = new RandomKiller(_random, Traces);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv", "format: csv")]
    [InlineData("parquet", "format: parquet")]
    [InlineData("partitions", """format: csv, partition: ["bucket(3, id)"], keep_partition_columns: true""")]
    public async Task A_folder_has_every_row_once(string kind, string target)
    {
        _folder.Write("job.yaml", $$"""
            name: inbox
            source: {connector: files, path: inbox/*.csv, mode: incremental, poll: 20ms, settle_time: 1h}
            target: {connector: files, path: lake/, {{target}}}
            batch: {strategy: fixed_size, size: {{RowsPerEpoch}}, max_wait: 50ms}
            threads: 2
            """);
        _inbox.AddFile(Backlog);
        while (_killer.Kills < KillPlan.Kills)
        {
            _inbox.AddFile(_random.Next(1, Backlog));
            bool follows = _random.Next(2) == 0;
            using Process process = follows ? _millrace.Start("run", "job.yaml", "--follow") : _millrace.Start("run", "job.yaml");
            await _killer.KillAsync(process, whileRunning: () => _inbox.Append(_random.Next(1, 300)));
        }

        _inbox.Finish();
        MillraceResult last = await _millrace.RunAsync("run", "job.yaml", "--json");
        MillraceResult copy = await _millrace.RunAsync("copy", "lake/", "all.csv", "--columns", "id,name");

        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        Assert.True(copy.ExitCode == 0, copy.Errors);
        string? fault = RowOracle.Fault(_folder["all.csv"], _inbox.Rows);
        _killer.Tell(kind, _inbox.Rows, fault);
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {kind}, {_killer.Kills} kills: {fault}");
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_single_file_is_whole_or_not_there()
    {
        for (int i = 0; i < 4; i++)
        {
            _inbox.AddFile(15_000);
        }

        int whole = 0;
        while (_killer.Kills < KillPlan.Kills)
        {
            using Process process = _millrace.Start("copy", "inbox/*.csv", "out.csv", "--columns", "id,name", "--threads", "2");
            await _killer.KillAsync(process, static () => { });
            if (File.Exists(_folder["out.csv"]))
            {
                Assert.Null(RowOracle.Fault(_folder["out.csv"], _inbox.Rows));
                File.Delete(_folder["out.csv"]);
                whole++;
            }
        }

        MillraceResult last = await _millrace.RunAsync("copy", "inbox/*.csv", "out.csv", "--columns", "id,name");
        Assert.True(last.ExitCode == 0, last.Errors);
        string? fault = RowOracle.Fault(_folder["out.csv"], _inbox.Rows);
        _killer.Tell($"one file ({whole} times whole)", _inbox.Rows, fault);
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {_killer.Kills} kills: {fault}");
        AssertNothingIsLeft();
    }

    // What waited for a commit, what was being written, and the locks.
    private void AssertNothingIsLeft()
        => Assert.DoesNotContain(_folder.Files(), f => f.EndsWith(".staged", StringComparison.Ordinal) || f.EndsWith(".mrtmp", StringComparison.Ordinal) || f.EndsWith(".lock", StringComparison.Ordinal));

    // Changes when the program writes: names of commit records and of files that wait for their commit.
    private string Traces()
    {
        string log = _folder["lake/_millrace"];
        return Directory.Exists(log) ? RandomKiller.Names(log) : string.Join('\n', Directory.EnumerateFiles(_folder.Path, ".*", new EnumerationOptions { AttributesToSkip = 0 }).Order(StringComparer.Ordinal));
    }
}
