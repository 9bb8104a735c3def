using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

public sealed class UsageTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public UsageTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Version_and_help_succeed()
    {
        MillraceResult version = await _millrace.RunAsync("--version");
        MillraceResult help = await _millrace.RunAsync("--help");

        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("copy", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MR1901", "did you mean 'copy'?", "copyy", "a", "b")]
    [InlineData("MR1901", "Required argument 'target' missing", "copy", "a.csv")]
    [InlineData("MR1901", "'skip' is no failure strategy", "copy", "a.csv", "b.csv", "--on-error", "skip")]
    [InlineData("MR1002", "No connector reads 'gopher://' locations", "copy", "gopher://host/a.csv", "b.csv")]
    [InlineData("MR1010", "There is no option 'delimter'", "copy", "a.csv", "b.csv", "-s", "delimter=;")]
    [InlineData("MR1001", "did you mean 'files'?", "connectors", "describe", "file")]
    [InlineData("MR1901", "--limit takes a whole number above 0, not '-1'.", "copy", "a.csv", "b.csv", "--limit", "-1")]
    [InlineData("MR1901", "--threads takes a whole number from 1 to 256, not '0'.", "copy", "a.csv", "b.csv", "--threads", "0")]
    [InlineData("MR1012", "--columns names 'a' twice.", "copy", "a.csv", "b.csv", "--columns", "a,b,a")]
    [InlineData("MR1020", "The file does not exist", "run", "none.yaml")]
    public async Task A_wrong_command_exits_with_2_and_says_what_is_right(string code, string message, params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error {code}: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Theory]
    [InlineData("-c", "")]
    [InlineData("--columns", " ")]
    public async Task An_empty_list_of_columns_is_not_all_of_them(params string[] columns)
    {
        _folder.Write("a.csv", "id\n1\n");

        MillraceResult result = await _millrace.RunAsync(["copy", "a.csv", "b.csv", .. columns]);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error MR1012: --columns: --columns is empty.", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_faults_of_a_command_line_are_one_document()
    {
        MillraceResult result = await _millrace.RunAsync("copy", "--json");

        JsonNode error = Assert.Single(result.Json)["error"]!;
        Assert.Equal("MR1901", (string?)error["code"]);
        Assert.Equal(2, error["faults"]!.AsArray().Count);
    }

    [Fact]
    public async Task With_rows_on_standard_output_the_report_stands_on_standard_error()
    {
        _folder.Write("a.csv", "id\n1\n");

        MillraceResult copy = await _millrace.RunAsync("copy", "a.csv", "-", "--format", "csv", "--json");
        MillraceResult failed = await _millrace.RunAsync("copy", "none.csv", "-", "--format", "csv", "--json");

        Assert.Equal("id\n1\n", copy.Output);
        Assert.Equal("succeeded", (string?)JsonNode.Parse(copy.Errors)!["outcome"]);
        Assert.Equal("", failed.Output);
        Assert.Equal("MR3031", (string?)JsonNode.Parse(failed.Errors)!["error"]!["code"]);
    }

    [Theory]
    [InlineData("/proc/x.csv", "MR3001", "'/proc/x.csv' cannot be made")]
    [InlineData("a.csv/x.csv", "MR3007", "'a.csv/x.csv' cannot be written: a part of the path is a file")]
    [InlineData("a.csv/x/", "MR3007", "'a.csv/x/' cannot be written: a part of the path is a file")]
    public async Task A_target_that_cannot_be_made_is_named_as_it_was_given(string target, string code, string message)
    {
        _folder.Write("a.csv", "id\n1\n");

        MillraceResult result = await _millrace.RunAsync("copy", "a.csv", target, "--format", "csv");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"error {code}: {target}: {message}", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(".lock", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_are_json_when_asked_for()
    {
        MillraceResult result = await _millrace.RunAsync("validate", "none.yaml", "--json");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Errors);
        Assert.Equal("MR1020", (string?)Assert.Single(result.Json)["error"]!["code"]);
    }

    [Fact]
    public async Task Validate_names_file_line_column_and_the_nearest_valid_name()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "job.yaml"),
            """
            name: orders
            surce: a.csv
            target: {connector: filez, path: out/}
            columns:
              - {name: a, type: bigitn}
            failure:
              strategy: dead_leter
            """,
            TestContext.Current.CancellationToken);

        MillraceResult result = await _millrace.RunAsync("validate", "job.yaml");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("error MR1010: job.yaml:2:1: There is no option 'surce' (did you mean 'source'?).", result.Errors, StringComparison.Ordinal);
        Assert.Contains("error MR1001: job.yaml:3:", result.Errors, StringComparison.Ordinal);
        Assert.Contains("error MR1012: job.yaml:5:", result.Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean 'bigint'?", result.Errors, StringComparison.Ordinal);
        Assert.Contains("error MR1012: job.yaml:7:", result.Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean 'dead_letter'?", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incremental_job_that_overwrites_is_refused_before_it_runs()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "job.yaml"),
            """
            name: news
            source: {connector: files, path: "in/*.csv", mode: incremental}
            target: {connector: files, path: out/, format: csv, write: overwrite}
            """,
            TestContext.Current.CancellationToken);

        foreach (string command in (string[])["validate", "run"])
        {
            MillraceResult result = await _millrace.RunAsync(command, "job.yaml");

            Assert.Equal(2, result.ExitCode);
            Assert.StartsWith("error MR4007: job.yaml:3:", result.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Completion_scripts_come_from_the_program_and_know_its_words()
    {
        MillraceResult script = await _millrace.RunAsync("completion", "bash");
        MillraceResult words = await _millrace.RunAsync("[suggest:12]", "millrace con");

        Assert.Contains("complete -o filenames -F _millrace millrace", script.Output, StringComparison.Ordinal);
        Assert.Contains("connectors", words.Output.Split('\n'));
    }

    [Theory]
    [InlineData("job")]
    [InlineData("asset")]
    [InlineData("connector")]
    public async Task Schemas_are_json(string kind)
    {
        MillraceResult result = await _millrace.RunAsync("schema", kind);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("object", (string?)System.Text.Json.Nodes.JsonNode.Parse(result.Output)!["type"]);
    }
}
