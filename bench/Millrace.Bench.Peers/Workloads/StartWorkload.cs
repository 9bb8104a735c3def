namespace Millrace.Bench.Peers;

/// <summary>The time to start and to do next to nothing.</summary>
internal static class StartWorkload
{
    public static void Run(BenchOptions options)
    {
        string csv = Path.Combine(Folders.Data, "one-row.csv");
        string parquet = Path.Combine(Folders.Data, "one-row.parquet");
        File.WriteAllText(csv, "id,name\n1,one\n");
        int runs = options.Pairs * 2;
        Print("millrace --version", runs, () => MillraceProgram.Run("--version"));
        Print("millrace copy one-row.csv one-row.parquet", runs, () => MillraceProgram.Run("copy", csv, parquet, "--overwrite"));
        Print("node duckdb.mjs 'SELECT 1'", runs, () => DuckDb.Run(1, "SELECT 1").Run);
    }

    private static void Print(string title, int runs, Func<ChildRun> run)
    {
        run();
        ChildRun[] sorted = [.. Enumerable.Range(0, runs).Select(_ => run()).OrderBy(r => r.Seconds)];
        ChildRun median = sorted[runs / 2];
        Console.WriteLine($"{title,-44} {median.Seconds * 1000,6:0} ms  {median.CpuSeconds * 1000,6:0} CPU ms  {median.PeakBytes / 1e6,5:0} MB peak");
    }
}
