using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Millrace.Columnar;
using Millrace.Connectors;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sdk;
using Millrace.Sql.Parsing;

namespace Millrace.Bench.Peers;

/// <summary>
/// Queries over files, by the engine inside this program and by DuckDB. Each process runs the query several times and counts
/// the fastest, so that what first turns compile and load is on neither side.
/// </summary>
internal static class SqlWorkloads
{
    private const int Turns = 8;

    public static void Stations(BenchOptions options)
    {
        long rows = options.Rows ?? 20_000_000;
        string path = Measurements.Csv(rows);
        const string query = "SELECT station, CAST(min(t) AS varchar), CAST(CAST(round(avg(t), 1) AS decimal(5,1)) AS varchar), CAST(max(t) AS varchar) FROM {0} GROUP BY station ORDER BY station";
        Compare(
            "1brc",
            options,
            rows,
            path,
            Format(query, $"'{path}' (station varchar, t decimal(4,1)) WITH (delimiter = ';', header = false)"),
            Format(query, $"read_csv('{path}', delim = ';', header = false, columns = {{station: 'varchar', t: 'decimal(4,1)'}})"));
    }

    public static void JsonWindow(BenchOptions options)
    {
        long rows = options.Rows ?? 4_000_000;
        string path = Trades.Json(rows);
        const string columns = "symbol, CAST(count(*) AS varchar), CAST(sum(quantity) AS varchar), CAST(min(price) AS varchar), CAST(max(price) AS varchar)";
        Compare(
            "json-window",
            options,
            rows,
            path,
            $"SELECT CAST(window_start AS varchar), {columns} FROM TUMBLE((SELECT * FROM '{path}' (ts timestamp, symbol varchar, price decimal(12,2), quantity bigint)), DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, symbol ORDER BY window_start, symbol",
            $"SELECT CAST(time_bucket(INTERVAL 1 MINUTE, ts) AS varchar), {columns} FROM read_ndjson('{path}', columns = {{ts: 'timestamp', symbol: 'varchar', price: 'decimal(12,2)', quantity: 'bigint'}}) GROUP BY time_bucket(INTERVAL 1 MINUTE, ts), symbol ORDER BY time_bucket(INTERVAL 1 MINUTE, ts), symbol");
    }

    public static void ParquetGroup(BenchOptions options)
    {
        long rows = options.Rows ?? 6_000_000;
        string path = Lineitem.Parquet(rows);
        const string query = "SELECT l_returnflag, l_linestatus, CAST(sum(l_quantity) AS varchar), CAST(sum(l_extendedprice) AS varchar), CAST(count(*) AS varchar), CAST(max(l_orderkey) AS varchar) FROM {0} GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus";
        Compare("parquet-group", options, rows, path, Format(query, $"'{path}'"), Format(query, $"read_parquet('{path}')"));
    }

    public static void CsvSum(BenchOptions options)
    {
        long rows = options.Rows ?? 6_000_000;
        string path = Lineitem.Csv(rows);
        const string query = "SELECT CAST(count(*) AS varchar), CAST(sum(l_quantity) AS varchar), CAST(sum(l_extendedprice) AS varchar) FROM {0}";
        string read = Lineitem.Read(path);
        Compare("csv-sum", options, rows, path, Format(query, $"'{path}' (l_quantity decimal(15,2), l_extendedprice decimal(15,2))"), Format(query, read[read.IndexOf("read_csv", StringComparison.Ordinal)..]));
    }

    /// <summary>
    /// The Millrace side: runs the last of some statements so many times and prints the fastest time and the rows; those before
    /// it run once and do not count.
    /// </summary>
    public static async Task<string> RunAsync(string sql, int threads, int turns)
    {
        var session = new SqlSession(new ConnectorRegistry(BuiltInConnectors.Assembly), Directory.GetCurrentDirectory());
        session.Settings.Threads = threads;
        IReadOnlyList<StatementSyntax> statements = SqlParser.ParseScript(new SourceText(sql));
        foreach (StatementSyntax before in statements.SkipLast(1))
        {
            await using StatementResult made = await session.ExecuteAsync(before, CancellationToken.None);
        }

        var rows = new List<string?[]>();
        double fastest = double.MaxValue;
        for (int turn = 0; turn < turns; turn++)
        {
            rows.Clear();
            long started = Stopwatch.GetTimestamp();
            await using StatementResult result = await session.ExecuteAsync(statements[^1], CancellationToken.None);
            await foreach (RecordBatch batch in result.Rows ?? AsyncEnumerable.Empty<RecordBatch>())
            {
                using (batch)
                {
                    RowText.Append(batch, rows);
                }
            }

            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{{\"seconds\":{fastest},\"rows\":{JsonSerializer.Serialize(rows, Json)}}}");
    }

    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Format(string query, string table) => query.Replace("{0}", table, StringComparison.Ordinal);

    private static void Compare(string title, BenchOptions options, long rows, string path, string ours, string theirs)
    {
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"{title}, {threads} thread(s)",
                rows,
                new FileInfo(path).Length,
                options.Pairs,
                "DuckDB",
                DuckDb.BaseBytes,
                () => Measurement.OfAnswer(ChildProcess.Run(Environment.ProcessPath!, "sql", $"{threads}", $"{Turns}", ours)),
                () => DuckDb.Run(threads, theirs, Turns));
        }
    }
}
