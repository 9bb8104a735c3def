namespace Millrace.Bench.Peers;

/// <summary>
/// Merges changed rows, one in a hundred and spread over all keys, into a table. Without a table format a peer writes the whole file anew:
/// the rows that did not change, and the changed ones. Millrace's time has the start of its process in it, DuckDB's has not.
/// </summary>
internal static class IcebergMergeWorkload
{
    private const long DefaultRows = 10_000_000;
    private const int Part = 100;

    private static readonly string Columns = "id, customer, region, amount, note, placed";

    public static void Run(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        string table = Path.Combine(Folders.Data, $"merge-base-{rows}.parquet");
        string changes = Path.Combine(Folders.Data, $"merge-changes-{rows}.parquet");
        Make(table, $"range({rows}) t(i)", "'row ' || (i * 7919 % 100003)");
        Make(changes, $"(SELECT i * {Part} + i * 31 % {Part} AS i FROM range({rows / Part}) r(i))", "'changed ' || i");
        string lake = Path.Combine(Folders.Data, "merge-lake");
        string copy = Path.Combine(Folders.Data, "merge-copy");
        string back = Path.Combine(Folders.Data, "merge-millrace.parquet");
        string theirs = Path.Combine(Folders.Data, "merge-duckdb.parquet");
        Empty(lake);
        ChildRun first = MillraceProgram.Run("copy", table, lake, "--format", "iceberg");
        ChildRun plain = MillraceProgram.Run("copy", table, back, "--overwrite");
        Console.WriteLine($"  all rows: {first.Seconds:0.00} s into a new Iceberg table, {plain.Seconds:0.00} s into a plain Parquet file");
        foreach (string way in new[] { "merge_on_read", "equality_deletes", "copy_on_write" })
        {
            Comparison.Print(
                $"iceberg-merge, {way}",
                rows / Part,
                new FileInfo(table).Length,
                options.Pairs,
                "DuckDB",
                DuckDb.BaseBytes,
                () =>
                {
                    Empty(copy);
                    ChildProcess.Run("cp", "-a", lake + "/.", copy);
                    ChildRun run = MillraceProgram.Run("copy", changes, $"iceberg://{copy}?row_changes={way}", "--write", "merge", "--key", "id");
                    MillraceProgram.Run("copy", $"iceberg://{copy}", back, "--overwrite");
                    return new Measurement(run.Seconds, run, Fingerprint(back));
                },
                () => DuckDb.Run(2, $"COPY (SELECT * FROM '{table}' b ANTI JOIN '{changes}' c USING (id) UNION ALL SELECT * FROM '{changes}') TO '{theirs}' (FORMAT parquet, COMPRESSION zstd)") with { Result = Fingerprint(theirs) });
        }

        Directory.Delete(lake, recursive: true);
        Directory.Delete(copy, recursive: true);
        File.Delete(back);
        File.Delete(theirs);
    }

    private static void Make(string path, string from, string note)
    {
        if (!File.Exists(path))
        {
            DuckDb.Run(2, $"""
                COPY (SELECT i AS id, i * 2654435761 % 1000003 AS customer, ['eu', 'us', 'ap'][i % 3 + 1] AS region,
                    (i * 37 % 100000)::decimal(12,2) AS amount, {note} AS note, DATE '2020-01-01' + (i % 2000)::integer AS placed
                FROM {from}) TO '{path}.part' (FORMAT parquet)
                """);
            File.Move(path + ".part", path);
        }
    }

    private static void Empty(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
    }

    private static string Fingerprint(string path)
        => DuckDb.Query($"SELECT count(*), bit_xor(hash({Columns})), sum(hash({Columns})) FROM read_parquet('{path}')");
}
