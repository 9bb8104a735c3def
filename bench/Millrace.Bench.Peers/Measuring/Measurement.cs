using System.Text.Json;

namespace Millrace.Bench.Peers;

/// <summary>One side of a comparison, measured once.</summary>
/// <param name="Seconds">The time that counts for the ratio.</param>
/// <param name="Run">What the process used.</param>
/// <param name="Result">What must be equal on both sides.</param>
internal sealed record Measurement(double Seconds, ChildRun Run, string Result)
{
    /// <summary>Of a program that prints <c>{"seconds": …, "rows": …}</c>: the time of the work without the start of its runtime.</summary>
    public static Measurement OfAnswer(ChildRun run)
    {
        using JsonDocument answer = JsonDocument.Parse(run.Output);
        return new Measurement(answer.RootElement.GetProperty("seconds").GetDouble(), run, answer.RootElement.GetProperty("rows").GetRawText());
    }
}

/// <summary>Runs two sides in turn, A B A B, and compares medians.</summary>
internal static class Comparison
{
    /// <summary>Prints both sides and the ratio of their times, which is above 1 when Millrace is faster.</summary>
    public static void Print(string title, long rows, long bytes, int pairs, string peer, long peerBaseBytes, Func<Measurement> millrace, Func<Measurement> other)
    {
        var ours = new List<Measurement>();
        var theirs = new List<Measurement>();
        for (int i = 0; i < pairs; i++)
        {
            ours.Add(millrace());
            theirs.Add(other());
            if (ours[^1].Result != theirs[^1].Result)
            {
                throw new InvalidOperationException($"{title}: the results differ.\nmillrace: {ours[^1].Result}\n{peer}: {theirs[^1].Result}");
            }
        }

        Console.WriteLine($"{title}: {rows:N0} rows, {bytes / 1e6:N0} MB, {pairs} pairs, results equal");
        Side("millrace", ours, rows, bytes, 0);
        Side(peer, theirs, rows, bytes, peerBaseBytes);
        double ratio = Median(theirs, m => m.Seconds) / Median(ours, m => m.Seconds);
        double cpu = Median(theirs, m => m.Run.CpuSeconds) / Median(ours, m => m.Run.CpuSeconds);
        double memory = Median(ours, m => m.Run.PeakBytes) / (Median(theirs, m => m.Run.PeakBytes) - peerBaseBytes);
        Console.WriteLine($"  ratio: {ratio:0.00}x its speed, {cpu:0.00}x its work per CPU second, {memory:0.00}x its peak memory");
    }

    private static void Side(string name, List<Measurement> runs, long rows, long bytes, long baseBytes)
    {
        double seconds = Median(runs, m => m.Seconds);
        double peak = Median(runs, m => m.Run.PeakBytes);
        string note = baseBytes > 0 ? $" ({baseBytes / 1e6:0} MB of it before any work)" : "";
        Console.WriteLine(
            $"  {name,-10} {seconds,8:0.000} s  {rows / seconds / 1e6,7:0.00} M rows/s  {bytes / seconds / 1e6,7:0} MB/s  "
            + $"{Median(runs, m => m.Run.CpuSeconds),7:0.00} CPU s  {peak / 1e6,6:0} MB peak{note}");
    }

    private static double Median(List<Measurement> runs, Func<Measurement, double> figure)
    {
        double[] sorted = [.. runs.Select(figure).Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
