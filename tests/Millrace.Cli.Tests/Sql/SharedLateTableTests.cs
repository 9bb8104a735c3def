using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Runtime.Streaming;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>A table of late rows is written by one statement at a time.</summary>
public sealed class SharedLateTableTests : IDisposable
{
    private const string Windows = "SELECT window_start, count(*) AS n FROM TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end";

    private readonly TempFolder _folder = new(inMemory: true);

    public SharedLateTableTests()
    {
        Directory.CreateDirectory(_folder["in"]);
        File.WriteAllText(_folder["in/1.csv"], "id,ts\n1,2026-01-01 10:00:00\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData($"INSERT INTO a {Windows}", $"INSERT INTO b {Windows}", "'late'")]
    [InlineData($"INSERT INTO a {Windows}", "INSERT INTO late SELECT id, ts FROM s", "'late'")]
    [InlineData("INSERT INTO late SELECT id, ts FROM s", $"INSERT INTO a {Windows}", "'late'")]
    [InlineData($"INSERT INTO a {Windows}", $"INSERT INTO again {Windows}", "'late2'")]
    public async Task Two_statements_that_write_one_are_refused_at_the_second(string first, string second, string named)
    {
        MillraceException error = Assert.Throws<MillraceException>(Check(await JobsAsync(first, second)));
        Assert.Equal("MR4408", error.Code.Id);
        Assert.Equal(1, error.Place!.Offset);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("at the same time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statements_with_tables_of_their_own_run_side_by_side()
        => Check(await JobsAsync($"INSERT INTO a {Windows}", $"INSERT INTO c {Windows}", "INSERT INTO d SELECT id, ts FROM s"))();

    private static Action Check(Pipeline[] jobs) => () => LateTables.Check(jobs, job => new ErrorPlace { Offset = job });

    private async Task<Pipeline[]> JobsAsync(params string[] statements)
    {
        const string target = "format = 'csv', late.data = 'side output'";
        using var session = new SqlSession(Composition.Connectors, _folder.Path);
        string definitions = $"""
            CREATE STREAM s (id BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH (path = 'in/', format = 'csv', follow = 'true');
            CREATE TABLE late WITH (path = 'late/', format = 'csv');
            CREATE TABLE late2 WITH (path = './late/', format = 'csv');
            CREATE TABLE late3 WITH (path = 'late3/', format = 'csv');
            CREATE TABLE a WITH (path = 'a/', {target}, late.table = 'late');
            CREATE TABLE b WITH (path = 'b/', {target}, late.table = 'late');
            CREATE TABLE again WITH (path = 'again/', {target}, late.table = 'late2');
            CREATE TABLE c WITH (path = 'c/', {target}, late.table = 'late3');
            CREATE TABLE d WITH (path = 'd/', format = 'csv');
            """;
        return [.. await session.JobsOfAsync(SqlParser.ParseScript(new SourceText(definitions + string.Concat(statements.Select(s => s + ";")))), CancellationToken.None)];
    }
}
