using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>Where a job stands, seen and changed from the command line.</summary>
public sealed class StateTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public StateTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        Write("in/1.csv", "id\n1\n2\n");
        Write("print.yaml", "name: print\nsource: {location: in/*.csv, mode: incremental}\ntarget: {location: \"-\", format: csv}\n");
        Write("lake.yaml", "name: lake\nsource: {location: in/*.csv, mode: incremental}\ntarget: {location: lake/, format: csv}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_that_prints_goes_on_where_it_stood()
    {
        Assert.Equal("id\n1\n2\n", (await RunAsync("run", "print.yaml")).Output);
        Write("in/2.csv", "id\n3\n");

        MillraceResult show = await RunAsync("state", "show", "print.yaml");
        Assert.Contains("epoch 1 ", show.Output, StringComparison.Ordinal);
        Assert.Contains("next: 1 split", show.Output, StringComparison.Ordinal);
        Assert.Contains("in/2.csv", show.Output, StringComparison.Ordinal);

        Assert.Equal("id\n3\n", (await RunAsync("run", "print.yaml")).Output);
        Assert.Contains("next: nothing new", (await RunAsync("state", "show", "print.yaml")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rewound_printing_job_prints_again_and_says_so_before()
    {
        await RunAsync("run", "print.yaml");
        Write("in/2.csv", "id\n3\n");
        await RunAsync("run", "print.yaml");

        MillraceResult asked = await _millrace.RunAsync("state", "rewind", "print.yaml", "--epoch", "1");
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("written a second time by the next run: epoch 2 with 1 row", asked.Output, StringComparison.Ordinal);
        Assert.Contains("MR4106", asked.Errors, StringComparison.Ordinal);
        Assert.Equal("", (await RunAsync("run", "print.yaml")).Output);

        await RunAsync("state", "rewind", "print.yaml", "--epoch", "1", "--yes");
        Assert.Equal("id\n3\n", (await RunAsync("run", "print.yaml")).Output);
    }

    [Fact]
    public async Task A_rewound_data_set_loses_the_rows_of_later_epochs_and_gets_them_again_once()
    {
        await RunAsync("run", "lake.yaml");
        Write("in/2.csv", "id\n3\n");
        await RunAsync("run", "lake.yaml");
        Assert.Equal(["1", "2", "3"], Rows());

        MillraceResult rewound = await RunAsync("state", "rewind", "lake.yaml", "--epoch", "1", "--yes");
        Assert.Contains("removed: epoch 2 with 1 row in 1 object", rewound.Output, StringComparison.Ordinal);
        Assert.Equal(["1", "2"], Rows());

        await RunAsync("run", "lake.yaml");
        Assert.Equal(["1", "2", "3"], Rows());
    }

    [Fact]
    public async Task A_reset_with_rows_leaves_nothing_and_one_without_leaves_the_rows()
    {
        await RunAsync("run", "lake.yaml");

        Assert.Contains("written a second time", (await RunAsync("state", "reset", "lake.yaml", "--yes")).Output, StringComparison.Ordinal);
        Assert.Equal(["1", "2"], Rows());
        await RunAsync("run", "lake.yaml");
        Assert.Equal(["1", "1", "2", "2"], Rows());

        await RunAsync("state", "reset", "lake.yaml", "--with-rows", "--yes");
        Assert.Empty(Rows());
        await RunAsync("run", "lake.yaml");
        Assert.Equal(["1", "2"], Rows());
    }

    [Fact]
    public async Task Exported_progress_can_be_imported()
    {
        await RunAsync("run", "print.yaml");
        MillraceResult export = await RunAsync("state", "export", "print.yaml");
        Write("state.json", export.Output);
        await RunAsync("state", "reset", "print.yaml", "--yes");

        await RunAsync("state", "import", "print.yaml", "state.json", "--yes");

        Assert.Equal("", (await RunAsync("run", "print.yaml")).Output);
        JsonNode shown = (await RunAsync("state", "show", "print.yaml", "--json")).Json[0];
        Assert.Equal("1", (string?)shown["checkpoint"]!["notes"]!["imported"]);
    }

    [Fact]
    public async Task An_import_of_an_older_export_says_what_will_be_written_again()
    {
        await RunAsync("run", "lake.yaml");
        Write("state.json", (await RunAsync("state", "export", "lake.yaml")).Output);
        Write("in/2.csv", "id\n3\n");
        await RunAsync("run", "lake.yaml");

        MillraceResult asked = await _millrace.RunAsync("state", "import", "lake.yaml", "state.json");

        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("written a second time by the next run: epoch 2 with 1 row", asked.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("batch: {strategy: time_window, window: 0s}", "batch.window")]
    [InlineData("batch: {strategy: memory_based, memory: 0}", "memory")]
    [InlineData("failure: {strategy: dead_letter, dead_letters: {max_age: 0s}}", "failure.dead_letters.max_age")]
    public async Task A_setting_of_nothing_is_refused_with_its_place(string setting, string option)
    {
        Write("zero.yaml", $"name: zero\nsource: in/*.csv\ntarget: lake/\n{setting}\n");

        MillraceResult result = await _millrace.RunAsync("validate", "zero.yaml");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("zero.yaml:4:", result.Errors, StringComparison.Ordinal);
        Assert.Contains(option, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "MR1101")]
    [InlineData("{", "MR4105")]
    [InlineData("[1]", "MR4105")]
    [InlineData("""{"version":1,"version":1,"job":"print","epoch":1,"created_at":"2026-01-01T00:00:00Z","splits":{}}""", "MR1102")]
    [InlineData("""{"version":1,"job":"print","epoch":1,"created_at":"2026-01-01T00:00:00Z","splits":{"a":{"done":true},"a":{"done":false}}}""", "MR1102")]
    [InlineData("""{"version":1,"job":"other","epoch":1,"created_at":"2026-01-01T00:00:00Z","splits":{}}""", "MR4105")]
    [InlineData("""{"version":7,"readable_since":7,"job":"print","epoch":1,"created_at":"2026-01-01T00:00:00Z","splits":{}}""", "MR1101")]
    public async Task A_document_that_is_no_checkpoint_of_the_job_is_refused(string document, string code)
    {
        Write("state.json", document);

        MillraceResult result = await _millrace.RunAsync("state", "import", "print.yaml", "state.json", "--yes");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(code, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MR4103", "rewind", "print.yaml", "--epoch", "99", "--yes")]
    [InlineData("MR4103", "rewind", "print.yaml", "--to", "1999-01-01", "--yes")]
    [InlineData("MR4102", "export", "print.yaml")]
    public async Task What_is_not_there_is_an_error(string code, params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(["state", .. arguments]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(code, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("print.yaml", ".millrace/state/default/print/000000000001.json")]
    [InlineData("lake.yaml", "lake/_millrace/lake/log/000000000001.json")]
    public async Task Damaged_progress_stops_a_job_until_it_is_reset(string job, string record)
    {
        await RunAsync("run", job);
        string path = Path.Combine(_folder.Path, record);
        File.WriteAllText(path, File.ReadAllText(path).Replace("in/1.csv", "in/2.csv", StringComparison.Ordinal));

        MillraceResult run = await _millrace.RunAsync("run", job);
        MillraceResult show = await _millrace.RunAsync("state", "show", job);

        Assert.Equal((2, 2), (run.ExitCode, show.ExitCode));
        Assert.Contains("state reset", run.Errors, StringComparison.Ordinal);
        Assert.Contains(record, show.Errors, StringComparison.Ordinal);
        await RunAsync("state", "reset", job, "--yes");
        Assert.Contains("2 rows", (await RunAsync("run", job)) is var again ? again.Output + again.Errors : "", StringComparison.Ordinal);
    }

    private string[] Rows() => [.. Directory.GetFiles(Path.Combine(_folder.Path, "lake"), "*.csv").SelectMany(f => File.ReadAllLines(f).Skip(1)).Order(StringComparer.Ordinal)];

    private async Task<MillraceResult> RunAsync(params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Errors}");
        return result;
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
