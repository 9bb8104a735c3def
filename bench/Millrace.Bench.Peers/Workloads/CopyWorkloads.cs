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
        string columns = string.Join(',', Lineitem.Columns.Select(c => $"{c.Name}:{c.Type}"));
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
                    ChildRun run = MillraceProgram.Run("copy", csv, ours, "--overwrite", "--columns", columns, "--threads", $"{threads}");
                    return new Measurement(run.Seconds, run, Fingerprint(ours));
                },
                () => DuckDb.Run(threads, $"COPY ({Lineitem.Read(csv)}) TO '{theirs}' (FORMAT parquet)") with { Result = Fingerprint(theirs) });
            Console.WriteLine($"  files: millrace {new FileInfo(ours).Length / 1e6:0} MB, DuckDB {new FileInfo(theirs).Length / 1e6:0} MB");
        }

        File.Delete(ours);
        File.Delete(theirs);
    }

    // Independent of the order of rows; each row counts with all of its columns.
    private static string Fingerprint(string path)
    {
        string row = string.Join(", ", Lineitem.Columns.Select(c => $"CAST({c.Name} AS {c.Type})"));
        return DuckDb.Query($"SELECT count(*), bit_xor(hash({row})), sum(hash({row})) FROM read_parquet('{path}')");
    }
}
