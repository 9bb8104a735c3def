using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Rows that come too late, in a table of their own.</summary>
[Trait("speed", "slow")]
public sealed class LateTableTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public LateTableTests() => Directory.CreateDirectory(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Late_rows_go_to_their_table_once_also_when_the_commit_of_the_others_fails()
    {
        File.WriteAllText(_folder["in/1.csv"], "id,ts\n1,2026-01-01 10:00:10\n2,2026-01-01 10:05:00\n");
        Assert.Null((await RunAsync()).Error);
        Assert.Empty(Lines("late"));

        File.WriteAllText(_folder["in/2.csv"], "id,ts\n3,2026-01-01 10:00:20\n4,2026-01-01 10:06:00\n5,2026-01-01 10:00:30\n");
        RunSummary failed = await RunAsync(fails: true);
        Assert.NotNull(failed.Error);
        Assert.Equal(["2026-01-01T10:00:20,3", "2026-01-01T10:00:30,5"], Lines("late"));

        // They were committed with an epoch that the target proper never had: they are taken back, and come again.
        File.WriteAllText(_folder["in/3.csv"], "id,ts\n6,2026-01-01 10:07:00\n7,2026-01-01 10:01:00\n");
        Assert.Null((await RunAsync()).Error);
        Assert.Equal(["2026-01-01T10:00:20,3", "2026-01-01T10:00:30,5", "2026-01-01T10:01:00,7"], Lines("late"));

        Assert.Null((await RunAsync(drains: true)).Error);
        Assert.Equal(["2026-01-01T10:00:20,3", "2026-01-01T10:00:30,5", "2026-01-01T10:01:00,7"], Lines("late"));
        Assert.Equal(4, Lines("out").Sum(l => int.Parse(l.Split(',')[^2], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("'late.data' = 'side output', 'late.table' = 'lat'", "CREATE TABLE late WITH (path = 'late/', format = 'csv')", "did you mean 'late'")]
    [InlineData("'late.table' = 'late'", "CREATE TABLE late WITH (path = 'late/', format = 'csv')", "late.data = 'side output'")]
    [InlineData("'late.data' = 'side output', 'late.table' = 'o'", "CREATE TABLE late WITH (path = 'late/', format = 'csv')", "where the others go")]
    [InlineData("'late.data' = 'side output', 'late.table' = 'late'", "CREATE TABLE late (ids BIGINT) WITH (path = 'late/', format = 'csv')", "no column 'ids' (did you mean 'id'?)")]
    [InlineData("'late.data' = 'side output', 'late.table' = 'late'", "CREATE TABLE late (id VARCHAR) WITH (path = 'late/', format = 'csv')", "is a varchar")]
    [InlineData("'late.data' = 'side output', 'late.table' = 'late'", "CREATE TABLE late WITH (path = 'late.csv')", "cannot take rows back")]
    public async Task A_table_that_cannot_get_them_is_refused_before_the_start(string options, string create, string message)
    {
        File.WriteAllText(_folder["in/1.csv"], "id,ts\n1,2026-01-01 10:00:10\n");
        MillraceException? error;
        try
        {
            error = (await RunAsync(drains: true, options: options, create: create)).Error;
        }
        catch (MillraceException e)
        {
            error = e;
        }

        Assert.Contains(message, $"{error?.Message} {error?.Hint}", StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]) && Lines("out").Length > 0);
    }

    // Stops behind the first commit unless it reads to the end.
    private async Task<RunSummary> RunAsync(bool fails = false, bool drains = false, string options = "'late.data' = 'side output', 'late.table' = 'late'", string create = "CREATE TABLE late WITH (path = 'late/', format = 'csv')")
    {
        using var session = new SqlSession(Composition.Connectors, _folder.Path);
        foreach (string sql in new[]
        {
            $"SET drain = {(drains ? "on" : "off")}",
            "CREATE STREAM s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (path = 'in/', format = 'csv', follow = 'true', poll = '10ms')",
            create,
            $"CREATE TABLE o WITH (path = 'out/', format = 'csv', {options})",
        })
        {
            await LogicTests.RowsAsync(session, sql);
        }

        const string insert = "INSERT INTO o SELECT window_start, count(*) AS n, sum(id) AS s FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end";
        await using StatementResult made = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText(insert)), CancellationToken.None);
        using var stop = new CancellationTokenSource();
        Endpoint sink = made.Job!.Sink;
        Pipeline job = made.Job with { Sink = sink with { Connector = new WatchedConnector(sink.Connector, fails, drains ? () => { } : stop.Cancel) } };
        return await new PipelineRunner(job).RunAsync(stop.Token).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private string[] Lines(string folder) => Directory.Exists(_folder[folder])
        ? [.. Directory.EnumerateFiles(_folder[folder], "*.csv").SelectMany(f => File.ReadLines(f).Skip(1)).Select(Sorted).Order(StringComparer.Ordinal)]
        : [];

    // The time first, whichever the order of the columns is.
    private static string Sorted(string line) => string.Join(',', line.Split(',').Select(p => p.Replace(' ', 'T')).OrderByDescending(p => p.Length).ThenBy(p => p, StringComparer.Ordinal));
}
