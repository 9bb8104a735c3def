using Millrace.Runtime.Sql;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

public sealed class ExplainStreamTests : IDisposable
{
    private const string Query = """
        SELECT window_end, page, count(*) AS n
        FROM TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_end, page
        """;

    private readonly TempFolder _folder = new();
    private readonly SqlSession _session;

    public ExplainStreamTests()
    {
        Directory.CreateDirectory(_folder["clicks"]);
        File.WriteAllText(_folder["clicks/1.csv"], "ts,page\n2026-01-01 10:00:05,a\n2026-01-01 10:00:30,b\n2026-01-01 10:01:10,a\n");
        File.WriteAllText(_folder["clicks/2.csv"], "ts,page\n2026-01-01 10:01:20,a\n2026-01-01 10:03:10,a\n");
        _session = new SqlSession(Composition.Connectors, _folder.Path);
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_plan_of_a_query_that_runs_on_tells_what_its_stages_keep()
    {
        await CreateAsync();
        string plan = string.Join('\n', await LogicTests.RowsAsync(_session, "EXPLAIN " + Query));
        Assert.Contains("WindowAggregate", plan, StringComparison.Ordinal);
        Assert.Contains("; keeps ", plan, StringComparison.Ordinal);
        Assert.Contains("Input clicks [ts, page]", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyzed_it_tells_what_they_did_with_the_rows_that_are_there()
    {
        await CreateAsync();
        string plan = string.Join('\n', await LogicTests.RowsAsync(_session, "EXPLAIN ANALYZE " + Query));
        Assert.Matches(@"Input clicks .*\(5 rows given, [0-9.]+ ms, [0-9.]+ B\)", plan);

        // The windows at 10:01 and 10:03 are open.
        Assert.Matches(@"WindowAggregate .*\(2 rows given, [0-9.]+ ms, [0-9.]+ KiB, 2 rows and [0-9.]+ KiB kept\)", plan);
    }

    // Sizes, times and batches are not the same everywhere.
    [Fact]
    public async Task The_guide_shows_what_it_tells()
    {
        await CreateAsync();
        (string sql, string[] shown) = GuideBlock.Read("streaming-sql.md", "EXPLAIN ANALYZE");
        Assert.Equal(shown.Select(GuideBlock.WithoutFigures), (await LogicTests.RowsAsync(_session, sql)).Select(GuideBlock.WithoutFigures));
    }

    [Fact]
    public async Task The_guide_to_queries_shows_what_an_analyzed_one_tells()
    {
        using var session = new SqlSession(Composition.Connectors, GoldenFile.Root());
        await LogicTests.RowsAsync(session, "SET threads = 2");
        await LogicTests.RowsAsync(session, "SET memory_limit = '256MiB'");
        (string sql, string[] shown) = GuideBlock.Read("sql.md", "EXPLAIN ANALYZE");
        Assert.Equal(shown.Select(GuideBlock.WithoutFigures), (await LogicTests.RowsAsync(session, sql)).Select(GuideBlock.WithoutFigures));
    }

    [Fact]
    public async Task The_split_that_holds_the_watermark_back_is_named()
    {
        await CreateAsync();
        IReadOnlyList<string> lines = await LogicTests.RowsAsync(_session, "EXPLAIN WATERMARK " + Query);
        Assert.Equal(
            [
                "clicks\t(empty)\t2026-01-01 10:01:05.000000\tholds the result back",
                "clicks\tclicks:clicks/1.csv\t2026-01-01 10:01:05.000000\tholds the result back",
                "clicks\tclicks:clicks/2.csv\t2026-01-01 10:03:05.000000\tis ahead",
                "result\t(empty)\t2026-01-01 10:01:05.000000\t(empty)",
            ],
            lines);
    }

    [Fact]
    public async Task A_query_over_tables_that_end_has_no_watermark_to_explain()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => LogicTests.RowsAsync(_session, "EXPLAIN WATERMARK SELECT * FROM 'clicks/1.csv'"));
        Assert.Equal("MR5301", error.Code.Id);
    }

    private Task CreateAsync()
        => LogicTests.RowsAsync(_session, "CREATE STREAM clicks (ts TIMESTAMP, page VARCHAR, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH (path = 'clicks/', format = 'csv', follow = 'true')");
}
