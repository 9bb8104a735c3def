using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// The server whose changes a job reads is killed while it is written to; the job goes on at a replica that takes its place, and is written to in turn.
/// </summary>
[Trait("speed", "slow")]
public sealed class KilledPrimaryTests : IDisposable
{
    private readonly MariaDbTestServer _primary = MariaDbTestServer.DemandOwn();
    private readonly MariaDbTestServer _replica;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;

    public KilledPrimaryTests()
    {
        _replica = MariaDbTestServer.DemandReplicaOf(_primary);
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(3) };
    }

    public void Dispose()
    {
        _primary.Kill();
        _replica.Kill();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_target_equals_the_promoted_replica_and_never_shows_half_a_transaction()
    {
        (ChangingMariaDbTable table, ChangesTarget target) = Begin();
        Task writing = Task.Run(() => table.Write(new Random(_random.Next()), CancellationToken.None), TestContext.Current.CancellationToken);
        using (Process process = _millrace.Start("run", "job.yaml", "--follow"))
        {
            await CommitsAsync(process, target);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // What the job has committed has to be on the replica; the primary goes on writing until it dies.
        _replica.CatchUpWith(_primary);
        await Task.Delay(_random.Next(1, 300), TestContext.Current.CancellationToken);
        _primary.Kill();
        await Assert.ThrowsAsync<InvalidOperationException>(() => writing);
        _replica.Promote();
        Assert.Matches("server\\W+1\\W", target.Progress());

        using var stop = new CancellationTokenSource();
        int seed = _random.Next();
        Task more = Task.Run(() => table.Write(new Random(seed), _replica, stop.Token), TestContext.Current.CancellationToken);
        var killer = new RandomKiller(_random, target.Traces, longest: 300);
        while (killer.Kills < 3)
        {
            using Process process = _millrace.Start("run", "job.yaml", "--follow");
            await killer.KillAsync(process, static () => { });
        }

        await stop.CancelAsync();
        await more;
        await FinishAsync(table, target, killer);
    }

    [Fact]
    public async Task A_job_that_follows_goes_on_at_the_replica_by_itself()
    {
        (ChangingMariaDbTable table, ChangesTarget target) = Begin();
        using var stopFirst = new CancellationTokenSource();
        int seed = _random.Next();
        Task writing = Task.Run(() => table.Write(new Random(seed), stopFirst.Token), TestContext.Current.CancellationToken);
        using Process process = _millrace.Start("run", "job.yaml", "--follow");
        await CommitsAsync(process, target);

        // What the job has read and the replica has not would be another history.
        await stopFirst.CancelAsync();
        await writing;
        _replica.CatchUpWith(_primary);
        _primary.Kill();
        _replica.Promote();

        using var stop = new CancellationTokenSource();
        Task more = Task.Run(() => table.Write(new Random(seed + 1), _replica, stop.Token), TestContext.Current.CancellationToken);
        await WaitAsync(process, () => Regex.IsMatch(target.Progress(), "server\\W+2\\W"));
        await CommitsAsync(process, target);
        await stop.CancelAsync();
        await more;
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await FinishAsync(table, target, new RandomKiller(_random, target.Traces));
    }

    private (ChangingMariaDbTable Table, ChangesTarget Target) Begin()
    {
        var table = new ChangingMariaDbTable(_primary, string.Create(CultureInfo.InvariantCulture, $"'127.0.0.1:{_primary.Port},127.0.0.1:{_replica.Port}'"));
        table.Create();
        var target = new ChangesTarget();
        _folder.Write("job.yaml", $$"""
            name: changes
            source: { {{table.Source}} }
            target: {{target.Options}}
            batch: {strategy: fixed_size, size: 200, max_wait: 50ms}
            failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
            """);
        return (table, target);
    }

    private static async Task CommitsAsync(Process process, ChangesTarget target)
    {
        string before = target.Traces();
        int commits = 0;
        await WaitAsync(process, () =>
        {
            string now = target.Traces();
            commits += now == before ? 0 : 1;
            before = now;
            return commits == 5;
        });
    }

    private static async Task WaitAsync(Process process, Func<bool> isSo)
    {
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isSo() && !process.HasExited)
        {
            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.False(process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
    }

    private async Task FinishAsync(ChangingMariaDbTable table, ChangesTarget target, RandomKiller killer)
    {
        MillraceResult last = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        string[] expected = table.AllOf(_replica);
        string fault = target.Fault(expected);
        killer.Tell("changes of a primary that was killed, and of its replica", expected.Length, fault.Length == 0 ? null : fault);
        Assert.True(fault.Length == 0, $"seed {KillPlan.Seed}: {fault}");
    }
}
