using Millrace.Runtime.Sql;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Messages about options name them as they were written, and know all names that are understood there.</summary>
public sealed class OptionMessageTests
{
    [Theory]
    [InlineData("connector = 'files', path = 'x.csv', changelogg = 'upsert'", "changelogg", "changelog")]
    [InlineData("path = 'x.csv', changelogg = 'upsert'", "changelogg", "changelog")]
    [InlineData("path = 'x.csv', formatt = 'csv'", "formatt", "format")]
    [InlineData("path = 'x.csv', 'failure.strateg' = 'fail_batch'", "failure.strateg", "failure.strategy")]
    [InlineData("path = 'x.csv', 'failuer.strategy' = 'fail_batch'", "failuer.strategy", "failure.strategy")]
    [InlineData("path = 'x.csv', 'failure.max_bad_rowz' = '10'", "failure.max_bad_rowz", "failure.max_bad_rows")]
    [InlineData("path = 'x.csv', 'late.dat' = 'drop'", "late.dat", "late.data")]
    [InlineData("path = 'x.csv', format = 'csv', delimitr = ';'", "delimitr", "delimiter")]
    [InlineData("path = 'x.csv', delimitr = ';'", "delimitr", "delimiter")]
    [InlineData("connector = 'files', path = 'x.csv', 'watermark.idle.timout' = '1s'", "watermark.idle.timout", "watermark.idle.timeout")]
    public async Task A_name_that_is_not_understood_gives_the_nearest_of_all(string options, string written, string nearest)
    {
        MillraceException error = await RefusedAsync($"CREATE TABLE t (a BIGINT) WITH ({options})");
        Assert.Equal("MR1010", error.Code.Id);
        Assert.StartsWith($"There is no option '{written}' (did you mean '{nearest}'?).", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'failure.strategy' = 'skip'", "failure.strategy")]
    [InlineData("'late.data' = 'later'", "late.data")]
    [InlineData("'state.ttl' = 'long'", "state.ttl")]
    [InlineData("'failure.max_bad_rows' = '-1'", "failure.max_bad_rows")]
    [InlineData("changelog = 'some'", "changelog")]
    [InlineData("follow = 'perhaps'", "follow")]
    public async Task A_value_that_is_not_understood_names_the_option_as_it_was_written_and_where(string option, string name)
    {
        string sql = $"CREATE TABLE t (a BIGINT) WITH (path = 'x.csv', {option})";
        MillraceException error = await RefusedAsync(sql);
        Assert.StartsWith($"The option '{name}' takes ", error.Message, StringComparison.Ordinal);
        Assert.Equal(sql.IndexOf(option, StringComparison.Ordinal), error.Place!.Offset);
    }

    [Fact]
    public async Task An_option_of_a_statement_that_writes_is_checked_whether_it_runs_on_or_not()
    {
        MillraceException error = await RefusedAsync("INSERT INTO 'x.csv' WITH (changelogg = 'upsert') SELECT 1 AS a");
        Assert.StartsWith("There is no option 'changelogg' (did you mean 'changelog'?).", error.Message, StringComparison.Ordinal);
    }

    private static async Task<MillraceException> RefusedAsync(string sql)
    {
        using var session = new SqlSession(Composition.Connectors, Path.GetTempPath());
        return await Assert.ThrowsAsync<MillraceException>(() => LogicTests.RowsAsync(session, sql));
    }
}
