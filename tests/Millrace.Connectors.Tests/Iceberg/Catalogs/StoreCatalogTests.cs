using System.Collections.Immutable;
using System.Globalization;
using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Table Metadata")]
[Specification("Commit Conflict Resolution and Retry")]
[Specification("Appendix F: Implementation Notes")]
[Specification("Snapshots")]
public sealed class StoreCatalogTests : IDisposable
{
    private static readonly TableIdentifier Orders = TableIdentifier.OfPath("lake/orders");

    private static readonly TableSchema Columns = new(0, [new(1, "id", true, IcebergType.Long), new(2, "day", false, IcebergType.Date)]);

    private readonly TempFolder _folder = new(inMemory: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_is_made_found_listed_and_dropped()
    {
        StoreCatalog catalog = Open();
        Assert.Null(await catalog.LoadAsync(Orders, Cancellation));
        LoadedTable made = await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation);

        Assert.Equal($"{_folder.Path}/lake/orders/metadata/v1.metadata.json", made.MetadataFile);
        Assert.Equal("1", await File.ReadAllTextAsync(_folder["lake/orders/metadata/version-hint.text"], Cancellation));
        LoadedTable? found = await Open().LoadAsync(Orders, Cancellation);
        Assert.Equal(made.Metadata.TableUuid, found!.Metadata.TableUuid);
        Assert.Equal([Orders], await Open().ListAsync(Cancellation).ToListAsync(Cancellation));
        Assert.Equal("MR3410", (await Assert.ThrowsAsync<MillraceException>(async () => await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation))).Code.Id);
        Assert.True(await catalog.DropAsync(Orders, Cancellation));
        Assert.Null(await catalog.LoadAsync(Orders, Cancellation));
        Assert.False(await catalog.DropAsync(Orders, Cancellation));
    }

    [Fact]
    public async Task Appends_add_up_and_summaries_count()
    {
        IcebergTable table = await NewTableAsync();
        await table.CommitAsync(FileChange.Append([DataFileOf(table, "a", 10), DataFileOf(table, "b", 20)]), Cancellation);
        Snapshot second = await table.CommitAsync(
            FileChange.Append([DataFileOf(table, "c", 5)]) with { Summary = ImmutableSortedDictionary<string, string>.Empty.Add("millrace.job", "j") }, Cancellation);

        Assert.Equal(2, second.SequenceNumber);
        Assert.Equal(("append", "1", "5", "3", "35", "j"), (second.Operation, second.Summary["added-data-files"], second.Summary["added-records"], second.Summary["total-data-files"], second.Summary["total-records"], second.Summary["millrace.job"]));
        Assert.Equal(["a", "b", "c"], await PathsAsync(await IcebergTable.LoadAsync(Open(), Orders, TimeProvider.System, Cancellation)));
        Assert.Equal([1L, 1, 2], (await EntriesAsync(table)).OrderBy(e => e.File.Path).Select(e => e.SequenceNumber!.Value));
        Assert.Equal(2, table.Metadata.SnapshotLog.Count);
        Assert.Equal(2, table.Metadata.MetadataLog.Count);
    }

    [Fact]
    public async Task Files_that_are_taken_out_are_told_as_deleted_once()
    {
        IcebergTable table = await NewTableAsync();
        await table.CommitAsync(FileChange.Append([DataFileOf(table, "a", 10), DataFileOf(table, "b", 20)]), Cancellation);
        Snapshot second = await table.CommitAsync(
            new FileChange { Operation = "overwrite", Removes = f => f.Path.EndsWith('a'), Added = [DataFileOf(table, "c", 1)] }, Cancellation);
        Assert.Equal(("1", "10", "21", "2"), (second.Summary["deleted-data-files"], second.Summary["deleted-records"], second.Summary["total-records"], second.Summary["total-data-files"]));
        Assert.Equal(["b", "c"], await PathsAsync(table));

        Snapshot third = await table.CommitAsync(new FileChange { Operation = "delete", Removes = _ => true }, Cancellation);
        Assert.Equal(("2", "0"), (third.Summary["deleted-data-files"], third.Summary["total-records"]));
        Assert.Empty(await PathsAsync(table));
        await table.CommitAsync(FileChange.Append([DataFileOf(table, "d", 1)]), Cancellation);
        Assert.Equal(["d"], await PathsAsync(table));
        Assert.Single(await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation));
    }

    [Fact]
    public async Task Eight_writers_lose_no_commit_and_leave_a_line_of_snapshots()
    {
        await NewTableAsync();
        const int writers = 8;
        const int commits = 12;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            IcebergTable table = await IcebergTable.LoadAsync(Open(), Orders, TimeProvider.System, Cancellation);
            for (int i = 0; i < commits; i++)
            {
                await table.CommitAsync(FileChange.Append([DataFileOf(table, $"{w}-{i}", 1)]), Cancellation);
            }
        }, Cancellation)));

        IcebergTable end = await IcebergTable.LoadAsync(Open(), Orders, TimeProvider.System, Cancellation);
        Assert.Equal(
            Enumerable.Range(0, writers).SelectMany(w => Enumerable.Range(0, commits).Select(i => $"{w}-{i}")).Order(StringComparer.Ordinal),
            await PathsAsync(end));
        List<Snapshot> line = [.. end.Metadata.AncestorsOf(end.Metadata.CurrentSnapshotId)];
        Assert.Equal(writers * commits, line.Count);
        Assert.Equal(Enumerable.Range(1, writers * commits).Select(i => (long)i), line.Select(s => s.SequenceNumber).Reverse());
        Assert.Equal((writers * commits).ToString(CultureInfo.InvariantCulture), end.Metadata.CurrentSnapshot!.Summary["total-records"]);

        // Attempts that lost leave nothing behind.
        int lists = Directory.GetFiles(_folder["lake/orders/metadata"], "snap-*.avro").Length;
        Assert.Equal(writers * commits, lists);
    }

    [Fact]
    public async Task A_commit_about_a_file_that_is_gone_is_refused()
    {
        IcebergTable table = await NewTableAsync();
        await table.CommitAsync(FileChange.Append([DataFileOf(table, "a", 10)]), Cancellation);
        var change = new FileChange { Operation = "overwrite", Needs = new HashSet<string> { table.Files.PathOf("data/x") } };
        Assert.Equal("MR3411", (await Assert.ThrowsAsync<MillraceException>(async () => await table.CommitAsync(change, Cancellation))).Code.Id);
        Assert.Equal(["a"], await PathsAsync(table));
    }

    [Fact]
    public async Task A_commit_that_others_made_wrong_is_refused()
    {
        IcebergTable table = await NewTableAsync();
        Snapshot based = await table.CommitAsync(FileChange.Append([DataFileOf(table, "a", 10)]), Cancellation);
        IcebergTable other = await IcebergTable.LoadAsync(Open(), Orders, TimeProvider.System, Cancellation);
        await other.CommitAsync(FileChange.Append([DataFileOf(table, "b", 10)]), Cancellation);

        var change = new FileChange { Operation = "overwrite", Removes = f => f.Path.EndsWith('a'), BasedOn = based.Id, ConflictsWith = f => f.Path.EndsWith('b') };
        Assert.Equal("MR3411", (await Assert.ThrowsAsync<MillraceException>(async () => await table.CommitAsync(change, Cancellation))).Code.Id);
        await table.CommitAsync(change with { ConflictsWith = f => f.Path.EndsWith('c') }, Cancellation);
        Assert.Equal(["b"], await PathsAsync(table));
    }

    [Fact]
    public async Task A_hint_that_is_behind_or_gone_does_not_hide_commits()
    {
        IcebergTable table = await NewTableAsync();
        await table.CommitAsync(FileChange.Append([DataFileOf(table, "a", 10)]), Cancellation);
        string hint = _folder["lake/orders/metadata/version-hint.text"];
        foreach (string? text in new[] { "1", "rubbish", "77", null })
        {
            if (text is null)
            {
                File.Delete(hint);
            }
            else
            {
                await File.WriteAllTextAsync(hint, text, Cancellation);
            }

            Assert.Equal(["a"], await PathsAsync(await IcebergTable.LoadAsync(Open(), Orders, TimeProvider.System, Cancellation)));
        }
    }

    [Fact]
    public async Task A_table_that_was_moved_is_read_and_written()
    {
        IcebergTable table = await NewTableAsync();
        await table.CommitAsync(FileChange.Append([DataFileOf(table, "a", 10)]), Cancellation);
        Directory.Move(_folder["lake/orders"], _folder["lake/moved"]);
        IcebergTable moved = await IcebergTable.LoadAsync(Open(), TableIdentifier.OfPath("lake/moved"), TimeProvider.System, Cancellation);
        await moved.CommitAsync(FileChange.Append([DataFileOf(moved, "b", 10)]), Cancellation);
        Assert.Equal(["a", "b"], await PathsAsync(moved));
    }

    [Fact]
    public async Task A_table_that_a_catalog_names_is_read_and_not_written()
    {
        IcebergTable table = await NewTableAsync();
        await table.CommitAsync(FileChange.Append([DataFileOf(table, "a", 10)]), Cancellation);
        File.Move(_folder["lake/orders/metadata/v2.metadata.json"], _folder["lake/orders/metadata/00002-0b2a-11.metadata.json"]);
        File.Delete(_folder["lake/orders/metadata/v1.metadata.json"]);
        File.Delete(_folder["lake/orders/metadata/version-hint.text"]);
        IcebergTable read = await IcebergTable.LoadAsync(Open(), Orders, TimeProvider.System, Cancellation);
        Assert.Equal(["a"], await PathsAsync(read));
        Assert.Equal("MR3414", (await Assert.ThrowsAsync<MillraceException>(async () => await read.CommitAsync(FileChange.Append([]), Cancellation))).Code.Id);
    }

    [Fact]
    public async Task Gzip_metadata_is_kept_where_the_table_asks_for_it()
    {
        StoreCatalog catalog = Open();
        await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned) { Properties = new Dictionary<string, string> { ["write.metadata.compression-codec"] = "gzip" } }, Cancellation);
        IcebergTable table = await IcebergTable.LoadAsync(catalog, Orders, TimeProvider.System, Cancellation);
        await table.CommitAsync(FileChange.Append([DataFileOf(table, "a", 10)]), Cancellation);
        Assert.True(File.Exists(_folder["lake/orders/metadata/v2.gz.metadata.json"]));
        Assert.Equal(["a"], await PathsAsync(await IcebergTable.LoadAsync(Open(), Orders, TimeProvider.System, Cancellation)));
    }

    [Fact]
    public async Task Schemas_and_specs_change_and_keep_their_past()
    {
        IcebergTable table = await NewTableAsync();
        await table.UpdateAsync(m =>
        {
            SchemaUpdate update = new SchemaUpdate(m.Schema, m.LastColumnId).Add(null, "note", IcebergType.String);
            return new TableChange(
                [new MetadataRequirement.LastColumnIdIs(m.LastColumnId)],
                [
                    new MetadataUpdate.AddSchema(update.Result, update.LastColumnId), new MetadataUpdate.SetCurrentSchema(null),
                    new MetadataUpdate.AddSpec(new PartitionSpec(0, [new SpecField(2, 1000, "day", Transform.Identity)])), new MetadataUpdate.SetDefaultSpec(null),
                ]);
        }, Cancellation);

        TableMetadata read = (await Open().LoadAsync(Orders, Cancellation))!.Metadata;
        Assert.Equal((1, 3, 1, 1000), (read.CurrentSchemaId, read.LastColumnId, read.DefaultSpecId, read.LastPartitionId));
        Assert.Equal((2, 2), (read.Schemas.Count, read.Specs.Count));
    }

    private StoreCatalog Open() => new(new LocalStore(_folder.Path), _folder.Path, TimeProvider.System);

    private async Task<IcebergTable> NewTableAsync()
    {
        StoreCatalog catalog = Open();
        return new IcebergTable(catalog, Orders, await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation), TimeProvider.System);
    }

    private static DataFile DataFileOf(IcebergTable table, string name, long rows) => new() { Path = table.Files.PathOf($"data/{name}"), Rows = rows, Bytes = rows * 100 };

    private static async Task<List<ManifestEntry>> EntriesAsync(IcebergTable table)
    {
        var entries = new List<ManifestEntry>();
        foreach (ManifestFile manifest in await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation))
        {
            await foreach (ManifestEntry entry in ManifestReader.ReadAsync(table.Files, manifest, table.Metadata, Cancellation))
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static async Task<IEnumerable<string>> PathsAsync(IcebergTable table)
        => (await EntriesAsync(table)).Where(e => e.IsLive).Select(e => e.File.Path[(e.File.Path.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal);
}
