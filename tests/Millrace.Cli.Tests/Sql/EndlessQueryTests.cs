using Millrace.Columnar;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Queries that make more of one batch than anybody waits for end when they are stopped.</summary>
public sealed class EndlessQueryTests
{
    [Theory]
    [InlineData("SELECT n FROM generate_series(1, 1000000000000000) t(n) UNION ALL SELECT 1")]
    [InlineData("SELECT a.n FROM generate_series(1, 100000) a(n) JOIN generate_series(1, 100000) b(n) ON a.n = 1 OR a.n + b.n < 0")]
    public async Task A_query_that_is_stopped_ends(string sql)
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await using StatementResult result = await Session().ExecuteAsync(SqlParser.ParseStatement(new SourceText(sql)), stop.Token);
            await foreach (RecordBatch batch in result.Rows!)
            {
                batch.Dispose();
                await stop.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task A_query_that_nobody_reads_on_ends()
    {
        await using StatementResult result = await Session().ExecuteAsync(SqlParser.ParseStatement(new SourceText("SELECT a.n FROM generate_series(1, 100000) a(n) JOIN generate_series(1, 100000) b(n) ON a.n = 1 OR a.n + b.n < 0")), CancellationToken.None);
        await foreach (RecordBatch batch in result.Rows!)
        {
            batch.Dispose();
            break;
        }
    }

    [Fact]
    public async Task Columns_of_a_table_have_different_names()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () =>
            await Session().ExecuteAsync(SqlParser.ParseStatement(new SourceText("CREATE TABLE t (a integer, A integer)")), CancellationToken.None));
        Assert.Equal("MR5304", error.Code.Id);
    }

    private static SqlSession Session() => new(Composition.Connectors, Directory.GetCurrentDirectory());
}
