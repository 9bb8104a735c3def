using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>
/// Many processes write one table at once, and others compact and expire it meanwhile: every row is there once. With
/// <c>MILLRACE_LAKE_FULL=1</c> there are 8 writers of 200 commits each.
/// </summary>
[Trait("speed", "slow")]
public sealed class ConcurrentTableTests : IDisposable
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MILLRACE_LAKE_FULL") == "1";

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;
    private readonly int _writers = IsFull ? 8 : 3;
    private readonly int _commits = IsFull ? 200 : 6;

    public ConcurrentTableTests() => _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(IsFull ? 30 : 2) };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writers_side_by_side_lose_no_row_and_double_none(bool isLookedAfter)
    {
        for (int w = 0; w < _writers; w++)
        {
            string rows = string.Concat(Enumerable.Range(0, _commits).Select(c => string.Create(CultureInfo.InvariantCulture, $"{(w * 1000) + c},writer {w}\n")));
            await File.WriteAllTextAsync(_folder[$"{w}.csv"], $"id,name\n{rows}", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(
                _folder[$"{w}.yaml"],
                $"name: writer-{w}\nsource: {w}.csv\nbatch: {{strategy: fixed_size, size: 1}}\ntarget: {{connector: iceberg, path: lake/orders, write: append, properties: {{commit.manifest.min-count-to-merge: \"10\"}}}}\n",
                TestContext.Current.CancellationToken);
        }

        using var done = new CancellationTokenSource();
        Task<int> looking = isLookedAfter ? LookAfterAsync(done.Token) : Task.FromResult(0);
        MillraceResult[] results = await Task.WhenAll(Enumerable.Range(0, _writers).Select(w => _millrace.RunAsync("run", $"{w}.yaml")));
        await done.CancelAsync();
        Assert.All(results, r => Assert.True(r.ExitCode == 0, r.Errors));
        Assert.Equal(isLookedAfter, await looking > 0);

        MillraceResult read = await _millrace.RunAsync("copy", "iceberg://lake/orders", "rows.csv", "--overwrite");
        Assert.True(read.ExitCode == 0, read.Errors);
        string[] lines = await File.ReadAllLinesAsync(_folder["rows.csv"], TestContext.Current.CancellationToken);
        Assert.Equal(
            Enumerable.Range(0, _writers).SelectMany(w => Enumerable.Range(0, _commits).Select(c => (w * 1000) + c)),
            lines.Skip(1).Select(l => int.Parse(l.Split(',')[0], CultureInfo.InvariantCulture)).Order());

        JsonNode[] snapshots = [.. (await _millrace.RunAsync("iceberg", "snapshots", "lake/orders", "--json")).Json[0]["snapshots"]!.AsArray()!];
        Assert.All(snapshots, s => Assert.True((bool)s["in_main"]!));
        Assert.Equal(snapshots.SkipLast(1).Select(s => (long)s["parent_id"]!), snapshots.Skip(1).Select(s => (long)s["snapshot_id"]!));

        // A writer may end with a commit that only says that its file was read to the end.
        Assert.True(isLookedAfter || (snapshots.Length >= _writers * _commits && snapshots.Length <= _writers * (_commits + 1)), $"{snapshots.Length} snapshots");
    }

    // How often the table was compacted and expired.
    private async Task<int> LookAfterAsync(CancellationToken stop)
    {
        int times = 0;
        while (!stop.IsCancellationRequested || times == 0)
        {
            if (!File.Exists(_folder["lake/orders/metadata/version-hint.text"]))
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
                continue;
            }

            MillraceResult compacted = await _millrace.RunAsync("iceberg", "compact", "lake/orders");
            MillraceResult expired = await _millrace.RunAsync("iceberg", "expire", "lake/orders", "--older-than", "0s", "--retain-last", "5");
            Assert.True(compacted.ExitCode <= 1, compacted.Errors);
            Assert.True(expired.ExitCode == 0, expired.Errors);
            times++;
        }

        return times;
    }
}
