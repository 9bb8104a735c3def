using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>What tests of looking after a table share.</summary>
internal static class LakeMaintenance
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static readonly Schema Columns = new(new Field("id", DataType.Int64, nullable: false), new Field("region", DataType.Utf8));

    /// <summary>Opens the table as the commands do.</summary>
    public static TableMaintenance Open(this LakeFolder lake, Func<LocalStore, IObjectStore>? store = null)
        => new IcebergConnector(store ?? (s => s)).OpenMaintenance(new IcebergSourceOptions { Path = lake.Path }, new ConnectorContext { Job = "look after" });

    public static async Task<T> WithAsync<T>(this LakeFolder lake, Func<TableMaintenance, ValueTask<T>> action)
    {
        await using TableMaintenance open = lake.Open();
        return await action(open);
    }

    /// <summary>Appends rows with ids from one on, the regions in turn.</summary>
    public static async Task AppendAsync(this LakeFolder lake, int first, int count, params string[] partition)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [.. Enumerable.Range(first, count).Select(i => new object?[] { (long)i, i % 2 == 0 ? "eu" : "us" })]);
        await lake.WriteAsync(batch, options: o => o with { Partition = partition.Length == 0 ? null : partition });
    }

    /// <summary>The ids of the rows.</summary>
    public static async Task<IEnumerable<int>> IdsAsync(this LakeFolder lake, Func<IcebergSourceOptions, IcebergSourceOptions>? options = null)
        => (await lake.ReadAsync(options)).Select(r => (int)System.Text.Json.Nodes.JsonNode.Parse(r)!["id"]!).Order();

    public static async Task<TableMetadata> MetadataAsync(this LakeFolder lake) => (await lake.LoadAsync()).Metadata;

    /// <summary>Fails when a file is gone that a snapshot, or the metadata itself, names.</summary>
    public static async Task AssertWholeAsync(this LakeFolder lake)
    {
        IcebergTable table = await lake.LoadAsync();
        var named = new NamedFiles(table.Files);
        await named.AddSnapshotsAsync(table.Metadata, table.Metadata.Snapshots, Cancellation);
        foreach (Snapshot snapshot in table.Metadata.Snapshots)
        {
            Assert.True(File.Exists(snapshot.ManifestList!), snapshot.ManifestList);
            Assert.All(LargeSummary.FilesOf(snapshot), f => Assert.True(File.Exists(f), f));
        }

        foreach (ManifestEntry entry in await ManifestReader.ReadAllAsync(table.Files, [.. named.Manifests], table.Metadata, Cancellation))
        {
            Assert.True(!entry.IsLive || File.Exists(entry.File.Path), $"{entry.Status} {entry.File.Path}");
        }

        Assert.All(table.Metadata.MetadataLog.TakeLast(1), e => Assert.True(File.Exists(e.File), e.File));
    }
}
