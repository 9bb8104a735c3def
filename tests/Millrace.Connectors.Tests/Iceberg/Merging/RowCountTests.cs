using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>What a manifest claims of a file is not believed where rows are known by their numbers in it, and costs no memory.</summary>
[Specification("Manifests")]
public sealed class RowCountTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, "merge")]
    [InlineData(2, "filter")]
    [InlineData(1_000_000_000_000, "merge")]
    [InlineData(1_000_000_000_000, "filter")]
    [InlineData(long.MaxValue, "merge")]
    [InlineData(long.MaxValue, "filter")]
    public async Task A_file_of_another_number_of_rows_is_told_and_stays(long claimed, string write)
    {
        using MergedTable table = new();
        await table.WriteAsync([1, "eu", 10], [2, "eu", 20], [3, "eu", 30]);
        await ClaimAsync(table, claimed);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => write == "merge" ? table.WriteAsync([2, "us", 21]) : ReplaceAsync(table));
        Assert.Equal(IcebergErrors.BadManifest, e.Code);
        Assert.Contains($"counts {claimed} rows in a file that has 3", e.Message, StringComparison.Ordinal);
        Assert.Equal(["1 eu 10", "2 eu 20", "3 eu 30"], await table.ReadAsync());
    }

    [Fact]
    public void Marks_take_memory_up_to_the_last_of_them()
    {
        var marks = new RowMarks(1_000_000_000_000);
        Assert.False(marks[999_999_999_999]);
        long[] rows = [5, 63, 64, 5000, 70_000];
        foreach (long row in (long[])[.. rows.Reverse(), 64])
        {
            marks.Set(row);
        }

        RowMarks copy = marks.Copy();
        copy.Set(1_000_000);
        Assert.Equal((5L, 6L), (marks.Count, copy.Count));
        Assert.Equal(rows, marks.ToArray());
        Assert.Equal([.. rows, 1_000_000], copy.All());
        Assert.False(marks[1_000_000]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RowMarks(64).Set(64));
    }

    // The file takes the place of itself, with another count.
    private static async Task ClaimAsync(MergedTable table, long rows)
    {
        IcebergTable open = await table.Lake.LoadAsync();
        DataFile file = Assert.Single(await table.FilesAsync(FileContent.Data));
        string copy = file.Path.Replace(".parquet", "-copy.parquet", StringComparison.Ordinal);
        File.Copy(file.Path, copy);
        await open.CommitAsync(new FileChange { Operation = "overwrite", Added = [file with { Path = copy, Rows = rows, FirstRowId = null }], Removes = f => f.Path == file.Path }, Cancellation);
    }

    private static async Task ReplaceAsync(MergedTable table)
    {
        using RecordBatch rows = LakeFolder.Batch(MergedTable.Rows, [[2L, "us", 21L]]);
        await table.Lake.WriteAsync(rows, WriteMode.Overwrite, o => o with { Replaces = IcebergReplaces.Filter, Filter = "id = 2" });
    }
}
