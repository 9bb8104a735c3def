using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>Iceberg tables looked after from the command line.</summary>
public sealed class TableCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public TableCommandTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_is_described_compacted_taken_back_and_cleaned()
    {
        for (int i = 1; i <= 3; i++)
        {
            File.WriteAllText(_folder[$"{i}.csv"], $"id,region\n{i},eu\n{i + 10},us\n");
            await RunAsync("copy", $"{i}.csv", "lake/orders", "--format", "iceberg", "--partition", "region", "--write", "append");
        }

        Assert.Contains("rows       6 in 6 data files", (await RunAsync("iceberg", "describe", "lake/orders")).Output, StringComparison.Ordinal);
        JsonNode[] snapshots = [.. (await RunAsync("iceberg", "snapshots", "lake/orders", "--json")).Json[0]["snapshots"]!.AsArray()!];
        Assert.Equal(3, snapshots.Length);
        Assert.Contains("would write anew 6 files with 6 rows", (await RunAsync("iceberg", "compact", "lake/orders", "--dry-run")).Output, StringComparison.Ordinal);
        JsonNode report = (await RunAsync("iceberg", "compact", "lake/orders", "--json")).Json[0];
        Assert.Equal((6, 2, 6), ((int)report["files_before"]!, (int)report["files_after"]!, (int)report["rows_after"]!));
        Assert.Contains("tag 'done' made", (await RunAsync("iceberg", "tag", "create", "lake/orders", "done", "--max-age", "30d")).Output, StringComparison.Ordinal);
        Assert.Contains("6 rows → 6 rows", (await RunAsync("iceberg", "rollback", "lake/orders", "--steps", "1")).Output, StringComparison.Ordinal);
        Assert.Contains("5d", (await RunAsync("iceberg", "expire", "--help")).Output, StringComparison.Ordinal);
        Assert.Contains("2 snapshots expired", (await RunAsync("iceberg", "expire", "lake/orders", "--older-than", "0s")).Output, StringComparison.Ordinal);
        Assert.Contains("nothing to remove", (await RunAsync("iceberg", "remove-orphans", "lake/orders")).Output, StringComparison.Ordinal);
        Assert.Contains("manifest", (await RunAsync("iceberg", "rewrite-manifests", "lake/orders")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_are_told_with_what_to_do()
    {
        File.WriteAllText(_folder["1.csv"], "id\n1\n");
        await RunAsync("copy", "1.csv", "lake/orders", "--format", "iceberg");
        await AssertFailsAsync("MR3413", "iceberg", "describe", "lake/odrers");
        await AssertFailsAsync("did you mean 'main'?", "iceberg", "rollback", "lake/orders", "--branch", "mian", "--steps", "1");
        await AssertFailsAsync("one of --snapshot, --to and --steps", "iceberg", "rollback", "lake/orders");
        await AssertFailsAsync("MR3487", "iceberg", "remove-orphans", "lake/orders", "--older-than", "1h");
        await AssertFailsAsync("did you mean 'compact'?", "iceberg", "compcat", "lake/orders");
        await AssertFailsAsync("MR3485", "iceberg", "compact", "lake/orders", "--where", "id = 1");
    }

    private async Task<MillraceResult> RunAsync(params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Errors);
        return result;
    }

    private async Task AssertFailsAsync(string message, params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }
}
