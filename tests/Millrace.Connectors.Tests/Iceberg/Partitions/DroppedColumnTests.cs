using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Files of an old spec whose columns are gone from the table keep the values of their partitions through every commit.</summary>
[Specification("Partition Evolution")]
public sealed class DroppedColumnTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64), new Field("region", DataType.Int32), new Field("ts", DataType.Timestamp()));

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task They_are_merged_deleted_from_overwritten_and_shown(int version)
    {
        await StartAsync(version);
        Assert.Equal(["region=1, ts_day=1970-01-01", "region=2, ts_day=1970-01-02"], await PartitionsAsync("$partitions"));
        Assert.Equal(["region=1, ts_day=1970-01-01", "region=2, ts_day=1970-01-02"], await PartitionsAsync("$files"));

        await AppendAsync(5);
        await AppendAsync(6);
        await AppendAsync(7);
        IcebergTable table = await _lake.LoadAsync();
        Assert.Equal(2, (await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation)).Count);

        DataFile second = (await _lake.FilesAsync()).Single(e => Equals(e.File.Partition.Count > 0 ? e.File.Partition[0] : null, 2)).File;
        await table.CommitAsync(new FileChange { Operation = "delete", Dead = LakeFolder.Dead([(second, 0)]) }, Cancellation);
        Assert.Equal([1, 2, 4, 5, 6, 7], await _lake.IdsAsync());

        await OverwriteAsync("id = 1", 1);
        await OverwriteAsync("id < 3", 2);
        Assert.Equal([2, 4, 5, 6, 7], await _lake.IdsAsync());
        await _lake.WithAsync(m => m.RewriteManifestsAsync(new ManifestOptions(), Cancellation));
        Assert.Equal(["", "region=2, ts_day=1970-01-02"], (await PartitionsAsync("$files")).Distinct());
        Assert.Equal([2, 4, 5, 6, 7], await _lake.IdsAsync());
        await _lake.AssertWholeAsync();
    }

    [Fact]
    public async Task A_snapshot_from_before_is_pruned_by_them()
    {
        await StartAsync(2);
        long before = (await _lake.MetadataAsync()).Snapshots[0].Id;
        using Column two = ColumnValue.Repeat(DataType.Int32, 2, 1);
        var request = new ReadRequest { Predicates = [new ColumnPredicate("region", PredicateOperator.Equal, two)], Columns = [new RequestedColumn("id"), new RequestedColumn("region")] };
        Assert.Equal(["""{"id":3,"region":2}""", """{"id":4,"region":2}"""], await _lake.ReadAsync(o => o with { SnapshotId = before }, request));
    }

    // Four rows in two partitions; then the table is partitioned no more, and loses its columns one after the other.
    private async Task StartAsync(int version)
    {
        const long Day = 86_400_000_000;
        using (RecordBatch rows = LakeFolder.Batch(Columns, [[1L, 1, 0L], [2L, 1, 1L], [3L, 2, Day], [4L, 2, Day]]))
        {
            await _lake.WriteAsync(rows, options: o => o with { Partition = ["region", "day(ts)"], FormatVersion = version });
        }

        IcebergTable table = await _lake.LoadAsync();
        await table.UpdateAsync(m => new TableChange([],
        [
            new MetadataUpdate.AddSpec(PartitionSpec.Unpartitioned), new MetadataUpdate.SetDefaultSpec(null),
            new MetadataUpdate.SetProperties(m.Properties.SetItem("commit.manifest.min-count-to-merge", "2")),
        ]), Cancellation);
        foreach (string column in (string[])["region", "ts"])
        {
            await table.UpdateAsync(m => new TableChange([], [new MetadataUpdate.AddSchema(new SchemaUpdate(m.Schema, m.LastColumnId).Drop(column).Result, m.LastColumnId), new MetadataUpdate.SetCurrentSchema(null)]), Cancellation);
        }
    }

    private async Task AppendAsync(long id)
    {
        using RecordBatch rows = LakeFolder.Batch(Columns.Select([0]), [[id]]);
        await _lake.WriteAsync(rows);
    }

    private async Task OverwriteAsync(string filter, long id)
    {
        using RecordBatch rows = LakeFolder.Batch(Columns.Select([0]), [[id]]);
        await _lake.WriteAsync(rows, WriteMode.Overwrite, o => o with { Replaces = IcebergReplaces.Filter, Filter = filter });
    }

    private async Task<IEnumerable<string>> PartitionsAsync(string stream)
        => (await _lake.ReadAsync(o => o with { Path = o.Path + stream })).Select(r => (string)System.Text.Json.Nodes.JsonNode.Parse(r)!["partition"]!).Order(StringComparer.Ordinal);
}
