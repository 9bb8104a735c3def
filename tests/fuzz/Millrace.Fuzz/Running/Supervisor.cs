using System.Diagnostics;

namespace Millrace.Fuzz;

/// <summary>
/// Starts a worker for a target and watches over it: a worker that dies, takes too long over one input or too much memory
/// is ended, its input is saved, and another one goes on from the next seed.
/// </summary>
internal sealed class Supervisor(FuzzArguments arguments)
{
    private const int MaxRestarts = 20;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Fuzzes one target and returns the number of crashes.</summary>
    public async Task<long> RunAsync(IFuzzTarget target)
    {
        string statePath = Path.Combine(Path.GetTempPath(), $"millrace-fuzz-{Environment.ProcessId}-{target.Name}");
        try
        {
            using var state = new SharedState(statePath);
            var clock = Stopwatch.StartNew();
            long ended = 0;
            for (int seed = arguments.Seed; clock.Elapsed < arguments.Duration && ended < MaxRestarts; seed++)
            {
                FuzzArguments rest = arguments with { Seed = seed, Duration = arguments.Duration - clock.Elapsed };
                if (await WatchAsync(target, rest, statePath, state) is not { } fault)
                {
                    break;
                }

                ended++;
                Reproducers.Save(arguments.OutputFolder, target.Name, fault.Kind, state.CurrentInput(), fault.Detail);
            }

            long crashes = state.Crashes + ended;
            double rate = state.Inputs / Math.Max(clock.Elapsed.TotalSeconds, 0.001);
            Console.WriteLine($"{target.Name,-12} {state.Inputs,10} inputs ({rate,8:F0} a second), {state.Rejected,10} called wrong, {crashes} crashes");
            return crashes;
        }
        finally
        {
            File.Delete(statePath);
        }
    }

    // Null when the worker ended by itself in good order.
    private async Task<(string Kind, string Detail)?> WatchAsync(IFuzzTarget target, FuzzArguments rest, string statePath, SharedState state)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, rest.ToWorker(target.Name, statePath)) { RedirectStandardError = true };
        state.Reset();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? fault = null;
        while (!process.HasExited)
        {
            using var wait = new CancellationTokenSource(LookInterval);
            await process.WaitForExitAsync(wait.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            fault = FaultOf(process, state);
            if (fault is not null)
            {
                process.Kill();
                await process.WaitForExitAsync();
                break;
            }
        }

        string output = await errors;
        if (fault is null && process.ExitCode == 0)
        {
            return null;
        }

        return fault is null
            ? ("died", $"The process ended with code {process.ExitCode}.\n{output}")
            : (fault, fault == "slow" ? $"One input took more than {arguments.MaxTime}." : $"The process took more than {arguments.MemoryBytes >> 20} MiB.");
    }

    private string? FaultOf(Process process, SharedState state)
    {
        if (process.HasExited)
        {
            return null;
        }

        try
        {
            process.Refresh();
            if (process.WorkingSet64 > arguments.MemoryBytes)
            {
                return "memory";
            }
        }
        catch (InvalidOperationException)
        {
            // It ended between the two looks.
            return null;
        }

        long started = state.Started;
        return started > 0 && Environment.TickCount64 - started > arguments.MaxTime.TotalMilliseconds ? "slow" : null;
    }
}
