using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Commits of rows that are deleted by their place, which the table's version gives a form.</summary>
[Specification("Delete Formats: Deletion Vectors")]
public sealed class DeadRowsTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64));

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Earlier_vectors_are_read_with_one_look_at_their_file_and_nothing_is_written_but_new_ones()
    {
        DataFile[] data = await FillAsync(3, [1, 2], [3, 4], [5, 6], [7, 8]);
        await _lake.DeleteAsync(data.Take(3).Select(f => (f, 0L)));
        FaultPlan seen = FaultPlan.None();
        IcebergTable table = await LoadAsync(seen);
        int known = seen.Steps.Count;
        await table.CommitAsync(new FileChange { Operation = "delete", Dead = LakeFolder.Dead(data.Skip(1).Select(f => (f, 1L))) }, Cancellation);
        string[] steps = [.. seen.Steps.Skip(known)];
        Assert.Single(steps, s => s.StartsWith("open ", StringComparison.Ordinal) && s.EndsWith(".puffin", StringComparison.Ordinal));
        Assert.Single(steps, s => s.StartsWith("after publish ", StringComparison.Ordinal) && s.EndsWith(".puffin", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, s => s.Contains(".parquet", StringComparison.Ordinal));
        Assert.Equal(["2", "7"], await IdsAsync());
        Assert.Equal([1L, 1L, 2L, 2L], (await _lake.FilesAsync()).Where(f => f.File.IsVector).Select(f => f.File.Rows).Order());
    }

    [Fact]
    public async Task Manifests_without_a_vector_of_a_touched_file_stay_as_they_are()
    {
        DataFile[] data = await FillAsync(3, [1, 2], [3, 4]);
        await _lake.DeleteAsync([(data[0], 0)]);
        await _lake.DeleteAsync([(data[1], 0)]);
        string[] before = await ManifestsAsync();
        await _lake.DeleteAsync([(data[1], 1)]);
        string[] after = await ManifestsAsync();
        Assert.Equal(before.Length - 1, before.Intersect(after).Count());
        Assert.Equal(["2"], await IdsAsync());
    }

    [Fact]
    public async Task A_commit_that_is_overtaken_takes_over_what_the_other_one_deleted()
    {
        DataFile[] data = await FillAsync(3, [1, 2, 3, 4]);
        await _lake.DeleteAsync([(data[0], 0)]);
        IcebergTable slow = await _lake.LoadAsync();
        await _lake.DeleteAsync([(data[0], 1)]);
        await slow.CommitAsync(new FileChange { Operation = "delete", Dead = LakeFolder.Dead([(data[0], 3)]) }, Cancellation);
        Assert.Equal(["3"], await IdsAsync());
        Assert.Equal(3, Assert.Single(await _lake.FilesAsync(), f => f.File.IsVector).File.Rows);

        // One for each commit, and none of the attempt that was lost.
        Assert.Equal(3, Written("*.puffin").Length);
    }

    [Fact]
    [Specification("Appendix E: Format version changes")]
    public async Task A_table_that_is_upgraded_meanwhile_gets_vectors()
    {
        DataFile[] data = await FillAsync(2, [1, 2, 3, 4]);
        await _lake.DeleteAsync([(data[0], 0)]);
        int files = Written("*.parquet").Length;
        IcebergTable slow = await _lake.LoadAsync();
        await UpgradeAsync();
        await slow.CommitAsync(new FileChange { Operation = "delete", Dead = LakeFolder.Dead([(data[0], 3)]) }, Cancellation);
        Assert.Equal(["2", "3"], await IdsAsync());
        Assert.Equal(2, Assert.Single(await _lake.FilesAsync(), f => f.File.IsVector).File.Rows);
        Assert.Equal(files, Written("*.parquet").Length);
    }

    [Fact]
    public async Task Files_of_position_deletes_are_refused_once_a_table_has_vectors()
    {
        DataFile[] data = await FillAsync(3, [1, 2]);
        DataFile positions = data[0] with { Content = FileContent.PositionDeletes, Path = data[0].Path + "-deletes.parquet" };
        IcebergTable table = await _lake.LoadAsync();
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(
            async () => await table.CommitAsync(new FileChange { Operation = "delete", AddedDeletes = [positions] }, Cancellation));
        Assert.Equal(IcebergErrors.Conflict, e.Code);
        Assert.Equal(["1", "2"], await IdsAsync());
    }

    // The store may have made a file visible and say that it failed.
    [Theory]
    [InlineData(2, ".parquet")]
    [InlineData(3, ".puffin")]
    public async Task Deletes_of_a_commit_that_fails_are_removed(int version, string ending)
    {
        // The same commit to a table of the same history tells where.
        FaultPlan plan = FaultPlan.None();
        using (var twin = new DeadRowsTests())
        {
            DataFile[] same = await twin.FillAsync(version, [1, 2, 3, 4]);
            await (await twin.LoadAsync(plan)).CommitAsync(new FileChange { Operation = "delete", Dead = LakeFolder.Dead([(same[0], 1)]) }, Cancellation);
        }

        int published = plan.Steps.ToList().FindIndex(s => s.StartsWith("after publish ", StringComparison.Ordinal) && s.EndsWith(ending, StringComparison.Ordinal));
        DataFile[] data = await FillAsync(version, [1, 2, 3, 4]);
        string[] before = Written("*");
        FaultPlan fault = FaultPlan.At(published, FaultKind.Error);
        IcebergTable table = await LoadAsync(fault);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(
            async () => await table.CommitAsync(new FileChange { Operation = "delete", Dead = LakeFolder.Dead([(data[0], 1)]) }, Cancellation));
        Assert.Contains(ending, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Written("*"));
        Assert.Equal(["1", "2", "3", "4"], await IdsAsync());
    }

    private async Task<IcebergTable> LoadAsync(FaultPlan plan)
        => await IcebergTable.LoadAsync(new StoreCatalog(new FaultyStore(new LocalStore(_lake.Folder["lake"]), plan), _lake.Folder["lake"], TimeProvider.System), TableIdentifier.OfPath("orders"), TimeProvider.System, Cancellation);

    private async Task<DataFile[]> FillAsync(int version, params long[][] files)
    {
        foreach (long[] ids in files)
        {
            using RecordBatch batch = LakeFolder.Batch(Columns, [.. ids.Select(i => new object?[] { i })]);
            await _lake.WriteAsync(batch, options: o => o with { FormatVersion = version });
        }

        // In the order of their rows.
        return [.. (await _lake.FilesAsync()).OrderBy(f => f.SequenceNumber).Select(f => f.File)];
    }

    private async Task UpgradeAsync()
        => await (await _lake.LoadAsync()).UpdateAsync(_ => new TableChange([], [new MetadataUpdate.UpgradeFormat(3)]), Cancellation);

    private async Task<string[]> IdsAsync() => [.. (await _lake.ReadAsync()).Select(r => $"{System.Text.Json.Nodes.JsonNode.Parse(r)!["id"]}").Order(StringComparer.Ordinal)];

    private async Task<string[]> ManifestsAsync()
    {
        IcebergTable table = await _lake.LoadAsync();
        return [.. (await ManifestList.ReadAsync(table.Files, table.Metadata.CurrentSnapshot!, Cancellation)).Select(m => m.Path)];
    }

    private string[] Written(string pattern) => [.. Directory.GetFiles(_lake.Path, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
