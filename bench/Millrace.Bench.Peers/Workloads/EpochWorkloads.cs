using System.Diagnostics;
using Millrace.Runtime;

namespace Millrace.Bench.Peers;

/// <summary>What commits cost, how strategies compare, how soon a job is back, and that a slow target costs no memory.</summary>
internal static class EpochWorkloads
{
    private const long DeliveryRows = 1_500_000;
    private const long SmallRows = 20_000;

    /// <summary>The same job with and without commits that can be relied on.</summary>
    public static void Delivery(BenchOptions options)
    {
        string csv = Lineitem.Csv(options.Rows ?? DeliveryRows);
        string target = Path.Combine(Folders.Data, "delivery") + "/";

        // The first runs of a process compile its code.
        EpochJobs.Run(EpochJobs.Job(csv, EpochJobs.Folder(EpochJobs.ExactlyOnce, target, "parquet"), null, 2), target);
        foreach (int threads in options.Threads)
        {
            foreach ((string name, BatchSpec? batch) in new (string, BatchSpec?)[]
            {
                ("one epoch a run", null),
                ("an epoch every 50 000 rows", new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = 50_000 }),
            })
            {
                var exact = new List<(double Seconds, RunSummary Summary)>();
                var least = new List<(double Seconds, RunSummary Summary)>();
                for (int i = 0; i < options.Pairs; i++)
                {
                    exact.Add(EpochJobs.Run(EpochJobs.Job(csv, EpochJobs.Folder(EpochJobs.ExactlyOnce, target, "parquet"), batch, threads), target));
                    least.Add(EpochJobs.Run(EpochJobs.Job(csv, EpochJobs.Folder(EpochJobs.AtLeastOnce, target, "parquet"), batch, threads), target));
                }

                if (exact[0].Summary.Rows != least[0].Summary.Rows || exact[0].Summary.BytesWritten != least[0].Summary.BytesWritten)
                {
                    throw new InvalidOperationException($"{name}: the two sides wrote different files.");
                }

                double ours = Median(exact.Select(e => e.Seconds));
                double theirs = Median(least.Select(e => e.Seconds));
                int epochs = exact[0].Summary.Epochs;
                Console.WriteLine($"{threads} thread(s), {name}, {epochs} epochs: exactly once {ours:0.000} s, at least once {theirs:0.000} s, {theirs / ours:0.00}x its throughput, {(ours - theirs) * 1000 / epochs:0.0} ms a commit");
            }
        }

        Directory.Delete(target, recursive: true);
    }

    /// <summary>Small rows with each strategy, against one row at a time.</summary>
    public static void Batching(BenchOptions options)
    {
        string json = Trades.Json(options.Rows ?? SmallRows);
        string target = Path.Combine(Folders.Data, "batching") + "/";
        double single = 0;
        EpochJobs.Run(EpochJobs.Job(json, EpochJobs.Folder(EpochJobs.ExactlyOnce, target, "json"), new BatchSpec { Strategy = BatchStrategy.FixedSize }, 1) with { Limit = 1_000 }, target);
        foreach ((string name, BatchSpec batch, long rows) in new (string, BatchSpec, long)[]
        {
            ("low_latency, one row", new BatchSpec { Strategy = BatchStrategy.LowLatency }, 1_000),
            ("low_latency, 100 rows or 1 ms", new BatchSpec { Strategy = BatchStrategy.LowLatency, Size = 100 }, SmallRows),
            ("fixed_size", new BatchSpec { Strategy = BatchStrategy.FixedSize }, SmallRows),
            ("adaptive_size", new BatchSpec { Strategy = BatchStrategy.AdaptiveSize }, SmallRows),
            ("memory_based", new BatchSpec { Strategy = BatchStrategy.MemoryBased }, SmallRows),
            ("time_window", new BatchSpec { Strategy = BatchStrategy.TimeWindow }, SmallRows),
        })
        {
            Pipeline job = EpochJobs.Job(json, EpochJobs.Folder(EpochJobs.ExactlyOnce, target, "json"), batch, 1) with { Limit = rows };
            (double seconds, RunSummary summary) = EpochJobs.Run(job, target);
            double rate = summary.Rows / seconds;
            single = single == 0 ? rate : single;
            Console.WriteLine($"{name,-30} {summary.Epochs,6:N0} epochs  {rate,10:N0} rows/s  {rate / single,7:0.0}x of one row at a time  {seconds * 1000 / summary.Epochs,7:0.00} ms an epoch");
        }

        Directory.Delete(target, recursive: true);
    }

    /// <summary>From the start of a run to its first new commit, when it finds much progress to take up.</summary>
    public static void Recovery(BenchOptions options)
    {
        int files = (int)(options.Rows ?? 10_000);
        string source = Path.Combine(Folders.Data, $"inbox-{files}");
        if (!Directory.Exists(source))
        {
            Directory.CreateDirectory(source);
            for (int i = 0; i < files; i++)
            {
                File.WriteAllText(Path.Combine(source, $"{i:D6}.csv"), $"id,name\n{i},row {i}\n");
            }
        }

        string target = Path.Combine(Folders.Data, "recovery") + "/";
        EpochJobs.Run(EpochJobs.Job(source, EpochJobs.Folder(EpochJobs.ExactlyOnce, target, "parquet"), null, 2), target);
        var times = new List<double>();
        for (int i = 0; i < options.Pairs; i++)
        {
            string extra = Path.Combine(source, $"x{i}.csv");
            File.WriteAllText(extra, $"id,name\n{i},new\n");
            (double seconds, RunSummary summary) = EpochJobs.Run(EpochJobs.Job(source, EpochJobs.Folder(EpochJobs.ExactlyOnce, target, "parquet"), null, 2));
            File.Delete(extra);
            if (summary.Rows != 1)
            {
                throw new InvalidOperationException($"The run after a recovery wrote {summary.Rows} rows instead of 1.");
            }

            times.Add(seconds);
        }

        Console.WriteLine($"{files:N0} files in the checkpoint: {Median(times):0.000} s from the start of a run to its first new commit");
        Directory.Delete(target, recursive: true);
    }

    /// <summary>A target that is much slower than the source.</summary>
    public static void SlowSink(BenchOptions options)
    {
        foreach (long rows in new[] { 750_000L, 3_000_000L })
        {
            string csv = Lineitem.Csv(rows);
            var sink = new Endpoint("slow", new SlowConnector(TimeSpan.FromMilliseconds(2)), new object());
            using var process = Process.GetCurrentProcess();
            (double seconds, RunSummary _) = EpochJobs.Run(EpochJobs.Job(csv, sink, null, options.Threads[^1]));
            process.Refresh();
            Console.WriteLine($"{rows,10:N0} rows, {new FileInfo(csv).Length / 1e6,6:N0} MB: {seconds:0.0} s, {process.PeakWorkingSet64 / 1e6:0} MB peak of this process so far");
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
