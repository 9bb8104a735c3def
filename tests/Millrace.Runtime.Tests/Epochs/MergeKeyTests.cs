using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>A run that merges by a column that its rows do not have says so before it asks the target for anything.</summary>
public sealed class MergeKeyTests : IDisposable
{
    private readonly RunnerHarness _harness = new(new ReplayInput(1).AddKey(5));

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_key_that_the_rows_lack_is_an_error_with_the_nearest_name()
    {
        _harness.Shape = p => p with { WriteMode = WriteMode.Merge, Key = ["idd"] };

        RunSummary summary = await _harness.RunAsync();

        Assert.Equal((RunOutcome.Failed, RuntimeErrors.ColumnNotFound), (summary.Outcome, summary.Error?.Code));
        Assert.Contains("'idd'", summary.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("'id'", summary.Error.Message, StringComparison.Ordinal);
        Assert.Equal("idd", summary.Error.Place?.Field);
        Assert.Empty(_harness.Target.Commits);
    }

    [Fact]
    public async Task A_key_among_the_rows_is_taken()
    {
        _harness.Shape = p => p with { WriteMode = WriteMode.Merge, Key = ["id"] };

        Assert.Equal(RunOutcome.Succeeded, (await _harness.RunAsync()).Outcome);
    }
}
