namespace Millrace.Bench.Peers;

/// <summary>Copies of growing length: peak memory must not grow with them.</summary>
internal static class MemoryWorkload
{
    private const long DefaultRows = 750_000;
    private const int Doublings = 4;

    public static void Run(BenchOptions options)
    {
        string target = Path.Combine(Folders.Data, "memory.parquet");
        foreach (int threads in options.Threads)
        {
            for (int i = 0; i < Doublings; i++)
            {
                long rows = (options.Rows ?? DefaultRows) << i;
                string csv = Lineitem.Csv(rows);
                ChildRun run = MillraceProgram.Run("copy", csv, target, "--overwrite", "--threads", $"{threads}");
                Console.WriteLine($"{threads} thread(s), {rows,12:N0} rows, {new FileInfo(csv).Length / 1e6,7:N0} MB: {run.PeakBytes / 1e6,5:0} MB peak, {run.Seconds:0.0} s");
            }
        }

        File.Delete(target);
    }
}
