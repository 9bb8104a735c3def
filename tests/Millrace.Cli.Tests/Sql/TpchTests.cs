using System.Text.Json.Nodes;
using Millrace.Runtime.Sql;
using Millrace.TestKit;
using Millrace.TestKit.Sql;

namespace Millrace.Cli.Tests.Sql;

/// <summary>The 22 queries of TPC-H over the same files give what DuckDB gives.</summary>
[Trait("Category", "Oracle")]
public sealed class TpchTests(TpchFiles files) : IClassFixture<TpchFiles>
{
    // A quotient of decimals has six digits here and is a floating-point number in DuckDB.
    private const double Rounding = 1e-6;

    public static TheoryData<string> Queries => [.. Directory.EnumerateFiles(TpchFiles.QueryFolder, "*.sql").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Queries))]
    public Task One_lane_gives_what_DuckDb_gives(string query) => CompareAsync(query, "SET threads = 1");

    [Theory]
    [MemberData(nameof(Queries))]
    public Task Three_lanes_give_what_DuckDb_gives(string query) => CompareAsync(query, "SET threads = 3");

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Operators_that_must_use_the_disk_give_what_DuckDb_gives(string query)
    {
        using var spill = new TempFolder();
        await CompareAsync(query, "SET threads = 2", "SET memory_limit = '2MiB'", $"SET spill_folder = '{spill.Path}'");
    }

    private async Task CompareAsync(string name, params string[] settings)
    {
        string sql = await File.ReadAllTextAsync(Path.Combine(TpchFiles.QueryFolder, name + ".sql"), TestContext.Current.CancellationToken);
        IReadOnlyList<string> expected = files.DuckDb(sql);
        Assert.NotEmpty(expected);
        Assert.DoesNotContain(expected, row => row.Split('\t').Contains("NULL"));
        var session = new SqlSession(Composition.Connectors, files.Folder);
        foreach (string statement in TpchTables.All.Select(TpchFiles.Declaration).Concat(settings))
        {
            await LogicTests.RowsAsync(session, statement);
        }

        string? difference = LogicRows.Difference(expected, await LogicTests.RowsAsync(session, sql), sorted: false, Rounding);
        Assert.True(difference is null, difference);
    }
}

/// <summary>The tables as files, made once for all queries, and DuckDB's view of them.</summary>
public sealed class TpchFiles : IDisposable
{
    private const double Scale = 0.01;
    private const string Session = "tpch";

    private readonly TempFolder _folder = new();
    private bool _loaded;

    public TpchFiles() => TpchData.Write(_folder.Path, Scale);

    public static string QueryFolder { get; } = Path.Combine(GoldenFile.Root(), "tests", "sql", "tpch");

    public string Folder => _folder.Path;

    public static string Declaration(TpchTable table) => $"CREATE TABLE {table.Name} ({table.Columns}) WITH (location = '{table.Name}.csv', delimiter = '|')";

    public IReadOnlyList<string> DuckDb(string sql)
    {
        foreach (TpchTable table in _loaded ? [] : TpchTables.All)
        {
            Ask($"CREATE TABLE {table.Name} ({table.Columns})");
            Ask($"COPY {table.Name} FROM '{_folder[table.Name + ".csv"]}' (DELIMITER '|', HEADER)");
        }

        _loaded = true;
        return Ask(sql);
    }

    public void Dispose() => _folder.Dispose();

    private static IReadOnlyList<string> Ask(string sql)
    {
        JsonNode result = NodeOracle.Ask("duckdb", new JsonObject { ["sql"] = sql, ["session"] = Session });
        return [.. result["rows"]!.AsArray().Select(r => string.Join('\t', r!.AsArray().Select(LogicRows.Cell)))];
    }
}
