using System.Globalization;

namespace Millrace.Bench.Peers;

/// <summary>
/// Sums over a few columns of a file. This program is the Millrace side: it reads through the format and adds up columns.
/// Each process scans three times and counts the fastest, so that what a first turn compiles and loads is on neither side.
/// </summary>
internal static class ScanWorkloads
{
    private const long DefaultRows = 6_000_000;
    private const int Turns = 3;

    public static void Csv(BenchOptions options)
    {
        string path = Lineitem.Csv(options.Rows ?? DefaultRows);
        string read = Lineitem.Read(path);
        Compare("csv-scan", options, path, "l_quantity:decimal(15,2),l_extendedprice:decimal(15,2)", read[read.IndexOf("read_csv", StringComparison.Ordinal)..]);
    }

    public static void Parquet(BenchOptions options)
    {
        string path = Lineitem.Parquet(options.Rows ?? DefaultRows);
        Compare(
            "parquet-scan",
            options,
            path,
            "l_orderkey:bigint,l_partkey:bigint,l_quantity:decimal(15,2),l_extendedprice:decimal(15,2),l_shipmode:varchar",
            $"read_parquet('{path}')");
    }

    public static void Json(BenchOptions options)
    {
        string path = Trades.Json(options.Rows ?? 4_000_000);
        Compare("json-scan", options, path, "symbol:varchar,price:decimal(12,2),quantity:bigint", $"read_ndjson('{path}', columns = {{symbol: 'varchar', price: 'decimal(12,2)', quantity: 'bigint'}})");
    }

    /// <summary>DuckDB's Avro extension comes from the network, so the peer is Polars, whose reader uses one thread.</summary>
    public static void Avro(BenchOptions options)
    {
        const string columns = "l_orderkey:bigint,l_partkey:bigint,l_shipmode:varchar,l_comment:varchar";
        long rows = options.Rows ?? 3_000_000;
        string path = LineitemAvro.Write(rows);
        string[] names = [.. SplitColumns(columns).Select(c => c[..c.IndexOf(':', StringComparison.Ordinal)])];
        string one = Path.Combine(Folders.Data, "one-row.avro");
        File.WriteAllText(Path.ChangeExtension(one, ".csv"), "id\n1\n");
        MillraceProgram.Run("copy", Path.ChangeExtension(one, ".csv"), one, "--overwrite");
        long idle = Polars.ScanAvro(one, 1, ["id"]).Run.PeakBytes;
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"avro-scan, {threads} thread(s)",
                rows,
                new FileInfo(path).Length,
                options.Pairs,
                "Polars",
                idle,
                () => Measurement.OfAnswer(ChildProcess.Run(Environment.ProcessPath!, "scan", path, columns, $"{threads}", $"{Turns}")),
                () => Polars.ScanAvro(path, Turns, names));
        }
    }

    private static void Compare(string title, BenchOptions options, string path, string columns, string relation)
    {
        string[] sums = [.. SplitColumns(columns)];
        string sql = $"SELECT count(*)::varchar, {string.Join(", ", sums.Select(SumOf))} FROM {relation}";
        long rows = long.Parse(DuckDb.Query($"SELECT count(*)::varchar FROM {relation}").Trim('[', ']', '"'), CultureInfo.InvariantCulture);
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"{title}, {threads} thread(s)",
                rows,
                new FileInfo(path).Length,
                options.Pairs,
                "DuckDB",
                DuckDb.BaseBytes,
                () => Measurement.OfAnswer(ChildProcess.Run(Environment.ProcessPath!, "scan", path, columns, $"{threads}", $"{Turns}")),
                () => DuckDb.Run(threads, sql, Turns));
        }
    }

    // Text counts by its bytes, so that it has to be decoded.
    private static string SumOf(string column)
    {
        string name = column[..column.IndexOf(':', StringComparison.Ordinal)];
        return column.EndsWith(":varchar", StringComparison.Ordinal) ? $"sum(strlen({name}))::varchar" : $"sum({name})::varchar";
    }

    /// <summary>Columns as <c>name:type</c>; commas inside of parentheses belong to a type.</summary>
    internal static IEnumerable<string> SplitColumns(string columns)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i < columns.Length; i++)
        {
            depth += columns[i] == '(' ? 1 : columns[i] == ')' ? -1 : 0;
            if (columns[i] == ',' && depth == 0)
            {
                yield return columns[start..i];
                start = i + 1;
            }
        }

        yield return columns[start..];
    }
}
