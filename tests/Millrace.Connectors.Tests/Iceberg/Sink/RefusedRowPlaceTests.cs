using Millrace.Connectors.Files;
using Millrace.Connectors.Iceberg;
using Millrace.Runtime;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A row of a file that a table does not take is told with the file and the line.</summary>
public sealed class RefusedRowPlaceTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_row_without_a_key_has_its_line(int epoch)
    {
        RunSummary summary = await RunAsync("id,v\n1,a\n2,a\n\n3,a\n,b\n5,c\n", WriteMode.Merge, new IcebergTargetOptions { Path = _folder["t"] }, epoch);
        Assert.Equal(["MR3417 orders.csv:6"], summary.BadRowSample.Select(e => $"{e.Code.Id} {Path.GetFileName(e.Place.File)}:{e.Place.Line}"));
    }

    [Fact]
    public async Task A_row_outside_of_what_is_replaced_has_its_line()
    {
        var target = new IcebergTargetOptions { Path = _folder["t"], Replaces = IcebergReplaces.Filter, Filter = "v = 'a'" };
        await RunAsync("id,v\n1,a\n", WriteMode.Append, new IcebergTargetOptions { Path = _folder["t"] });
        RunSummary summary = await RunAsync("id,v\n1,a\n2,b\n", WriteMode.Overwrite, target);
        Assert.Equal(["MR3444 orders.csv:3"], summary.BadRowSample.Select(e => $"{e.Code.Id} {Path.GetFileName(e.Place.File)}:{e.Place.Line}"));
    }

    private async Task<RunSummary> RunAsync(string rows, WriteMode mode, IcebergTargetOptions target, int epoch = 0)
    {
        _folder.Write("orders.csv", rows);
        RunSummary? summary = null;
        await LeakCheck.RunAsync(async () => summary = await new PipelineRunner(new Pipeline
        {
            Job = "orders",
            BaseDirectory = _folder.Path,
            Source = new Endpoint("files", new FilesConnector(), new FilesSourceOptions { Path = [_folder["orders.csv"]] }),
            Sink = new Endpoint("iceberg", new IcebergConnector(), target),
            WriteMode = mode,
            Key = mode == WriteMode.Merge ? ["id"] : [],
            Batch = epoch == 0 ? null : new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = epoch },
            Failure = new FailureSpec { Strategy = FailureStrategy.DeadLetter },
        }).RunAsync(default));
        Assert.True(summary!.Outcome != RunOutcome.Failed, summary.Error?.Describe());
        return summary;
    }
}
