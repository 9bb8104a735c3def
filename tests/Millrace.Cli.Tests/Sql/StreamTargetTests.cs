using Millrace.Runtime.Sql;

namespace Millrace.Cli.Tests.Sql;

public sealed class StreamTargetTests
{
    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_list_of_columns_of_a_target_is_refused_whether_the_query_runs_on_or_not(string follow)
    {
        using var session = new SqlSession(Composition.Connectors, Directory.GetCurrentDirectory());
        await LogicTests.RowsAsync(session, $"CREATE STREAM made (n BIGINT, m BIGINT) WITH (connector = 'datagen', rows = '1', follow = '{follow}')");
        await LogicTests.RowsAsync(session, "CREATE TABLE shown WITH (connector = 'console')");

        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => LogicTests.RowsAsync(session, "INSERT INTO shown (b, a) SELECT n, m FROM made"));
        Assert.Contains("list of columns", error.Message, StringComparison.Ordinal);
    }
}
