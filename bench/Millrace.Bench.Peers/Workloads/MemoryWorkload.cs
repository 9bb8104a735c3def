namespace Millrace.Bench.Peers;

/// <summary>Peak memory of copies: of growing length, which it must not grow with, and of shapes that need the most.</summary>
internal static class MemoryWorkload
{
    private const long DefaultRows = 750_000;
    private const int Doublings = 4;
    private const long WideRows = 100_000;
    private const long PartitionedRows = 200_000;

    public static void Run(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        string parquet = Path.Combine(Folders.Data, "memory.parquet");
        string csv = Path.Combine(Folders.Data, "memory.csv");
        string folder = Path.Combine(Folders.Data, "memory") + "/";
        foreach (int threads in options.Threads)
        {
            long last = rows << (Doublings - 1);
            for (long length = rows; length <= last; length *= 2)
            {
                Print("CSV to Parquet", length, threads, Lineitem.Csv(length), parquet);
            }

            Print("Parquet to CSV", last, threads, parquet, csv);
            Print("DuckDB's Parquet to CSV", last, threads, Lineitem.Parquet(last), csv);
            Print("200 columns, CSV to Parquet", WideRows, threads, Wide.Csv(WideRows), parquet);
            Print("200 columns, Parquet to CSV", WideRows, threads, parquet, csv);
            Print("500 partitions, Parquet", PartitionedRows, threads, Lineitem.Csv(PartitionedRows), folder, "--format", "parquet", "--partition", "bucket(500, l_orderkey)");
        }

        File.Delete(parquet);
        File.Delete(csv);
        Directory.Delete(folder, recursive: true);
    }

    private static void Print(string title, long rows, int threads, string source, string target, params string[] options)
    {
        ChildRun run = MillraceProgram.Run(["copy", source, target, "--overwrite", "--threads", $"{threads}", .. options]);
        Console.WriteLine(
            $"{title,-28} {threads} thread(s) {rows,12:N0} rows {new FileInfo(source).Length / 1e6,7:N0} MB: {run.PeakBytes / 1e6,5:0} MB peak, {run.Seconds:0.0} s, {run.CpuSeconds:0.0} CPU s");
    }
}
