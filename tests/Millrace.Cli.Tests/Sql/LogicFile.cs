using System.Text;

namespace Millrace.Cli.Tests.Sql;

/// <summary>
/// A file of sqllogictest records: statements that succeed or fail, and queries with the rows they give, one row a line with
/// tabs between values. <c>skipif duckdb</c> and <c>onlyif duckdb</c> stand above records where the dialects differ.
/// </summary>
internal sealed class LogicFile
{
    private const string Separator = "----";

    private LogicFile(string path, List<LogicRecord> records)
    {
        Path = path;
        Records = records;
    }

    public string Path { get; }

    public IReadOnlyList<LogicRecord> Records { get; }

    public static string Folder => System.IO.Path.Combine(TestKit.GoldenFile.Root(), "tests", "sql");

    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.slt", SearchOption.AllDirectories).Select(p => System.IO.Path.GetRelativePath(Folder, p)).Order(StringComparer.Ordinal);

    public static LogicFile Read(string name)
    {
        string path = System.IO.Path.Combine(Folder, name);
        string[] lines = File.ReadAllLines(path);
        var records = new List<LogicRecord>();
        for (int at = 0; at < lines.Length;)
        {
            int start = at;
            while (at < lines.Length && lines[at].Length > 0)
            {
                at++;
            }

            if (at > start)
            {
                records.Add(Parse(path, start, lines[start..at]));
            }

            at++;
        }

        return new LogicFile(path, records);
    }

    /// <summary>Writes the file with other results.</summary>
    public void Write(IEnumerable<LogicRecord> records)
    {
        var text = new StringBuilder();
        foreach (LogicRecord record in records)
        {
            text.Append(text.Length > 0 ? "\n" : "");
            foreach (string line in record.Head)
            {
                text.Append(line).Append('\n');
            }

            if (record.Kind != LogicKind.Comment)
            {
                text.Append(record.Sql).Append('\n');
            }

            if (record.Kind == LogicKind.Query)
            {
                text.Append(Separator).Append('\n');
                foreach (string row in record.Rows)
                {
                    text.Append(row).Append('\n');
                }
            }
        }

        File.WriteAllText(Path, text.ToString());
    }

    private static LogicRecord Parse(string path, int line, string[] lines)
    {
        int head = Array.FindIndex(lines, l => l.StartsWith("statement", StringComparison.Ordinal) || l.StartsWith("query", StringComparison.Ordinal));
        if (head < 0)
        {
            return new LogicRecord { Line = line + 1, Head = lines };
        }

        string[] words = lines[head].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int separator = Array.IndexOf(lines, Separator);
        int end = separator < 0 ? lines.Length : separator;
        bool statement = words[0] == "statement";
        return new LogicRecord
        {
            Line = line + head + 1,
            Head = lines[..(head + 1)],
            Kind = !statement ? LogicKind.Query : words[1] == "ok" ? LogicKind.Statement : words[1] == "error" ? LogicKind.Error : throw new FormatException($"{path}:{line + head + 1}: statement ok or statement error"),
            Code = statement && words.Length > 2 ? words[2] : null,
            Sorted = words.Contains("rowsort"),
            Sql = string.Join('\n', lines[(head + 1)..end]),
            Rows = separator < 0 ? [] : lines[(separator + 1)..],
            SkipsDuckDb = lines[..head].Contains("skipif duckdb"),
            OnlyDuckDb = lines[..head].Contains("onlyif duckdb"),
        };
    }
}

internal enum LogicKind
{
    Comment,
    Statement,
    Error,
    Query,
}

internal sealed record LogicRecord
{
    public required int Line { get; init; }

    /// <summary>Comments, conditions, and the line that says what the record is.</summary>
    public required IReadOnlyList<string> Head { get; init; }

    public LogicKind Kind { get; init; }

    /// <summary>The code of the error that is expected.</summary>
    public string? Code { get; init; }

    /// <summary>Whether the order of rows does not matter.</summary>
    public bool Sorted { get; init; }

    public string Sql { get; init; } = "";

    public IReadOnlyList<string> Rows { get; init; } = [];

    public bool SkipsDuckDb { get; init; }

    public bool OnlyDuckDb { get; init; }
}
