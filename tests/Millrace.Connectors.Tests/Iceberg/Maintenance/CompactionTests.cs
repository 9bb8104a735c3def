using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

public sealed class CompactionTests : IDisposable
{
    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public Task Small_files_become_one_per_partition() => LeakCheck.RunAsync(async () =>
    {
        for (int i = 0; i < 6; i++)
        {
            await _lake.AppendAsync(i * 10, 10, "region");
        }

        string[] before = await RowsInOrderAsync();
        CompactionReport dry = await CompactAsync(new CompactionOptions { DryRun = true });
        Assert.Equal((12L, 60L, 2, 2, 0), (dry.FilesBefore, dry.RowsBefore, dry.Groups, dry.Partitions, dry.Commits));
        Assert.Equal(12, (await _lake.FilesAsync()).Count);

        CompactionReport report = await CompactAsync(new CompactionOptions());
        Assert.Equal((12L, 60L, 2L, 60L, 1), (report.FilesBefore, report.RowsBefore, report.FilesAfter, report.RowsAfter, report.Commits));
        TableMetadata table = await _lake.MetadataAsync();
        Assert.Equal(("replace", "60", "2"), (table.CurrentSnapshot!.Operation, table.CurrentSnapshot.Summary["total-records"], table.CurrentSnapshot.Summary["total-data-files"]));
        Assert.Equal(before.Order(StringComparer.Ordinal), (await _lake.ReadAsync()).Order(StringComparer.Ordinal));

        // Rows stand in the order in which they came, and there is nothing left to do.
        Assert.Equal(Enumerable.Range(0, 60).Where(i => i % 2 == 0), (await RowsInOrderAsync()).Select(Id).Where(i => i % 2 == 0));
        Assert.Equal(0, (await CompactAsync(new CompactionOptions())).FilesBefore);
        await _lake.AssertWholeAsync();
    });

    [Fact]
    public async Task Deleted_rows_and_deletes_that_are_for_nothing_any_more_are_left_out()
    {
        await _lake.AppendAsync(0, 50);
        await _lake.AppendAsync(50, 50);
        DataFile file = (await _lake.FilesAsync())[0].File;
        await _lake.DeleteAsync([(file, 3), (file, 4)]);
        await _lake.DeleteAsync([1], [[1L], [2L]]);
        int[] left = [.. await _lake.IdsAsync()];
        CompactionReport report = await CompactAsync(new CompactionOptions());
        Assert.Equal((100L, 96L, 2L), (report.RowsBefore, report.RowsAfter, report.DeleteFilesRemoved));
        Assert.Equal(left, await _lake.IdsAsync());
        Assert.Equal(FileContent.Data, Assert.Single(await _lake.FilesAsync()).File.Content);
        Assert.Equal("0", (await _lake.MetadataAsync()).CurrentSnapshot!.Summary["total-delete-files"]);
    }

    [Fact]
    [Specification("Row Lineage")]
    [Specification("Delete Formats: Deletion Vectors")]
    public Task Rows_with_ids_keep_them_and_vectors_go_with_their_files() => LeakCheck.RunAsync(async () =>
    {
        await _lake.AppendAsync(0, 5);
        await _lake.AppendAsync(5, 5);
        await (await _lake.LoadAsync()).UpdateAsync(_ => new TableChange([], [new MetadataUpdate.UpgradeFormat(3)]), Cancellation);
        await _lake.AppendAsync(10, 5);
        DataFile[] files = [.. (await _lake.FilesAsync()).Select(f => f.File)];
        await _lake.DeleteAsync([(files[0], 0), (files[1], 1)]);
        string[] before = await _lake.LineageAsync();
        Assert.Equal((13, 13), (before.Length, before.Select(r => r.Split(' ')[1]).Distinct().Count()));

        CompactionReport report = await CompactAsync(new CompactionOptions { Sort = "id desc" });
        Assert.Equal((15L, 13L, 1L, 2L), (report.RowsBefore, report.RowsAfter, report.FilesAfter, report.DeleteFilesRemoved));
        Assert.Equal(before, await _lake.LineageAsync());
        DataFile file = Assert.Single(await _lake.FilesAsync()).File;
        Assert.Equal(FileContent.Data, file.Content);
        Assert.DoesNotContain(file.Metrics.LowerBounds.Keys, id => id > 1000);
        Assert.Equal("0", (await _lake.MetadataAsync()).CurrentSnapshot!.Summary["total-delete-files"]);

        // A row that comes later gets an id of its own, and none of those that are there goes by another.
        await _lake.AppendAsync(20, 1);
        string[] after = await _lake.LineageAsync();
        Assert.Equal(before, after.Where(r => !r.StartsWith("20 ", StringComparison.Ordinal)));
        Assert.Equal(14, after.Select(r => r.Split(' ')[1]).Distinct().Count());
        await _lake.WithAsync(m => m.RewriteManifestsAsync(new ManifestOptions(), Cancellation));
        Assert.Equal(after, await _lake.LineageAsync());

        // Rows are found by ids, whichever of them stand in the file.
        foreach (string row in after)
        {
            using Column id = ColumnValue.Repeat(DataType.Int64, long.Parse(row.Split(' ')[1], CultureInfo.InvariantCulture), 1);
            var request = new ReadRequest { Predicates = [new ColumnPredicate("_row_id", PredicateOperator.Equal, id)] };
            Assert.Contains((await _lake.ReadAsync(o => o with { RowLineage = true }, request)).Select(Id), i => i == int.Parse(row.Split(' ')[0], CultureInfo.InvariantCulture));
        }

        await _lake.WithAsync(m => m.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue }, Cancellation));
        Assert.Empty(Directory.GetFiles(_lake.Path, "*.puffin", SearchOption.AllDirectories));
        Assert.Equal(after, await _lake.LineageAsync());
        await _lake.AssertWholeAsync();
    });

    [Fact]
    [Specification("Delete Formats: Deletion Vectors")]
    public async Task A_vector_that_came_meanwhile_makes_the_compaction_read_again_and_others_in_its_file_stay()
    {
        await _lake.AppendAsync(0, 10, "region");
        await (await _lake.LoadAsync()).UpdateAsync(_ => new TableChange([], [new MetadataUpdate.UpgradeFormat(3)]), Cancellation);
        await _lake.AppendAsync(10, 10);
        List<ManifestEntry> files = await _lake.FilesAsync();
        await _lake.DeleteAsync([.. files.Select(f => (f.File, 0L))]);
        Assert.Single((await _lake.FilesAsync()).Where(f => f.File.IsVector).Select(f => f.File.Path).Distinct());
        await CompactWhileAsync(() => _lake.DeleteAsync([.. files.Select(f => (f.File, 1L))]), "region = 'eu'");
        Assert.Equal(12, (await _lake.IdsAsync()).Count());
        Assert.Equal(2, (await _lake.FilesAsync()).Count(f => f.File.IsVector));
        await _lake.WithAsync(m => m.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue }, Cancellation));
        await _lake.WithAsync(m => m.RemoveOrphansAsync(new OrphanOptions { OlderThan = TimeSpan.FromTicks(1), Force = true }, Cancellation));
        Assert.Single(Directory.GetFiles(_lake.Path, "*.puffin", SearchOption.AllDirectories));
        Assert.Equal(12, (await _lake.IdsAsync()).Count());
        await _lake.AssertWholeAsync();
    }

    [Fact]
    public async Task Deletes_by_value_that_come_meanwhile_apply_to_the_new_files()
    {
        await _lake.AppendAsync(0, 10);
        await _lake.AppendAsync(10, 10);
        await CompactWhileAsync(() => _lake.DeleteAsync([1], [[5L], [15L]]));
        Assert.Equal(Enumerable.Range(0, 20).Except([5, 15]), await _lake.IdsAsync());
        Assert.Equal(2, (await _lake.FilesAsync()).Count);

        // And those that come with the same values again do not.
        await _lake.AppendAsync(5, 1);
        Assert.Contains(5, await _lake.IdsAsync());
    }

    [Fact]
    public async Task Deletes_by_place_that_come_meanwhile_make_it_begin_again()
    {
        await _lake.AppendAsync(0, 10);
        await _lake.AppendAsync(10, 10);
        DataFile file = (await _lake.FilesAsync())[0].File;
        CompactionReport report = await CompactWhileAsync(() => _lake.DeleteAsync([(file, 0)]));
        Assert.Equal((0, 19L), (report.GroupsGivenUp, report.RowsAfter));
        Assert.Equal(19, (await _lake.IdsAsync()).Count());
        Assert.Single(await _lake.FilesAsync());
        Assert.Equal(0, (await _lake.WithAsync(m => m.RemoveOrphansAsync(new OrphanOptions { OlderThan = TimeSpan.Zero, Force = true, DryRun = true }, Cancellation))).Removed.DataFiles);
    }

    [Fact]
    public async Task An_overwrite_and_a_rollback_meanwhile_are_not_undone()
    {
        await _lake.AppendAsync(0, 10);
        await _lake.AppendAsync(10, 10);
        await CompactWhileAsync(async () =>
        {
            using RecordBatch batch = LakeFolder.Batch(LakeMaintenance.Columns, [[99L, "eu"]]);
            await _lake.WriteAsync(batch, WriteMode.Overwrite);
        });
        Assert.Equal([99], await _lake.IdsAsync());

        await _lake.AppendAsync(200, 1);
        DataFile file = (await _lake.FilesAsync()).Single(f => f.File.Rows == 1 && f.SequenceNumber == (f.SequenceNumber ?? 0) && f.File.Metrics.LowerBounds[1][0] == 99).File;
        await _lake.DeleteAsync([(file, 0)]);
        await CompactWhileAsync(() => _lake.WithAsync(m => m.RollbackAsync(new RollbackRequest { Steps = 1 }, Cancellation)));
        Assert.Equal([99, 200], await _lake.IdsAsync());
    }

    [Fact]
    public async Task Appends_meanwhile_do_not_disturb()
    {
        await _lake.AppendAsync(0, 10);
        await _lake.AppendAsync(10, 10);
        CompactionReport report = await CompactWhileAsync(() => _lake.AppendAsync(20, 10));
        Assert.Equal((1, 1L), (report.Commits, report.FilesAfter));
        Assert.Equal(Enumerable.Range(0, 30), await _lake.IdsAsync());
    }

    [Fact]
    public async Task Files_of_an_old_layout_are_written_by_the_new_one()
    {
        await _lake.AppendAsync(0, 10);
        await _lake.AppendAsync(10, 10);
        IcebergTable table = await _lake.LoadAsync();
        await table.UpdateAsync(
            m => new TableChange([], [new MetadataUpdate.AddSpec(new PartitionSpec(0, [new SpecField(2, 1000, "region", Transform.Identity)])), new MetadataUpdate.SetDefaultSpec(null)]), Cancellation);
        await CompactAsync(new CompactionOptions());
        List<ManifestEntry> files = await _lake.FilesAsync();
        Assert.Equal(["eu", "us"], files.Select(f => (string)f.File.Partition[0]!).Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, 20), await _lake.IdsAsync());
    }

    [Fact]
    public async Task Rows_are_sorted_when_asked_for()
    {
        await _lake.AppendAsync(0, 300);
        await _lake.AppendAsync(300, 300);
        await CompactAsync(new CompactionOptions { Sort = "region desc, id" });
        Assert.Equal(Enumerable.Range(0, 600).OrderByDescending(i => i % 2).ThenBy(i => i), (await RowsInOrderAsync()).Select(Id));
    }

    [Theory]
    [InlineData("region = 'eu'", 1)]
    [InlineData("region >= 'eu' and region < 'us'", 1)]
    [InlineData("region <> 'none'", 2)]
    [InlineData("region is null", 0)]
    [InlineData("region between 'eu' and 'ev'", 1)]
    [InlineData("region in ('us', 'eu')", 2)]
    [InlineData("region in ('de', 'us')", 1)]
    [InlineData("\"region\" = 'x''y'", 0)]
    public async Task Conditions_choose_partitions(string where, int partitions)
    {
        for (int i = 0; i < 2; i++)
        {
            await _lake.AppendAsync(i * 10, 10, "region");
        }

        Assert.Equal(partitions, (await CompactAsync(new CompactionOptions { Where = where, DryRun = true })).Partitions);
    }

    [Theory]
    [InlineData("regoin = 'eu'", "MR3443", "did you mean 'region'?")]
    [InlineData("id = 5", "MR3485", "not partitioned by 'id' but by region")]
    [InlineData("region = 'eu' or region = 'us'", "MR3443", "Found 'or region = 'us'' where AND or the end is expected")]
    public async Task Conditions_that_make_no_sense_are_told(string where, string code, string message)
    {
        await _lake.AppendAsync(0, 10, "region");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CompactAsync(new CompactionOptions { Where = where }));
        Assert.Equal((code, _lake.Path), (error.Code.Id, error.Place?.File));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_work_is_done_in_several_commits()
    {
        for (int i = 0; i < 8; i++)
        {
            await _lake.AppendAsync(i * 10, 10, "region");
        }

        CompactionReport report = await CompactAsync(new CompactionOptions { CommitBytes = 1 });
        Assert.Equal((2, 2L), (report.Commits, report.FilesAfter));
        Assert.Equal(Enumerable.Range(0, 80), await _lake.IdsAsync());
    }

    [Fact]
    public async Task Files_that_are_large_enough_or_too_few_stay()
    {
        await _lake.AppendAsync(0, 10);
        await _lake.AppendAsync(10, 10);
        long bytes = (await _lake.FilesAsync())[0].File.Bytes;
        Assert.Equal((0L, 2L), (Only(await CompactAsync(new CompactionOptions { TargetBytes = bytes })), (await CompactAsync(new CompactionOptions { TargetBytes = bytes })).FilesLeft));
        Assert.Equal(0, Only(await CompactAsync(new CompactionOptions { MinFiles = 3 })));
        Assert.Equal(2, Only(await CompactAsync(new CompactionOptions { TargetBytes = bytes, All = true })));
    }

    [Fact]
    public async Task Manifests_are_written_anew_by_partition()
    {
        for (int i = 0; i < 5; i++)
        {
            await _lake.AppendAsync(i * 10, 10, "region");
        }

        List<ManifestEntry> before = await _lake.FilesAsync();
        ManifestReport dry = await _lake.WithAsync(m => m.RewriteManifestsAsync(new ManifestOptions { DryRun = true }, Cancellation));
        Assert.Equal((5, 1, 10L), (dry.Before, dry.After, dry.Files));
        ManifestReport report = await _lake.WithAsync(m => m.RewriteManifestsAsync(new ManifestOptions(), Cancellation));
        Assert.Equal((5, 1), (report.Before, report.After));
        List<ManifestEntry> after = await _lake.FilesAsync();
        Assert.Equal(before.Select(Key).Order(StringComparer.Ordinal), after.Select(Key).Order(StringComparer.Ordinal));
        Assert.Equal(after.Select(f => (string)f.File.Partition[0]!).Order(StringComparer.Ordinal), after.Select(f => (string)f.File.Partition[0]!));
        Assert.False((await _lake.WithAsync(m => m.RewriteManifestsAsync(new ManifestOptions(), Cancellation))).Changed);
        Assert.Equal(Enumerable.Range(0, 50), await _lake.IdsAsync());
        await _lake.AssertWholeAsync();
    }

    private static string Key(ManifestEntry entry) => $"{entry.File.Path} {entry.SequenceNumber} {entry.FileSequenceNumber} {entry.SnapshotId}";

    private static long Only(CompactionReport report) => report.FilesBefore;

    private Task<CompactionReport> CompactAsync(CompactionOptions options) => _lake.WithAsync(m => m.CompactAsync(options, Cancellation));

    // Something happens after the files are read and written and before the commit.
    private async Task<CompactionReport> CompactWhileAsync(Func<Task> meanwhile, string? where = null)
    {
        IcebergTable table = await _lake.LoadAsync();
        await meanwhile();
        return await new Compaction(table, "orders", new CompactionOptions { Where = where }).RunAsync(Cancellation);
    }

    private static int Id(string row) => (int)System.Text.Json.Nodes.JsonNode.Parse(row)!["id"]!;

    private async Task<string[]> RowsInOrderAsync() => [.. await _lake.ReadAsync(request: new ReadRequest())];
}
