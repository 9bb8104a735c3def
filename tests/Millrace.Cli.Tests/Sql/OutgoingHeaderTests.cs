using Millrace.Runtime.Sql;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>SET_HEADER and REMOVE_HEADER.</summary>
public sealed class OutgoingHeaderTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly SqlSession _session;

    public OutgoingHeaderTests() => _session = new SqlSession(Composition.Connectors, _folder.Path);

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Headers_are_one_column_more_and_the_last_call_counts()
    {
        Assert.Equal(["1\t7\t-\t1"], await RunAsync("SELECT a, _headers['x'], coalesce(_headers['y'], '-'), b FROM (SELECT 1 AS a, SET_HEADER('x', 6), SET_HEADER('y', 'gone'), SET_HEADER('x', a + 6), REMOVE_HEADER('y'), a AS b FROM (SELECT 1 AS a) AS q) AS r"));
        Assert.Equal(["a integer", "_headers map<varchar, varchar>"], (await RunAsync("DESCRIBE SELECT a, SET_HEADER('x', a) FROM (VALUES (1)) AS v(a)")).Select(r => string.Join(' ', r.Split('\t')[..2])));
    }

    [Theory]
    [InlineData("INSERT INTO 'out/' SELECT 1 AS a, SET_HEADER('x', 2)", "no place for them")]
    [InlineData("INSERT INTO 'out/' SELECT 1 AS a UNION ALL (SELECT 2, SET_HEADER('x', 2))", "no place for them")]
    [InlineData("INSERT INTO memory SELECT 1 AS a, REMOVE_HEADER('x')", "no place for them")]
    [InlineData("INSERT INTO files SELECT 1 AS a, SET_HEADER('x', 2)", "no place for them")]
    [InlineData("SELECT SET_HEADER(a, 2) FROM (SELECT 'x' AS a) AS q", "as text")]
    [InlineData("SELECT SET_HEADER('x', 1) AS h", "as text")]
    [InlineData("SELECT 1 WHERE SET_HEADER('x', 1) = 'x'", "is no value")]
    public async Task Headers_that_would_be_lost_are_refused(string sql, string message)
    {
        await RunAsync("CREATE TABLE memory (a integer)");
        await RunAsync("CREATE TABLE files WITH (path = 'f/', format = 'csv')");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync(sql));
        Assert.Contains(message, $"{error.Message} {error.Hint}", StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    private Task<IReadOnlyList<string>> RunAsync(string sql) => LogicTests.RowsAsync(_session, sql);
}
