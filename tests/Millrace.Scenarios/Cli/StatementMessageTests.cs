using System.Diagnostics;
using System.Text.Json.Nodes;
using Millrace.Scenarios.Crash;

namespace Millrace.Scenarios.Cli;

/// <summary>What a user reads when one of several statements goes wrong, or waits.</summary>
public sealed class StatementMessageTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public StatementMessageTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_error_of_one_of_several_jobs_names_its_statement_and_line()
    {
        _folder.Write("in/a.csv", "id,name\n1,a\n2,bcd\n");
        _folder.Write("job.sql", """
            CREATE STREAM a (id BIGINT, name VARCHAR) WITH (path = 'in/', follow = true);
            CREATE TABLE good WITH (path = 'good/', format = 'csv');
            CREATE TABLE bad (id BIGINT, name VARCHAR(2)) WITH (path = 'bad/', format = 'csv');
            SET drain = on;
            INSERT INTO good SELECT id FROM a;

            INSERT INTO bad
            SELECT id, name FROM a;
            """);
        MillraceResult result = await _millrace.RunAsync("sql", "job.sql");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("MR5206: job.sql:8:12 (row 1) (stream a) (split in/a.csv): Column 'name' takes 2 characters, and the text has 3.", result.Errors, StringComparison.Ordinal);
        Assert.Contains("8 | SELECT id, name FROM a", result.Errors, StringComparison.Ordinal);
        Assert.Contains("in the statement at job.sql:7 (INSERT INTO bad)", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("log_and_continue", "2 bad rows left out:")]
    [InlineData("dead_letter", "2 bad rows kept in .millrace/dead-letters/default/sql:")]
    public async Task Rows_that_an_insert_sets_aside_are_told(string strategy, string told)
    {
        MillraceResult result = await _millrace.RunAsync(
            "sql",
            "-c",
            $"CREATE TABLE o (id BIGINT, name VARCHAR(2)) WITH (path = 'o/', format = 'csv', failure.strategy = '{strategy}'); INSERT INTO o VALUES (1, 'a'), (2, 'long'), (3, 'longer')");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(told, result.Errors, StringComparison.Ordinal);
        Assert.Contains("MR5206", result.Errors, StringComparison.Ordinal);
        Assert.Contains("1 row written to", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_at_the_start_names_the_statement_that_has_it()
    {
        _folder.Write("job.sql", """
            CREATE TABLE o (id BIGINT) WITH (path = 'o/', format = 'csv');
            INSERT INTO o SELECT 1;
            INSERT INTO o SELECT id FROM 'missing.csv';
            """);
        MillraceResult result = await _millrace.RunAsync("sql", "job.sql");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("missing.csv", result.Errors, StringComparison.Ordinal);
        Assert.Contains("in the statement at job.sql:3 (INSERT INTO o)", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_for_programs_say_which_statement_they_are_of()
    {
        _folder.Write("in/a.csv", "id\n1\n2\n");
        _folder.Write("job.sql", """
            SET drain = on;
            CREATE STREAM a (id BIGINT) WITH (path = 'in/', format = 'csv', follow = true);
            SELECT 7 AS n;

            INSERT INTO 'plain/' SELECT 8 AS n;
            CREATE TABLE o WITH (path = 'o/', format = 'csv');
            -- @name: copy
            INSERT INTO o SELECT id FROM a;
            SELECT 1 / 0;
            """);
        MillraceResult failed = await _millrace.RunAsync("sql", "job.sql", "--json");
        Assert.Equal(["1", "2 CREATE STREAM a", "3", "", "5 INSERT INTO 'plain/'", "6 CREATE TABLE o", "9"], failed.Json.Select(Statement));
        Assert.Equal(7, (int?)failed.Json[3]["n"]);
        Assert.NotNull(failed.Json[^1]["error"]);
        Assert.All(failed.Json.Select(j => j["statement"]).OfType<JsonNode>(), s => Assert.Equal("job.sql", (string?)s["file"]));

        _folder.Write("job.sql", (await File.ReadAllTextAsync(_folder["job.sql"], TestContext.Current.CancellationToken)).Replace("SELECT 1 / 0;", "", StringComparison.Ordinal));
        MillraceResult ended = await _millrace.RunAsync("sql", "job.sql", "--json");
        Assert.Equal("8 @name copy", Statement(ended.Json[^1]));
        Assert.Equal(2, (int?)ended.Json[^1]["rows"]);

        MillraceResult alone = await _millrace.RunAsync("sql", "-c", "SELECT 7 AS n", "--json");
        Assert.Equal("{\"n\":7}\n", alone.Output);
    }

    private static string Statement(JsonNode document) => document["statement"] is { } s ? $"{s["line"]}{(s["name"] is { } name ? $" {name}" : "")}" : "";

    [Fact]
    public async Task What_waits_says_so_at_once()
    {
        _folder.Write("job.sql", """
            CREATE STREAM a (id BIGINT) WITH (path = 'nowhere/', follow = true);
            CREATE TABLE o WITH (path = 'o/', format = 'csv', changelog = 'upsert');
            INSERT INTO o SELECT id, count(*) AS n FROM a GROUP BY id EMIT FINAL;
            """);
        using Process process = _millrace.Start("sql", "job.sql");
        var lines = new List<string>();
        while (lines.Count(l => l.Contains("waiting", StringComparison.Ordinal) || l.Contains("EMIT FINAL", StringComparison.Ordinal)) < 2 && await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
        }

        MillraceProcess.Interrupt(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"o: nothing to read yet, waiting: {_folder["nowhere/"]}", lines);
        Assert.Contains("o: EMIT FINAL without a window that closes: the rows come only when the input ends.", lines);
    }

    [Fact]
    public async Task A_table_that_is_not_followed_has_to_be_there()
    {
        MillraceResult result = await _millrace.RunAsync("sql", "-c", "CREATE TABLE a (id BIGINT) WITH (path = 'nowhere/x.csv'); SELECT * FROM a");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("nowhere/x.csv", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", "id,name\n1,a\n")]
    [InlineData("a.jsonl", "{\"id\":1,\"name\":\"a\"}\n")]
    [InlineData("a.parquet", "id,name\n1,a\n")]
    public async Task A_copy_to_standard_output_needs_no_format(string source, string printed)
    {
        _folder.Write("first.csv", "id,name\n1,a\n");
        if (source != "a.csv")
        {
            Assert.Equal(0, (await _millrace.RunAsync("copy", "first.csv", source)).ExitCode);
        }
        else
        {
            _folder.Write("a.csv", "id,name\n1,a\n");
        }

        MillraceResult result = await _millrace.RunAsync("copy", source, "-");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(printed, result.Output);
    }

    [Fact]
    public async Task Rows_in_the_format_of_a_file_have_standard_output_for_themselves()
    {
        MillraceResult result = await _millrace.RunAsync("sql", "--format", "csv", "-c", "CREATE TABLE t (id BIGINT); INSERT INTO t VALUES (1); SELECT id FROM t");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("id\n1\n", result.Output);
        Assert.Contains("table t", result.Errors, StringComparison.Ordinal);
    }
}
