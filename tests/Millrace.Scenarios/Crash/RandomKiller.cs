using System.Diagnostics;
using System.Globalization;

namespace Millrace.Scenarios.Crash;

/// <summary>Kills the program at random moments: a third of the kills hit its start, the others come some time after it has begun to write.</summary>
/// <param name="random">Decides about the moments.</param>
/// <param name="traces">Changes when the program writes: names of commit records and of files that wait for their commit.</param>
/// <param name="longest">The longest time between the beginning of either and the kill, in milliseconds.</param>
internal sealed class RandomKiller(Random random, Func<string> traces, int longest = 200)
{
    // A run may have nothing to write; one on a busy machine takes its time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int _runs;

    public int Kills { get; private set; }

    /// <summary>Those of them that came while the program wrote.</summary>
    public int Writing { get; private set; }

    public int Runs => _runs;

    /// <summary>All files below folders, those that are hidden too, but for locks: what a program leaves there while it writes.</summary>
    public static string Names(params string[] folders)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        return string.Join('\n', folders.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*", all)).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    /// <summary>Tells whoever reads the output of the tests how often what was killed.</summary>
    public void Tell(string what, int rows, string? fault)
        => TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {Kills} kills in {Runs} runs, {Writing} of them while it wrote, {rows} rows: {fault ?? "0 lost, 0 doubled"}"));

    /// <param name="process">What is killed, unless it ends before.</param>
    /// <param name="whileRunning">Called now and then until then.</param>
    /// <param name="whileWaiting">Called now and then before, until the program writes.</param>
    public async Task KillAsync(Process process, Action whileRunning, Action? whileWaiting = null)
    {
        _runs++;
        bool waits = random.Next(3) > 0;
        string before = waits ? traces() : "";
        TimeSpan moment = TimeSpan.FromMilliseconds(random.Next(1, longest));
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        long begun = Stopwatch.GetTimestamp();
        while (waits && !process.HasExited && traces() == before && Stopwatch.GetElapsedTime(begun) < Patience)
        {
            if (random.Next(20) == 0)
            {
                whileWaiting?.Invoke();
            }

            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        long started = Stopwatch.GetTimestamp();
        while (!process.HasExited && Stopwatch.GetElapsedTime(started) < moment)
        {
            if (random.Next(6) == 0)
            {
                whileRunning();
            }

            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        if (!process.HasExited)
        {
            process.Kill();
            Kills++;
            Writing += waits && traces() != before ? 1 : 0;
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (process.ExitCode is not (0 or 128 + 9))
        {
            Assert.Fail($"run {_runs} ended with {process.ExitCode}: {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        }
    }
}
