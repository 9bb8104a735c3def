using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>The zone of a session. What is computed in it stands in <c>tests/sql/zones.slt</c>.</summary>
public sealed class TimeZoneTests
{
    [Theory]
    [InlineData("SET TIME ZONE 'Europe/Berlin'", "Europe/Berlin")]
    [InlineData("SET time zone 'europe/berlin'", "Europe/Berlin")]
    [InlineData("SET time_zone = 'Asia/Kolkata'", "Asia/Kolkata")]
    [InlineData("SET TimeZone = 'Asia/Kolkata'", "Asia/Kolkata")]
    [InlineData("SET TIME ZONE UTC", "UTC")]
    [InlineData("SET TIME ZONE '+02:00'", "+02:00")]
    [InlineData("SET TIME ZONE DEFAULT", "UTC")]
    public async Task A_zone_that_was_set_is_shown(string set, string shown)
    {
        using var session = new SqlSession(Composition.Connectors, ".");
        await LogicTests.RowsAsync(session, "SET TIME ZONE 'America/New_York'");
        await LogicTests.RowsAsync(session, set);
        Assert.Equal([shown], await LogicTests.RowsAsync(session, "SHOW TIME ZONE"));
    }

    [Fact]
    public async Task The_local_zone_is_that_of_the_machine()
    {
        using var session = new SqlSession(Composition.Connectors, ".");
        await LogicTests.RowsAsync(session, "SET TIME ZONE LOCAL");
        Assert.Equal([TimeZoneInfo.Local.Id], await LogicTests.RowsAsync(session, "SHOW TIME ZONE"));
    }

    [Theory]
    [InlineData("Europe/Berlim", "did you mean 'Europe/Berlin'")]
    [InlineData("+25:00", "takes an IANA name")]
    [InlineData("../etc/passwd", "takes an IANA name")]
    public async Task An_unknown_zone_is_refused_with_the_nearest_name(string zone, string message)
    {
        using var session = new SqlSession(Composition.Connectors, ".");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => LogicTests.RowsAsync(session, $"SET TIME ZONE '{zone}'"));
        Assert.Equal("MR5307", error.Code.Id);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SET TIME ZONE 'Europe/Berlin'", "SET time_zone = 'Europe/Berlin'")]
    [InlineData("show time zone", "SHOW TIME ZONE")]
    public void Its_statements_are_printed_so_that_they_mean_the_same(string text, string printed)
    {
        Assert.Equal(printed, SqlPrinter.Print(SqlParser.ParseStatement(new SourceText(text))));
        Assert.Equal(printed, SqlPrinter.Print(SqlParser.ParseStatement(new SourceText(printed))));
    }

    [Fact]
    public async Task A_statement_that_runs_on_keeps_the_zone_it_was_entered_in()
    {
        using var folder = new TempFolder(inMemory: true);
        folder.Write("in/1.csv", "ts\n2024-07-01 12:00:00\n");
        using var session = new SqlSession(Composition.Connectors, folder.Path);
        foreach (string sql in new[]
        {
            "SET TIME ZONE 'Europe/Berlin'",
            "SET drain = on",
            "CREATE STREAM s (ts TIMESTAMP) WITH (path = 'in/', format = 'csv', follow = 'true')",
            "CREATE TABLE o WITH (path = 'out/', format = 'csv')",
        })
        {
            await LogicTests.RowsAsync(session, sql);
        }

        await using StatementResult made = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText("INSERT INTO o SELECT CAST(ts AS timestamptz) AS z, epoch(TIMESTAMPTZ '2024-07-01 12:00:00') AS e FROM s")), CancellationToken.None);
        await LogicTests.RowsAsync(session, "SET TIME ZONE 'America/New_York'");
        RunSummary summary = await new PipelineRunner(made.Job!).RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Null(summary.Error);
        Assert.Equal(["2024-07-01T10:00:00Z,1719828000"], Directory.EnumerateFiles(folder["out"], "*.csv").SelectMany(f => File.ReadLines(f).Skip(1)));
    }
}
