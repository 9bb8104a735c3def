using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>
/// Tables of version 3 written here and read by an oracle that shares nothing with ours: it goes by the specification alone, takes data from
/// DuckDB, and refuses what the format forbids.
/// </summary>
[Specification("Delete Formats: Deletion Vectors")]
[Specification("Row Lineage")]
[Specification("Manifest Entry Inheritance")]
public sealed class OtherReadersOfVersion3Tests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead)]
    [InlineData(IcebergRowChanges.CopyOnWrite)]
    public async Task Rows_that_were_merged_are_those_that_others_see(IcebergRowChanges way)
    {
        using MergedTable table = new() { Options = o => o with { FormatVersion = 3, RowChanges = way, Partition = ["region"] } };
        var random = new Random(48);
        for (int epoch = 0; epoch < 6; epoch++)
        {
            await table.WriteAsync([.. Enumerable.Range(0, 300).Select(_ => (long)random.Next(700)).Distinct().Select(i => new object?[] { i, i % 3 == 0 ? "eu" : "us", random.NextInt64(1000) })]);
            await AssertOthersAgreeAsync(table.Lake);
        }

        await table.Lake.WithAsync(m => m.CompactAsync(new CompactionOptions { MinFiles = 3 }, Cancellation));
        await AssertOthersAgreeAsync(table.Lake);
        await table.WriteAsync([1L, "us", 7L], [2L, "us", 7L]);
        await table.Lake.WithAsync(m => m.RewriteManifestsAsync(new ManifestOptions(), Cancellation));
        await table.Lake.WithAsync(m => m.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue }, Cancellation));
        await AssertOthersAgreeAsync(table.Lake);
    }

    // Lists, bits and several containers; what version 2 left is taken along.
    [Fact]
    public async Task Vectors_of_every_kind_of_container_are_read_by_others()
    {
        using var lake = new LakeFolder();
        await lake.AppendAsync(0, 150_000);
        DataFile file = Assert.Single(await lake.FilesAsync()).File;
        await lake.DeleteAsync([(file, 3), (file, 149_999)]);
        await (await lake.LoadAsync()).UpdateAsync(_ => new TableChange([], [new MetadataUpdate.UpgradeFormat(3)]), Cancellation);
        await lake.DeleteAsync(Enumerable.Range(0, 150_000).Where(i => i < 65_536 ? i % 5 == 0 : i % 50 == 0).Select(i => (file, (long)i)));
        await AssertOthersAgreeAsync(lake);
        Assert.InRange(Assert.Single(await lake.FilesAsync(), f => f.File.IsVector).File.Rows, 13_000, 15_000);
    }

    private static async Task AssertOthersAgreeAsync(LakeFolder lake)
    {
        JsonNode theirs = NodeOracle.Ask("iceberg-version3", new JsonObject { ["table"] = lake.Path });
        string[] names = ["id", "region", "amount", "_row_id", "_last_updated_sequence_number"];
        string Text(JsonNode row) => string.Join(' ', names.Select(n => $"{row[n]}"));
        IEnumerable<string> ours = (await lake.ReadAsync(o => o with { RowLineage = true }, new ReadRequest())).Select(r => Text(JsonNode.Parse(r)!));
        Assert.Equal(ours.Order(StringComparer.Ordinal), theirs.AsArray().Select(r => Text(r!)).Order(StringComparer.Ordinal));
    }
}
