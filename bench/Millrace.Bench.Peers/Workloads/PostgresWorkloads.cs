using System.Text.Json;

namespace Millrace.Bench.Peers;

/// <summary>Tables of a PostgreSQL server, read and written, against its own COPY.</summary>
internal static class PostgresWorkloads
{
    private const long DefaultRows = 2_000_000;

    private const string Columns = "i AS id, i % 1000 AS customer, ((i % 100000) / 100.0)::numeric(12,2) AS amount, i * 0.5::float8 AS weight, 'note ' || i AS note, TIMESTAMPTZ '2026-01-01' + i * interval '1 second' AS at, i % 7 = 0 AS open";
    private const string Sums = "count(*), sum(id), sum(customer), sum(amount), sum(weight), count(DISTINCT note), max(at)";

    public static void Read(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        using var server = new PostgresPeer();
        long bytes = Make(server, rows);
        string parquet = Path.Combine(Folders.Data, "postgres.parquet");
        string back = $"{server.Location}?stream=public.back&write=overwrite";
        string expected = server.Ask($"SELECT {Sums} FROM big");
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"postgres-read, table to Parquet, {threads} thread(s)", rows, bytes, options.Pairs, "COPY", 0,
                () => Measure(MillraceProgram.Run("copy", $"{server.Location}?stream=public.big", parquet, "--overwrite", "--threads", $"{threads}"), ""),
                () => Measure(server.Psql("COPY big TO STDOUT (FORMAT binary)", "/dev/null"), ""));
        }

        MillraceProgram.Run("copy", parquet, back);
        string found = server.Ask($"SELECT {Sums} FROM back");
        Console.WriteLine(found == expected ? "  what was read is what the table has" : throw new InvalidOperationException($"The rows read differ: {found}, expected {expected}"));
        File.Delete(parquet);
    }

    public static void Write(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        using var server = new PostgresPeer();
        long bytes = Make(server, rows);
        string parquet = Path.Combine(Folders.Data, "postgres.parquet");
        string csv = Path.Combine(Folders.Data, "postgres.csv");
        MillraceProgram.Run("copy", $"{server.Location}?stream=public.big", parquet, "--overwrite");
        server.Psql("COPY big TO STDOUT (FORMAT csv)", csv);
        server.Psql("CREATE TABLE ours (LIKE big); CREATE TABLE theirs (LIKE big)");
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"postgres-write, Parquet to table, {threads} thread(s)", rows, bytes, options.Pairs, "\\copy csv", 0,
                () => Written("ours", () => MillraceProgram.Run("copy", parquet, $"{server.Location}?stream=public.ours&write=append", "--threads", $"{threads}")),
                () => Written("theirs", () => server.Psql($"\\copy theirs FROM '{csv}' (FORMAT csv)")));
        }

        File.Delete(parquet);
        File.Delete(csv);

        Measurement Written(string table, Func<ChildRun> write)
        {
            server.Psql($"TRUNCATE {table}");
            return Measure(write(), "") with { Result = server.Ask($"SELECT {Sums} FROM {table}") };
        }
    }

    /// <summary>The same rows as one table and as many, copied by one command.</summary>
    public static void Tables(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        using var server = new PostgresPeer();
        string folder = Path.Combine(Folders.Data, "postgres-tables") + "/";
        int[] counts = [1, 5, 10, 20];
        foreach (int count in counts)
        {
            server.Psql($"CREATE SCHEMA t{count}");
            for (int i = 0; i < count; i++)
            {
                server.Psql($"CREATE TABLE t{count}.part{i} AS SELECT {Columns} FROM generate_series({(rows / count * i) + 1}, {rows / count * (i + 1)}) i");
            }
        }

        server.Psql("ANALYZE");
        var seconds = counts.ToDictionary(c => c, _ => new List<ChildRun>());
        for (int pair = 0; pair < options.Pairs; pair++)
        {
            foreach (int count in counts)
            {
                ChildRun run = MillraceProgram.Run("copy", $"{server.Location}?stream=t{count}.*", folder, "--overwrite", "--parallel", $"{count}", "--json");
                long found = JsonDocument.Parse(run.Output).RootElement.GetProperty("rows").GetInt64();
                seconds[count].Add(found == rows / count * count ? run : throw new InvalidOperationException($"{count} tables: {found} rows of {rows}"));
                Directory.Delete(folder, recursive: true);
            }
        }

        double one = Median(seconds[1], r => r.Seconds);
        foreach (int count in counts)
        {
            double time = Median(seconds[count], r => r.Seconds);
            Console.WriteLine($"{count,2} table(s) at once: {rows:N0} rows, {time:0.00} s, {rows / time / 1e6:0.00} M rows/s, {one / time:0.00}x one table, {Median(seconds[count], r => r.PeakBytes) / 1e6:0} MB peak");
        }
    }

    private static long Make(PostgresPeer server, long rows)
    {
        server.Psql($"CREATE TABLE big AS SELECT {Columns} FROM generate_series(1, {rows}) i; ANALYZE big");
        return long.Parse(server.Ask("SELECT pg_relation_size('big')"), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Measurement Measure(ChildRun run, string result) => new(run.Seconds, run, result);

    private static double Median(List<ChildRun> runs, Func<ChildRun, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);
}
