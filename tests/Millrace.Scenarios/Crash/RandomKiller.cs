using System.Diagnostics;

namespace Millrace.Scenarios.Crash;

/// <summary>Kills the program at random moments: a third of the kills hit its start, the others come some time after it has begun to write.</summary>
/// <param name="random">Decides about the moments.</param>
/// <param name="traces">Changes when the program writes: names of commit records and of files that wait for their commit.</param>
internal sealed class RandomKiller(Random random, Func<string> traces)
{
    // A run may have nothing to write.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private int _runs;

    public int Kills { get; private set; }

    /// <summary>Those of them that came while the program wrote.</summary>
    public int Writing { get; private set; }

    public int Runs => _runs;

    /// <param name="process">What is killed, unless it ends before.</param>
    /// <param name="whileRunning">Called now and then until then.</param>
    public async Task KillAsync(Process process, Action whileRunning)
    {
        _runs++;
        bool waits = random.Next(3) > 0;
        string before = waits ? traces() : "";
        TimeSpan moment = TimeSpan.FromMilliseconds(random.Next(1, 200));
        long begun = Stopwatch.GetTimestamp();
        long started = begun;
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!process.HasExited && Stopwatch.GetElapsedTime(started) < moment)
        {
            if (waits && traces() == before && Stopwatch.GetElapsedTime(begun) < Patience)
            {
                started = Stopwatch.GetTimestamp();
            }
            else if (random.Next(6) == 0)
            {
                whileRunning();
            }

            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        if (!process.HasExited)
        {
            process.Kill();
            Kills++;
            Writing += waits ? 1 : 0;
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (process.ExitCode is not (0 or 128 + 9))
        {
            Assert.Fail($"run {_runs} ended with {process.ExitCode}: {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        }
    }
}
