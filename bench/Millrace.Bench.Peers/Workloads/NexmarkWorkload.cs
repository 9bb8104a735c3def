using System.Text.Json;
using System.Text.RegularExpressions;
using Millrace.TestKit.Nexmark;

namespace Millrace.Bench.Peers;

/// <summary>
/// The queries of Nexmark over JSON lines. Both sides read the files in each turn; of the rows they give the number and the
/// greatest value of every column, so that all columns are made but no side is measured by how it prints.
/// </summary>
internal static partial class NexmarkWorkload
{
    private const int Turns = 8;

    private static readonly NexmarkKind[] Kinds = Enum.GetValues<NexmarkKind>();

    public static void Run(BenchOptions options)
    {
        long events = options.Rows ?? 1_000_000;
        string data = Auctions.Folder(events);
        string queries = Path.Combine(Folders.Root, "tests", "sql", "nexmark");
        string ours = string.Concat(Kinds.Select(k => $"CREATE TABLE {k} ({Columns(k)}) WITH (location = '{FileOf(data, k)}');\n"));
        string theirs = string.Join("; ", Kinds.Select(k => $"CREATE VIEW {k} AS SELECT * FROM read_ndjson('{FileOf(data, k)}', columns = {{{DuckDbColumns(k)}}})"));
        foreach (string path in Directory.EnumerateFiles(queries, "q??.sql").Order(StringComparer.Ordinal))
        {
            if (options.Query is { } only && !path.EndsWith($"q{only:00}.sql", StringComparison.Ordinal))
            {
                continue;
            }

            string query = File.ReadAllText(path);
            string own = Path.ChangeExtension(path, ".duckdb.sql");
            string columns = Describe(ours, query);
            NexmarkKind[] read = [.. Tables().Matches(query).Select(m => Enum.Parse<NexmarkKind>(m.Groups[1].Value, ignoreCase: true)).Distinct()];
            foreach (int threads in options.Threads)
            {
                Comparison.Print(
                    $"nexmark {Path.GetFileNameWithoutExtension(path)}, {threads} thread(s)",
                    events,
                    read.Sum(k => new FileInfo(FileOf(data, k)).Length),
                    options.Pairs,
                    "DuckDB",
                    DuckDb.BaseBytes,
                    () => Measurement.OfAnswer(ChildProcess.Run(Environment.ProcessPath!, "sql", $"{threads}", $"{Turns}", ours + Digest(columns, query))),
                    () => DuckDb.Run(threads, Digest(columns, File.Exists(own) ? File.ReadAllText(own) : query), Turns, theirs));
            }
        }
    }

    private static string Columns(NexmarkKind kind) => NexmarkFiles.Columns[(int)kind];

    private static string DuckDbColumns(NexmarkKind kind) => string.Join(", ", Columns(kind).Split(", ").Select(c => c.Split(' ')).Select(c => $"{c[0]}: '{c[1]}'"));

    private static string FileOf(string folder, NexmarkKind kind) => Path.Combine(folder, NexmarkFiles.Names[(int)kind]);

    private static string Digest(string columns, string query) => $"SELECT {columns} FROM (\n{query}) rows_of_query";

    // Times and floating-point numbers are brought to a spelling that both sides share. A child tells the columns, since memory
    // that this process takes would count as its children's.
    private static string Describe(string tables, string query)
    {
        ChildRun run = ChildProcess.Run(Environment.ProcessPath!, "sql", "1", "1", $"{tables}DESCRIBE SELECT * FROM (\n{query}) rows_of_query");
        using JsonDocument rows = JsonDocument.Parse(Measurement.OfAnswer(run).Result);
        IEnumerable<string> columns = rows.RootElement.EnumerateArray().Select(column => (Name: column[0].GetString()!, Type: column[1].GetString()!)).Select(c => c.Type switch
        {
            "timestamp" => $"epoch_ms(max({c.Name}))",
            "double" => $"CAST(max({c.Name}) AS decimal(38,2))",
            _ => $"max({c.Name})",
        });
        return string.Join(", ", columns.Prepend("count(*)").Select(c => $"CAST({c} AS varchar)"));
    }

    [GeneratedRegex(@"\b(?:FROM|JOIN|TABLE) (person|auction|bid)\b")]
    private static partial Regex Tables();
}
