namespace Millrace.Bench.Peers;

/// <summary>Files copied from one format to another by the program itself.</summary>
internal static class CopyWorkloads
{
    private const long DefaultRows = 6_000_000;

    public static void CsvToParquet(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        string csv = Lineitem.Csv(rows);
        string ours = Path.Combine(Folders.Data, "millrace.parquet");
        string theirs = Path.Combine(Folders.Data, "duckdb.parquet");
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"csv-parquet, {threads} thread(s)",
                rows,
                new FileInfo(csv).Length,
                options.Pairs,
                "DuckDB",
                DuckDb.BaseBytes,
                () =>
                {
                    ChildRun run = MillraceProgram.Run("copy", csv, ours, "--overwrite", "--columns", Lineitem.ColumnList, "--threads", $"{threads}");
                    return new Measurement(run.Seconds, run, Lineitem.Fingerprint(ours));
                },
                () => DuckDb.Run(threads, $"COPY ({Lineitem.Read(csv)}) TO '{theirs}' (FORMAT parquet)") with { Result = Lineitem.Fingerprint(theirs) });
            Console.WriteLine($"  files: millrace {new FileInfo(ours).Length / 1e6:0} MB, DuckDB {new FileInfo(theirs).Length / 1e6:0} MB");
        }

        File.Delete(ours);
        File.Delete(theirs);
    }
}
