using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A command that dies, or whose store fails, at any step leaves a whole table with its rows, and the next one finishes the work.</summary>
[Trait("speed", "slow")]
public sealed class MaintenanceFaultTests
{
    private static readonly Dictionary<string, Func<TableMaintenance, CancellationToken, ValueTask>> Commands = new()
    {
        ["compact"] = async (m, c) => await m.CompactAsync(new CompactionOptions { Threads = 1, CommitBytes = 1 }, c),
        ["expire"] = async (m, c) => await m.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue }, c),
        ["remove-orphans"] = async (m, c) => await m.RemoveOrphansAsync(new OrphanOptions { OlderThan = TimeSpan.FromTicks(1), Force = true }, c),
        ["rewrite-manifests"] = async (m, c) => await m.RewriteManifestsAsync(new ManifestOptions(), c),
        ["tag"] = async (m, c) => await m.ChangeAsync(new ReferenceRequest("mark", false, ReferenceAction.Replace), c),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Names => [.. Commands.Keys.Select(c => (c, 2)), ("compact", 3), ("expire", 3), ("rewrite-manifests", 3)];

    // Every how many steps a fault is put; 1 for all of them.
    private static int Stride => int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_LAKE_STRIDE"), CultureInfo.InvariantCulture, out int stride) ? stride : 5;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_command_that_is_cut_short_does_no_harm(string name, int version)
    {
        using var model = new LakeFolder();
        await FillAsync(model, version);
        string[] expected = [.. (await model.ReadAsync()).Order(StringComparer.Ordinal)];
        FaultPlan counted = FaultPlan.None();
        await using (TableMaintenance open = model.Open(store => new FaultyStore(store, counted)))
        {
            await Commands[name](open, Cancellation);
        }

        Assert.NotEmpty(counted.Steps);
        foreach (FaultKind kind in new[] { FaultKind.Crash, FaultKind.Error })
        {
            for (int step = kind == FaultKind.Crash ? 0 : 1; step < counted.Steps.Count; step += Stride)
            {
                using var lake = new LakeFolder();
                await FillAsync(lake, version);
                FaultPlan plan = FaultPlan.At(step, kind);
                await using (TableMaintenance open = lake.Open(store => new FaultyStore(store, plan)))
                {
                    Exception? failure = await Record.ExceptionAsync(async () => await Commands[name](open, Cancellation));
                    Assert.True(failure is null or CrashException or MillraceException or AggregateException, $"{plan}: {failure}");
                }

                await AssertSoundAsync(lake, expected, plan);
                await using (TableMaintenance again = lake.Open())
                {
                    await Commands[name](again, Cancellation);
                }

                await AssertSoundAsync(lake, expected, plan);
            }
        }
    }

    private static async Task AssertSoundAsync(LakeFolder lake, string[] expected, FaultPlan plan)
    {
        string[] rows = [.. (await lake.ReadAsync()).Order(StringComparer.Ordinal)];
        Assert.True(expected.SequenceEqual(rows), $"{plan}: {rows.Length} rows, expected {expected.Length}");
        await lake.AssertWholeAsync();
        await using ISink sink = new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = lake.Path }, new ConnectorContext { Job = "job 0" });
        Assert.Equal(1, (await sink.RecoverAsync(Cancellation))!.Epoch);
    }

    private static async Task FillAsync(LakeFolder lake, int version)
    {
        await lake.AppendAsync(0, 6, "region");
        await (await lake.LoadAsync()).UpdateAsync(_ => new TableChange([], version > 2 ? [new MetadataUpdate.UpgradeFormat(version)] : []), Cancellation);
        await lake.AppendAsync(6, 6);
        await lake.AppendAsync(12, 6);
        await lake.DeleteAsync([((await lake.FilesAsync()).First(f => f.File.Content == FileContent.Data).File, 1)]);
        await lake.WithAsync(m => m.ChangeAsync(new ReferenceRequest("mark", false, ReferenceAction.Create), Cancellation));
        await lake.DeleteAsync([1], [[7L], [14L]]);
        await File.WriteAllTextAsync($"{lake.Path}/data/left-00000.parquet", "left", Cancellation);
    }
}
