using Millrace.Connectors.Common;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Ids of rows whose manifests were written before there were any.</summary>
[Specification("Row Lineage")]
[Specification("Appendix E: Format version changes")]
public sealed class RowIdTests : IDisposable
{
    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_of_manifests_that_nobody_counted_get_ids_of_their_own(bool goesThroughVersion2)
    {
        await WriteAsync(1, 2, 3);
        await WriteAsync(4, 5);
        await RewriteListAsync(m => m with { AddedFiles = null, ExistingFiles = null, DeletedFiles = null, AddedRows = null, ExistingRows = null, DeletedRows = null });
        if (goesThroughVersion2)
        {
            await UpgradeAsync(2);
            await WriteAsync(6);
            Assert.Equal([1L, 2L, 3L], (await ManifestsAsync()).Select(m => m.AddedRows!.Value + m.ExistingRows!.Value).Order());
        }

        await UpgradeAsync(3);
        await WriteAsync(7);
        await AssertIdsAsync(goesThroughVersion2 ? 7 : 6);
    }

    // What lists of version 2 say of manifests of version 1 that were not counted.
    [Fact]
    public async Task A_count_of_no_rows_beside_files_is_not_believed()
    {
        await WriteAsync(1, 2, 3);
        await WriteAsync(4, 5);
        await UpgradeAsync(2);
        await WriteAsync(6);
        await RewriteListAsync(m => m with { AddedFiles = 1, ExistingFiles = 1, DeletedFiles = 1, AddedRows = 0, ExistingRows = 0, DeletedRows = 0 });
        await UpgradeAsync(3);
        await WriteAsync(7);
        await AssertIdsAsync(7);
    }

    // Of files without rows, which others write, a manifest counts none, and is not there to be counted when its commit writes the list.
    [Fact]
    public async Task A_manifest_that_is_written_anew_may_be_left_with_files_without_rows()
    {
        await WriteAsync(1);
        await UpgradeAsync(3);
        IcebergTable table = await _lake.LoadAsync();
        DataFile File(string name, long rows) => new() { Path = table.Files.PathOf($"data/{name}"), Rows = rows, Bytes = 1 };
        await table.CommitAsync(FileChange.Append([File("empty", 0), File("gone", 5)]), Cancellation);
        await table.CommitAsync(new FileChange { Operation = "delete", Removes = f => f.Path.EndsWith("gone", StringComparison.Ordinal) }, Cancellation);
        Assert.Equal("2", table.Metadata.CurrentSnapshot!.Summary["total-data-files"]);
        Assert.Contains(await ManifestsAsync(), m => m is { ExistingFiles: 1, ExistingRows: 0 });
    }

    [Fact]
    public async Task A_list_gives_no_ids_by_an_unknown_count()
    {
        await WriteAsync(1);
        IcebergTable table = await _lake.LoadAsync();
        ManifestFile[] manifests = [.. (await ManifestsAsync()).Select(m => m with { ExistingRows = null })];
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(
            async () => await ManifestList.WriteAsync(table.Files, table.Files.PathOf("metadata/list.avro"), 3, 1, null, 1, 0, manifests, new Publisher<string>(), Cancellation));
        Assert.Equal("MR3408", e.Code.Id);
    }

    private async Task AssertIdsAsync(int rows)
    {
        string[] lineage = await _lake.LineageAsync();
        long[] ids = [.. lineage.Select(r => long.Parse(r.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(rows, ids.Distinct().Count());
        Assert.Equal(rows, (await _lake.LoadAsync()).Metadata.NextRowId);
        Assert.All(ids, id => Assert.InRange(id, 0, rows - 1));

        // And they keep them.
        await WriteAsync(8);
        Assert.Equal(lineage, (await _lake.LineageAsync()).Where(r => r[0] != '8'));
    }

    private async Task<List<ManifestFile>> ManifestsAsync()
    {
        IcebergTable table = await _lake.LoadAsync();
        return await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation);
    }

    private async Task RewriteListAsync(Func<ManifestFile, ManifestFile> change)
    {
        IcebergTable table = await _lake.LoadAsync();
        Snapshot snapshot = table.Metadata.CurrentSnapshot!;
        ManifestFile[] manifests = [.. (await ManifestsAsync()).Select(change)];
        await table.Files.Store.DeleteAsync(table.Files.NameOf(snapshot.ManifestList!), Cancellation);
        var publisher = new Publisher<string>();
        await ManifestList.WriteAsync(
            table.Files, snapshot.ManifestList!, table.Metadata.FormatVersion, snapshot.Id, snapshot.ParentId, snapshot.SequenceNumber, null, manifests, publisher, Cancellation);
        await publisher.FinishAsync();
        Assert.Equal(manifests.Select(m => m.AddedRows), (await ManifestsAsync()).Select(m => m.AddedRows));
    }

    private async Task UpgradeAsync(int version)
        => await (await _lake.LoadAsync()).UpdateAsync(_ => new TableChange([], [new MetadataUpdate.UpgradeFormat(version)]), Cancellation);

    private async Task WriteAsync(params long[] ids)
    {
        using RecordBatch batch = LakeFolder.Batch(new Schema(new Field("id", DataType.Int64)), [.. ids.Select(i => new object?[] { i })]);
        bool isNew = !Directory.Exists(_lake.Path);
        await _lake.WriteAsync(batch, options: o => isNew ? o with { FormatVersion = 1 } : o);
    }
}
