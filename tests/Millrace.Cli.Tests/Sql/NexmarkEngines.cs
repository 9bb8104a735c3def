using System.Text.Json.Nodes;
using Millrace.Runtime.Sql;
using Millrace.TestKit;
using Millrace.TestKit.Nexmark;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Files of events, made once for all queries, with a session of ours and DuckDB's view of them.</summary>
public sealed class NexmarkEngines : IDisposable
{
    private const int Events = 50_000;

    // Ten minutes, so that there are many windows and sessions that end, with events up to two seconds late.
    private static readonly NexmarkOptions Options = new() { EventsPerSecond = 80, Disorder = TimeSpan.FromSeconds(2) };

    private static readonly string QueryFolder = Path.Combine(GoldenFile.Root(), "tests", "sql", "nexmark");

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string[]> _answers = [];
    private readonly string _session;
    private bool _loaded;

    public NexmarkEngines()
        : this(Options, Events)
    {
    }

    /// <summary>The same for other events.</summary>
    internal NexmarkEngines(NexmarkOptions options, int events)
    {
        _session = $"nexmark {events}";
        NexmarkFiles.Write(_folder.Path, options, events);
    }

    public static IEnumerable<string> Queries
        => Directory.EnumerateFiles(QueryFolder, "q??.sql").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal);

    public static string Sql(string query) => File.ReadAllText(Path.Combine(QueryFolder, query + ".sql"));

    /// <summary>A session of ours that knows the files as tables.</summary>
    public async Task<SqlSession> SessionAsync(int lanes)
    {
        var session = new SqlSession(Composition.Connectors, _folder.Path);
        session.Settings.Threads = lanes;
        foreach (NexmarkKind kind in Enum.GetValues<NexmarkKind>())
        {
            await LogicTests.RowsAsync(session, $"CREATE TABLE {kind} ({NexmarkFiles.Columns[(int)kind]}) WITH (location = '{NexmarkFiles.Names[(int)kind]}')");
        }

        return session;
    }

    /// <summary>DuckDB's rows, sorted.</summary>
    public string[] DuckDb(string query)
    {
        foreach (NexmarkKind kind in _loaded ? [] : Enum.GetValues<NexmarkKind>())
        {
            string columns = NexmarkFiles.Columns[(int)kind];
            Ask($"CREATE TABLE {kind} ({columns})");
            Ask($"COPY {kind} FROM '{_folder[NexmarkFiles.Names[(int)kind]]}' (FORMAT json)");
        }

        _loaded = true;
        if (!_answers.TryGetValue(query, out string[]? rows))
        {
            string own = Path.Combine(QueryFolder, query + ".duckdb.sql");
            rows = Ask(File.Exists(own) ? File.ReadAllText(own) : Sql(query));
            Array.Sort(rows, StringComparer.Ordinal);
            _answers.Add(query, rows);
        }

        return rows;
    }

    public void Dispose() => _folder.Dispose();

    private string[] Ask(string sql)
    {
        JsonNode result = NodeOracle.Ask("duckdb", new JsonObject { ["sql"] = sql, ["session"] = _session });
        return [.. result["rows"]!.AsArray().Select(r => string.Join('\t', r!.AsArray().Select(LogicRows.Cell)))];
    }
}
