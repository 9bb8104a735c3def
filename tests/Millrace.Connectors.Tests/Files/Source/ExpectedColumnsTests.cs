using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

/// <summary>The columns that a job asks for help to find out what a file does not say.</summary>
public sealed class ExpectedColumnsTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    [Fact]
    public async Task Names_that_a_job_asks_for_tell_the_header_of_a_file_of_texts()
    {
        string path = Path.Combine(_folder.Path, "a.csv");
        await File.WriteAllTextAsync(path, "net,gross\nx,y\nnet,z\n", TestContext.Current.CancellationToken);
        Assert.Equal("column2", await LastColumnAsync(path, null));
        Assert.Equal("gross", await LastColumnAsync(path, [new RequestedColumn("gross")]));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> LastColumnAsync(string path, IReadOnlyList<RequestedColumn>? columns)
    {
        await using ISource source = new FilesConnector().OpenSource(new FilesSourceOptions { Path = [path] }, new ConnectorContext { Job = "test" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Columns = columns }, default);
        return plan.Schema[^1].Name;
    }
}
