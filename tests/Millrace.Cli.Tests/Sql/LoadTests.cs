using Millrace.Columnar;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Statements about functions, and what the shell knows of loaded ones.</summary>
public sealed class LoadTests
{
    [Fact]
    public async Task A_loaded_function_is_called_shown_described_and_completed()
    {
        using var session = new SqlSession(Composition.Connectors, AppContext.BaseDirectory);
        StatementResult loaded = await RunAsync(session, "LOAD 'Millrace.SampleFunctions.dll'");
        Assert.StartsWith("loaded ", loaded.Message);
        Assert.Contains("fahrenheit", loaded.Message);
        Assert.Equal(["212"], await LogicTests.RowsAsync(session, "SELECT fahrenheit(100)"));
        Assert.Equal(["fahrenheit\tuser\tfahrenheit(double) → double\tDegrees Celsius as degrees Fahrenheit."], await LogicTests.RowsAsync(session, "SHOW FUNCTIONS LIKE 'fahr%'"));
        IReadOnlyList<string> described = await LogicTests.RowsAsync(session, "DESCRIBE FUNCTION geometric_mean");
        Assert.Contains("signature\tgeometric_mean(double) → double", described);
        Assert.Contains("from\tMillrace.SampleFunctions.dll", described);
        Assert.Contains("fahrenheit(", new SqlCompletion(session).Complete("SELECT fahr"));
        IReadOnlyList<string> plan = await LogicTests.RowsAsync(session, "EXPLAIN SELECT fahrenheit(x) FROM generate_series(1, 2) AS t(x)");
        Assert.Contains(plan, l => l.Contains("fahrenheit(", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Functions_that_come_with_the_engine_are_described_too()
    {
        using var session = new SqlSession(Composition.Connectors, AppContext.BaseDirectory);
        IReadOnlyList<string> described = await LogicTests.RowsAsync(session, "DESCRIBE FUNCTION left");
        Assert.Contains("function\tleft", described);
        Assert.Contains(described, l => l.StartsWith("example\t", StringComparison.Ordinal));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync(session, "DESCRIBE FUNCTION uper"));
        Assert.Equal("There is no function 'uper' (did you mean 'upper'?).", error.Message);
    }

    [Fact]
    public async Task What_cannot_be_loaded_is_an_error_at_its_place()
    {
        using var session = new SqlSession(Composition.Connectors, AppContext.BaseDirectory);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync(session, "LOAD 'none.dll'"));
        Assert.Equal(("MR5312", 5L), (error.Code.Id, error.Place!.Offset));
    }

    private static async Task<StatementResult> RunAsync(SqlSession session, string sql)
    {
        StatementResult result = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText(sql)), CancellationToken.None);
        await using (result)
        {
            return result;
        }
    }
}
