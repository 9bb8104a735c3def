namespace Millrace.Scenarios.Cli;

/// <summary>Jobs whose source would take in what they wrote themselves.</summary>
public sealed class OwnOutputTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public OwnOutputTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("in/", "in/all.csv")]
    [InlineData("in/*.csv", "in/all.csv")]
    [InlineData("in/*.csv", "link/all.csv")]
    [InlineData("**/*.csv", "in/all.csv")]
    public async Task A_file_among_its_own_sources_is_not_read_by_the_next_run(string source, string target)
    {
        _folder.Write("in/a.csv", "id\n1\n2\n");
        File.CreateSymbolicLink(_folder["link"], "in");

        Assert.Equal(0, (await _millrace.RunAsync("copy", source, target, "--overwrite")).ExitCode);
        MillraceResult again = await _millrace.RunAsync("copy", source, target, "--overwrite", "--json");

        Assert.Equal(0, again.ExitCode);
        Assert.Equal(2, (long)again.Json[0]["rows"]!);
        Assert.Contains("what the job writes itself is left out", again.Output, StringComparison.Ordinal);
        Assert.Equal("id\n1\n2\n", await File.ReadAllTextAsync(_folder["in/all.csv"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("in/", "in/out/")]
    [InlineData("in/**/*.csv", "in/out/")]
    [InlineData("in/*.csv", "in/")]
    public async Task A_data_set_among_its_own_sources_is_not_read_by_the_next_run(string source, string target)
    {
        _folder.Write("in/a.csv", "id\n1\n2\n");

        Assert.Equal(0, (await _millrace.RunAsync("copy", source, target, "--write", "append", "--format", "csv")).ExitCode);
        MillraceResult again = await _millrace.RunAsync("copy", source, target, "--write", "append", "--format", "csv", "--json");

        Assert.Equal(0, again.ExitCode);
        Assert.Equal(2, (long)again.Json[0]["rows"]!);
    }

    [Theory]
    [InlineData("in/a.csv", "in/a.csv")]
    [InlineData("in/a.csv", "./in/../in/a.csv")]
    [InlineData("in/a.csv", "link/a.csv")]
    [InlineData("in/", "in/")]
    [InlineData("in", "link/")]
    public async Task Source_and_target_that_are_one_are_refused(string source, string target)
    {
        string path = _folder.Write("in/a.csv", "id\n1\n2\n");
        File.CreateSymbolicLink(_folder["link"], "in");

        MillraceResult result = await _millrace.RunAsync("copy", source, target, "--overwrite", "--format", "csv");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error MR3053: {source}: '{source}' is both source and target.", result.Errors, StringComparison.Ordinal);
        Assert.Equal("id\n1\n2\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }
}
