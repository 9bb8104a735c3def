namespace Millrace.Bench.Peers;

/// <summary>Tables of a MariaDB server, read and written, against its own client.</summary>
internal static class MySqlWorkloads
{
    private const long DefaultRows = 2_000_000;

    private const string Shape = "(id int NOT NULL PRIMARY KEY, customer int NOT NULL, amount decimal(12,2) NOT NULL, weight double, note varchar(40), at datetime, open tinyint)";
    private const string Columns = "seq AS id, seq % 1000 AS customer, (seq % 100000) / 100 AS amount, seq * 0.5e0 AS weight, concat('note ', seq) AS note, '2026-01-01' + INTERVAL seq SECOND AS at, seq % 7 = 0 AS open";
    private const string Sums = "count(*), sum(id), sum(customer), sum(amount), sum(weight), count(DISTINCT note), max(at), sum(open)";

    public static void Read(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        using var server = new MariaDbPeer();
        long bytes = Make(server, rows);
        string parquet = Path.Combine(Folders.Data, "mysql.parquet");
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"mysql-read, table to Parquet, {threads} thread(s)", rows, bytes, options.Pairs, "mariadb", 0,
                () => Measure(MillraceProgram.Run("copy", $"{server.Location}?stream=bench.big", parquet, "--overwrite", "--threads", $"{threads}"), ""),
                () => Measure(server.Client("SELECT * FROM big", "/dev/null"), ""));
        }

        server.Client($"CREATE TABLE back {Shape}");
        MillraceProgram.Run("copy", parquet, $"{server.Location}?stream=bench.back&write=append");
        (string expected, string found) = (server.Ask($"SELECT {Sums} FROM big"), server.Ask($"SELECT {Sums} FROM back"));
        Console.WriteLine(found == expected ? "  what was read is what the table has" : throw new InvalidOperationException($"The rows read differ: {found}, expected {expected}"));
        File.Delete(parquet);
    }

    public static void Write(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        using var server = new MariaDbPeer();
        long bytes = Make(server, rows);
        string parquet = Path.Combine(Folders.Data, "mysql.parquet");
        string text = Path.Combine(Folders.Data, "mysql.tsv");
        MillraceProgram.Run("copy", $"{server.Location}?stream=bench.big", parquet, "--overwrite");
        server.Client("SELECT * FROM big", text);
        server.Client("CREATE TABLE ours LIKE big; CREATE TABLE theirs LIKE big");
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"mysql-write, Parquet to table, {threads} thread(s)", rows, bytes, options.Pairs, "LOAD DATA", 0,
                () => Written("ours", () => MillraceProgram.Run("copy", parquet, $"{server.Location}?stream=bench.ours&write=append", "--threads", $"{threads}")),
                () => Written("theirs", () => server.Client($"LOAD DATA LOCAL INFILE '{text}' INTO TABLE theirs")));
        }

        File.Delete(parquet);
        File.Delete(text);

        Measurement Written(string table, Func<ChildRun> write)
        {
            server.Client($"TRUNCATE {table}");
            return Measure(write(), "") with { Result = server.Ask($"SELECT {Sums} FROM {table}") };
        }
    }

    private static long Make(MariaDbPeer server, long rows)
    {
        server.Client($"CREATE TABLE big {Shape} AS SELECT {Columns} FROM seq_1_to_{rows}; ANALYZE TABLE big");
        return long.Parse(server.Ask("SELECT data_length FROM information_schema.tables WHERE table_schema = 'bench' AND table_name = 'big'"), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Measurement Measure(ChildRun run, string result) => new(run.Seconds, run, result);
}
