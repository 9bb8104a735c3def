using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>What commits do so that the next ones stay as fast: manifests merged, old metadata removed, long checkpoints kept apart.</summary>
public sealed class UpkeepTests : IDisposable
{
    private static readonly TableIdentifier Orders = TableIdentifier.OfPath("orders");

    private static readonly TableSchema Columns = new(0, [new(1, "id", true, IcebergType.Long), new(2, "region", false, IcebergType.String)]);

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Small_manifests_become_one_and_files_keep_their_numbers(int version)
    {
        IcebergTable table = await NewTableAsync(version, ("commit.manifest.min-count-to-merge", "5"));
        for (int i = 1; i <= 23; i++)
        {
            await table.CommitAsync(FileChange.Append([FileOf(table, i)]), Cancellation);
            List<ManifestFile> manifests = await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation);
            Assert.True(manifests.Count <= 5, $"{manifests.Count} manifests after {i} commits");
            List<ManifestEntry> entries = await ManifestReader.ReadAllAsync(table.Files, manifests, table.Metadata, Cancellation);
            Assert.Equal(Enumerable.Range(1, i).Select(n => (long)n), entries.Select(e => e.File.Rows).Order());
            Assert.All(entries, e => Assert.Equal((version == 1 ? 0 : e.File.Rows, table.Metadata.Snapshots[(int)e.File.Rows - 1].Id), (e.SequenceNumber!.Value, e.SnapshotId!.Value)));
            foreach (ManifestFile manifest in manifests)
            {
                Assert.Equal(manifest.MinSequenceNumber, (await ManifestReader.ReadAllAsync(table.Files, [manifest], table.Metadata, Cancellation)).Min(e => e.SequenceNumber!.Value));
            }
        }

        await AssertNoUnnamedManifestAsync(table);
    }

    [Fact]
    public async Task Manifests_are_left_alone_where_the_table_asks_for_it()
    {
        IcebergTable table = await NewTableAsync(2, ("commit.manifest.min-count-to-merge", "2"), ("commit.manifest-merge.enabled", "false"));
        for (int i = 1; i <= 6; i++)
        {
            await table.CommitAsync(FileChange.Append([FileOf(table, i)]), Cancellation);
        }

        Assert.Equal(6, (await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation)).Count);
    }

    [Fact]
    public async Task A_merged_manifest_does_not_pass_the_target_size()
    {
        IcebergTable table = await NewTableAsync(2, ("commit.manifest.min-count-to-merge", "3"));
        await table.CommitAsync(FileChange.Append([FileOf(table, 1)]), Cancellation);
        long one = (await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation))[0].Length;
        await table.UpdateAsync(_ => new TableChange([], [new MetadataUpdate.SetProperties(table.Metadata.Properties.SetItem("commit.manifest.target-size-bytes", $"{one * 4}"))]), Cancellation);
        for (int i = 2; i <= 40; i++)
        {
            await table.CommitAsync(FileChange.Append([FileOf(table, i)]), Cancellation);
        }

        List<ManifestFile> manifests = await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation);
        Assert.InRange(manifests.Count, 2, 20);
        Assert.All(manifests, m => Assert.True(m.Length <= one * 4, $"{m.Length} bytes"));
        Assert.Equal(40, (await _lake.FilesAsync()).Count);
    }

    [Fact]
    public async Task Writers_side_by_side_merge_and_lose_nothing()
    {
        await NewTableAsync(2, ("commit.manifest.min-count-to-merge", "4"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            IcebergTable table = await _lake.LoadAsync();
            for (int i = 0; i < 12; i++)
            {
                await table.CommitAsync(FileChange.Append([FileOf(table, (w * 100) + i)]), Cancellation);
            }
        }, Cancellation)));
        Assert.Equal(Enumerable.Range(0, 4).SelectMany(w => Enumerable.Range(0, 12).Select(i => (long)((w * 100) + i))), (await _lake.FilesAsync()).Select(e => e.File.Rows).Order());
        await AssertNoUnnamedManifestAsync(await _lake.LoadAsync());
    }

    [Fact]
    public async Task Old_metadata_files_are_removed_where_the_table_asks_for_it()
    {
        IcebergTable table = await NewTableAsync(2, ("write.metadata.delete-after-commit.enabled", "true"), ("write.metadata.previous-versions-max", "3"));
        for (int i = 1; i <= 9; i++)
        {
            await table.CommitAsync(FileChange.Append([FileOf(table, i)]), Cancellation);
        }

        Assert.Equal(["v10", "v7", "v8", "v9"], VersionsThere());
        Assert.Equal(9, (await _lake.FilesAsync()).Count);
    }

    [Fact]
    public async Task A_writer_that_was_held_up_does_not_take_a_number_whose_file_was_removed()
    {
        IcebergTable table = await NewTableAsync(2, ("write.metadata.delete-after-commit.enabled", "true"), ("write.metadata.previous-versions-max", "2"));
        StoreCatalog catalog = Catalog();
        LoadedTable late = (await catalog.LoadAsync(Orders, Cancellation))!;
        for (int i = 1; i <= 6; i++)
        {
            await table.CommitAsync(FileChange.Append([FileOf(table, i)]), Cancellation);
        }

        var change = new TableChange([], [new MetadataUpdate.SetProperties(late.Metadata.Properties.SetItem("late", "yes"))]);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await catalog.CommitAsync(Orders, late, change, Cancellation));
        Assert.Equal("MR3411", error.Code.Id);
        Assert.Equal(["v5", "v6", "v7"], VersionsThere());
        Assert.Equal(6, (await _lake.FilesAsync()).Count);
    }

    [Fact]
    public async Task A_long_checkpoint_is_kept_apart_and_found_again()
    {
        Checkpoint checkpoint = CheckpointOf(1) with
        {
            Splits = Enumerable.Range(0, 3000).ToDictionary(i => $"inbox/orders-{i:D6}.csv#0", _ => new SplitProgress(new Position(new JsonObject { ["row"] = 1 }), Done: true)),
        };
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            await using ISink sink = Sink();
            Assert.Equal(epoch - 1, (await sink.RecoverAsync(Cancellation))?.Epoch ?? 0);
            await using ISinkWriter writer = await OpenAsync(sink);
            using RecordBatch rows = Rows(epoch);
            await writer.WriteAsync(rows, Cancellation);
            await writer.CommitAsync(checkpoint with { Epoch = epoch }, Cancellation);
        }

        IcebergTable table = await _lake.LoadAsync();
        Assert.All(table.Metadata.Snapshots, s => Assert.Single(LargeSummary.FilesOf(s)));
        Assert.InRange(new FileInfo(table.MetadataFile).Length, 1, 12_000);
        await using ISink again = Sink();
        Assert.Equal((checkpoint with { Epoch = 3 }).ToJson().ToJsonString(), (await again.RecoverAsync(Cancellation))!.ToJson().ToJsonString());
        Assert.Equal([1L, 2, 3], (await again.Commits!.ListAsync(Cancellation)).Select(e => e.Checkpoint.Epoch));
    }

    [Fact]
    public async Task A_run_whose_last_commit_was_rolled_back_does_not_go_on()
    {
        await using ISink sink = Sink();
        await sink.RecoverAsync(Cancellation);
        await using ISinkWriter writer = await OpenAsync(sink);
        long first = 0;
        for (int epoch = 1; epoch <= 2; epoch++)
        {
            using RecordBatch rows = Rows(epoch);
            await writer.WriteAsync(rows, Cancellation);
            await writer.CommitAsync(CheckpointOf(epoch), Cancellation);
            first = first == 0 ? (await _lake.LoadAsync()).Metadata.CurrentSnapshotId!.Value : first;
        }

        IcebergTable table = await _lake.LoadAsync();
        await table.UpdateAsync(m => new TableChange([], [new MetadataUpdate.SetRef(SnapshotRef.Main, m.Refs[SnapshotRef.Main] with { SnapshotId = first })]), Cancellation);
        using (RecordBatch rows = Rows(3))
        {
            await writer.WriteAsync(rows, Cancellation);
        }

        Assert.Equal("MR3411", (await Assert.ThrowsAsync<MillraceException>(async () => await writer.CommitAsync(CheckpointOf(3), Cancellation))).Code.Id);
        Assert.Single(await _lake.ReadAsync());
        await using ISink next = Sink();
        Assert.Equal(1, (await next.RecoverAsync(Cancellation))!.Epoch);
    }

    private ISink Sink() => new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = _lake.Path }, new ConnectorContext { Job = "orders" });

    private static async Task<ISinkWriter> OpenAsync(ISink sink)
    {
        using RecordBatch rows = Rows(0);
        await sink.EnsureSchemaAsync(rows.Schema, SchemaEvolution.Evolve, Cancellation);
        return await sink.OpenWriterAsync(new SinkRequest { Schema = rows.Schema, Mode = WriteMode.Append, RunId = "run", FencingToken = 1, Resumes = true }, Cancellation);
    }

    private static RecordBatch Rows(int id) => LakeFolder.Batch(new Schema(new Field("id", DataType.Int64, nullable: false)), [[(long)id]]);

    private static Checkpoint CheckpointOf(long epoch) => new() { Job = "orders", Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 };

    private StoreCatalog Catalog() => new(new LocalStore(_lake.Folder["lake"]), _lake.Folder["lake"], TimeProvider.System);

    private async Task<IcebergTable> NewTableAsync(int version, params (string Name, string Value)[] properties)
    {
        var definition = new NewTable(Columns, PartitionSpec.Unpartitioned) { FormatVersion = version, Properties = properties.ToDictionary(p => p.Name, p => p.Value) };
        StoreCatalog catalog = Catalog();
        return new IcebergTable(catalog, Orders, await catalog.CreateAsync(Orders, definition, Cancellation), TimeProvider.System);
    }

    private string[] VersionsThere()
        => [.. Directory.GetFiles($"{_lake.Path}/metadata", "v*.metadata.json").Select(f => Path.GetFileName(f).Split('.')[0]).Order(StringComparer.Ordinal)];

    private static async Task AssertNoUnnamedManifestAsync(IcebergTable table)
    {
        var named = new HashSet<string>();
        foreach (Snapshot snapshot in table.Metadata.Snapshots)
        {
            named.UnionWith((await ManifestList.ReadAsync(table.Files, snapshot, Cancellation)).Select(m => m.Path));
        }

        Assert.All(Directory.GetFiles($"{table.Metadata.Location}/metadata", "*-m*.avro"), f => Assert.Contains(f, named));
    }

    private static DataFile FileOf(IcebergTable table, int rows) => new() { Path = table.Files.PathOf(string.Create(CultureInfo.InvariantCulture, $"data/{rows}.parquet")), Rows = rows, Bytes = 100 };
}
