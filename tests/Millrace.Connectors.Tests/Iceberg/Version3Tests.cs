using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

public sealed class Version3Tests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64), new Field("at", DataType.Timestamp(TimeUnit.Nanosecond)), new Field("zoned", DataType.Timestamp(TimeUnit.Nanosecond, "UTC")));

    private readonly LakeFolder _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    [Specification("Schemas and Data Types")]
    public async Task Nanoseconds_are_kept_in_tables_of_version_3_and_refused_below()
    {
        await WriteAsync(3, 1);
        JsonNode row = JsonNode.Parse(Assert.Single(await _lake.ReadAsync()))!;
        Assert.Equal("1970-01-01T00:00:00.000000001", (string)row["at"]!);
        Assert.StartsWith("1970-01-01T00:00:00.000000001", (string)row["zoned"]!, StringComparison.Ordinal);
        TableMetadata table = (await _lake.LoadAsync()).Metadata;
        Assert.Equal((3, IcebergType.TimestampNs, IcebergType.TimestampTzNs), (table.FormatVersion, table.Schema.Find("at")!.Type, table.Schema.Find("zoned")!.Type));
        using var other = new LakeFolder();
        using RecordBatch batch = LakeFolder.Batch(Columns, [[1L, 1L, 1L]]);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => other.WriteAsync(batch));
        Assert.Equal("MR3405", e.Code.Id);
        Assert.Contains("below format version 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Specification("Row Lineage")]
    [Specification("Reserved Field IDs")]
    [Specification("Manifest Entry Inheritance")]
    public async Task Rows_keep_their_ids_through_appends_deletes_and_rewritten_manifests()
    {
        await WriteAsync(3, 1, 2, 3);
        await WriteAsync(3, 4, 5);
        Assert.Equal(["1 0 1", "2 1 1", "3 2 1", "4 3 2", "5 4 2"], await _lake.LineageAsync());
        Assert.Equal(5, (await _lake.LoadAsync()).Metadata.NextRowId);

        // Removing a file writes its manifest anew, and deleting a row adds a vector; neither gives new ids.
        List<ManifestEntry> files = await _lake.FilesAsync();
        await _lake.DeleteAsync([(files.Single(f => f.File.Rows == 3).File, 1)]);
        string gone = files.Single(f => f.File.Rows == 2).File.Path;
        await (await _lake.LoadAsync()).CommitAsync(new FileChange { Operation = "delete", Removes = f => f.Path == gone }, TestContext.Current.CancellationToken);
        Assert.Equal(["1 0 1", "3 2 1"], await _lake.LineageAsync());
        await WriteAsync(3, 6);
        Assert.Equal(["1 0 1", "3 2 1", "6 5 5"], await _lake.LineageAsync());

        TableMetadata table = (await _lake.LoadAsync()).Metadata;
        Assert.Equal((6L, 5L, 1L), (table.NextRowId!.Value, table.CurrentSnapshot!.FirstRowId!.Value, table.CurrentSnapshot.AddedRows!.Value));
    }

    [Fact]
    [Specification("Delete Formats: Deletion Vectors")]
    public async Task A_file_has_one_vector_with_all_that_was_deleted_in_it()
    {
        await WriteAsync(3, 1, 2, 3, 4, 5);
        DataFile file = Assert.Single(await _lake.FilesAsync()).File;
        await _lake.DeleteAsync([(file, 1)]);
        await _lake.DeleteAsync([(file, 4), (file, 3), (file, 1)]);
        Assert.Equal(["1 0 1", "3 2 1"], await _lake.LineageAsync());
        ManifestEntry vector = Assert.Single(await _lake.FilesAsync(), f => f.File.Content == FileContent.PositionDeletes);
        Assert.Equal((DataFile.Puffin, 3L, file.Path), (vector.File.Format, vector.File.Rows, vector.File.ReferencedFile));

        // The footer tells where the vector lies.
        byte[] puffin = await File.ReadAllBytesAsync(vector.File.Path, TestContext.Current.CancellationToken);
        int length = BitConverter.ToInt32(puffin, puffin.Length - 12);
        JsonNode blob = JsonNode.Parse(puffin.AsSpan(puffin.Length - 12 - length, length))!["blobs"]![0]!;
        Assert.Equal(("deletion-vector-v1", vector.File.ContentOffset, vector.File.ContentSize), ((string)blob["type"]!, (long)blob["offset"]!, (long)blob["length"]!));
        Assert.Equal("3", (string)blob["properties"]!["cardinality"]!);
    }

    [Fact]
    [Specification("Appendix E: Format version changes")]
    public async Task A_table_that_is_upgraded_takes_its_older_deletes_into_vectors_and_gives_ids_to_all_rows()
    {
        var plain = new Schema(new Field("id", DataType.Int64));
        using (RecordBatch batch = LakeFolder.Batch(plain, [[1L], [2L], [3L]]))
        {
            await _lake.WriteAsync(batch);
        }

        DataFile file = Assert.Single(await _lake.FilesAsync()).File;
        await _lake.DeleteAsync([(file, 0)]);
        await (await _lake.LoadAsync()).UpdateAsync(_ => new TableChange([], [new MetadataUpdate.UpgradeFormat(3)]), TestContext.Current.CancellationToken);
        Assert.Equal(["2", "3"], (await _lake.LineageAsync()).Select(r => r.Split(' ')[0]));
        await _lake.DeleteAsync([(file, 2)]);
        Assert.Equal(["2 1 1"], await _lake.LineageAsync());
        Assert.Equal(3, (await _lake.LoadAsync()).Metadata.NextRowId);
    }

    [Fact]
    [Specification("Default Values")]
    public async Task Rows_that_lack_a_column_get_its_write_default()
    {
        await WriteAsync(3, 1);
        IcebergTable table = await _lake.LoadAsync();
        TableSchema schema = table.Metadata.Schema;
        var graded = new TableSchema(1, [.. schema.Fields, new IcebergField(9, "grade", true, IcebergType.Int) { InitialDefault = "5", WriteDefault = "6" }]);
        await table.UpdateAsync(_ => new TableChange([], [new MetadataUpdate.AddSchema(graded, 9), new MetadataUpdate.SetCurrentSchema(null)]), TestContext.Current.CancellationToken);
        await WriteAsync(3, 2);
        Assert.Equal(["1 5", "2 6"], (await _lake.ReadAsync()).Select(r => JsonNode.Parse(r)!).Select(r => $"{r["id"]} {r["grade"]}").Order());
    }

    [Fact]
    [Specification("Default Values")]
    public async Task Merged_rows_that_lack_a_column_keep_its_value_and_get_its_write_default_where_they_are_new()
    {
        using MergedTable table = new() { Options = o => o with { FormatVersion = 3 } };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        IcebergTable open = await table.Lake.LoadAsync();
        var graded = new TableSchema(1, [.. open.Metadata.Schema.Fields, new IcebergField(9, "grade", true, IcebergType.Int) { InitialDefault = "5", WriteDefault = "6" }], open.Metadata.Schema.Identifiers);
        await open.UpdateAsync(_ => new TableChange([], [new MetadataUpdate.AddSchema(graded, 9), new MetadataUpdate.SetCurrentSchema(null)]), TestContext.Current.CancellationToken);
        await table.WriteAsync([2, "us", 21], [3, "eu", 30]);
        Assert.Equal(["1 eu 10 5", "2 us 21 5", "3 eu 30 6"], await table.ReadAsync());
    }

    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead)]
    [InlineData(IcebergRowChanges.CopyOnWrite)]
    [InlineData(IcebergRowChanges.EqualityDeletes)]
    [Specification("Row Lineage")]
    public async Task Rows_keep_their_ids_when_they_are_merged_and_tell_who_changed_them(IcebergRowChanges way)
    {
        using MergedTable table = new() { Options = o => o with { FormatVersion = 3, RowChanges = way } };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20], [3, "us", 30], [4, "eu", 40]);
        await table.WriteAsync([2, "us", 21]);
        await table.WriteAsync([4, "us", 41], [5, "us", 50]);
        Assert.Equal(["1 eu 10", "2 us 21", "3 us 30", "4 us 41", "5 us 50"], await table.ReadAsync());
        string[] rows = await table.Lake.LineageAsync();
        Assert.Equal(["1 0 1", "3 2 1"], rows.Where(r => r[0] is '1' or '3'));
        Assert.Equal(["2", "3", "3"], rows.Where(r => r[0] is not ('1' or '3')).Select(r => r.Split(' ')[2]));

        // Whoever does not look for old rows cannot know their ids.
        Assert.Equal(way == IcebergRowChanges.EqualityDeletes, !rows.Contains("2 1 2") && !rows.Contains("4 3 3"));
        Assert.Equal(5, rows.Select(r => r.Split(' ')[1]).Distinct().Count());
        List<ManifestEntry> files = await table.Lake.FilesAsync();
        Assert.Equal(way == IcebergRowChanges.MergeOnRead, files.Exists(f => f.File.IsVector));
    }

    // Blocks replace what blocks before them wrote. A key that goes and comes again may be another row.
    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead)]
    [InlineData(IcebergRowChanges.CopyOnWrite)]
    [Specification("Row Lineage")]
    public Task Every_row_has_an_id_of_its_own_and_keeps_it_in_any_history_of_merges(IcebergRowChanges way) => LeakCheck.RunAsync(async () =>
    {
        using MergedTable table = new() { Options = o => o with { FormatVersion = 3, RowChanges = way, Partition = ["bucket(2, id)"] } };
        var random = new Random(4848);
        var known = new Dictionary<string, string>();
        for (int epoch = 1; epoch <= 12; epoch++)
        {
            object?[][] rows = [.. Enumerable.Range(0, 40).Select(_ => new object?[] { (long)random.Next(60), "eu", (long)epoch, random.Next(4) == 0 ? "D" : "U" })];
            await using (var sink = (IcebergSink)table.Open())
            {
                sink.BlockSize = 400;
                await table.WriteAsync(sink, rows, removesMissing: false);
            }

            Dictionary<string, string> now = (await table.Lake.LineageAsync()).Select(r => r.Split(' ')).ToDictionary(r => r[0], r => r[1] + " " + r[2]);
            Assert.Equal(now.Count, now.Values.Select(v => v.Split(' ')[0]).Distinct().Count());
            HashSet<string> touched = [.. rows.Select(r => $"{r[0]}")];
            HashSet<string> gone = [.. rows.Where(r => (string)r[3]! == "D").Select(r => $"{r[0]}")];
            foreach ((string id, string lineage) in now.Where(n => known.ContainsKey(n.Key) && !gone.Contains(n.Key)))
            {
                Assert.Equal(known[id].Split(' ')[0], lineage.Split(' ')[0]);
                Assert.Equal(touched.Contains(id) ? $"{epoch}" : known[id].Split(' ')[1], lineage.Split(' ')[1]);
            }

            known = now;
        }
    });

    [Fact]
    [Specification("Row Lineage")]
    public async Task A_version_that_is_over_stays_the_row_that_it_was_and_the_next_is_a_new_one()
    {
        using MergedTable table = new() { Mode = WriteMode.Scd2, Options = o => o with { FormatVersion = 3 } };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        await table.WriteAsync([2, "us", 21]);
        Assert.Equal(["1 0 1", "2 1 2", "2 2 2"], await table.Lake.LineageAsync());
    }

    [Fact]
    [Specification("Row Lineage")]
    public async Task Rows_that_a_replacement_leaves_as_they_are_keep_their_ids_and_lose_the_vector_of_their_file()
    {
        await WriteAsync(3, 1, 2, 3, 4);
        await _lake.DeleteAsync([((await _lake.FilesAsync())[0].File, 2)]);
        using RecordBatch batch = LakeFolder.Batch(Columns, [[2L, 9L, 9L]]);
        await _lake.WriteAsync(batch, WriteMode.Overwrite, o => o with { Replaces = IcebergReplaces.Filter, Filter = "id = 2" });
        string[] rows = await _lake.LineageAsync();
        Assert.Equal(["1 0 1", "4 3 1"], [rows[0], rows[2]]);
        Assert.EndsWith(" 3", rows[1], StringComparison.Ordinal);
        Assert.DoesNotContain(await _lake.FilesAsync(), f => f.File.IsVector);
    }

    private async Task WriteAsync(int version, params long[] ids)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [.. ids.Select(i => new object?[] { i, i, i })]);
        await _lake.WriteAsync(batch, options: o => o with { FormatVersion = version });
    }
}
