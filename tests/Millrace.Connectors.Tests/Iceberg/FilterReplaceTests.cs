using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Rows of a table that match a filter are replaced by others.</summary>
public sealed class FilterReplaceTests
{
    [Theory]
    [InlineData("region = 'eu'", "5 eu 50", "1 us 10|4  40|5 eu 50|9 us 90")]
    [InlineData("region='eu' and amount >= 20", "5 eu 50", "1 us 10|2 eu 10|4  40|5 eu 50|9 us 90")]
    [InlineData("id BETWEEN 2 AND 8 AND region IS NOT NULL", "5 eu 50", "1 us 10|4  40|5 eu 50|9 us 90")]
    [InlineData("\"region\" <> 'us'", "5 eu 50", "1 us 10|4  40|5 eu 50|9 us 90")]
    [InlineData("region IS NULL", "5  50", "1 us 10|2 eu 10|3 eu 30|5  50|9 us 90")]
    [InlineData("id IN (2, 3, 77)", "3 us 30", "1 us 10|3 us 30|4  40|9 us 90")]
    [InlineData("region in ('eu','it''s') AND id IN (2)", "2 eu 20", "1 us 10|2 eu 20|3 eu 30|4  40|9 us 90")]
    [InlineData("id = '2'", "2 us 20", "1 us 10|2 us 20|3 eu 30|4  40|9 us 90")]
    [InlineData("id > 100", "500 eu 50", "1 us 10|2 eu 10|3 eu 30|4  40|500 eu 50|9 us 90")]
    public async Task Only_rows_that_match_go(string filter, string row, string expected)
    {
        using MergedTable table = new();
        await table.WriteAsync([1, "us", 10], [2, "eu", 10], [3, "eu", 30]);
        await table.WriteAsync([4, null, 40], [9, "us", 90]);
        string[] parts = row.Split(' ');
        await ReplaceAsync(table, filter, [long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1].Length == 0 ? null : parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture)]);
        Assert.Equal(expected.Split('|'), await table.ReadAsync());
        Assert.Equal("overwrite", await table.OperationAsync());
        Assert.Empty(await table.FilesAsync(FileContent.PositionDeletes));
    }

    [Fact]
    public async Task Files_that_match_as_a_whole_or_not_at_all_are_not_opened()
    {
        using MergedTable table = new();
        await table.WriteAsync([1, "eu", 10], [2, "eu", 20]);
        await table.WriteAsync([11, "eu", 110], [12, "eu", 120]);
        foreach (DataFile file in await table.FilesAsync(FileContent.Data))
        {
            File.WriteAllText(file.Path, "no Parquet");
        }

        await ReplaceAsync(table, "id < 10", [3L, "us", 30L]);
        Assert.Equal([1L, 2L], (await table.FilesAsync(FileContent.Data)).Select(f => f.Rows).Order());
    }

    [Fact]
    public async Task A_row_that_does_not_match_is_refused()
    {
        using MergedTable table = new();
        await table.WriteAsync([1, "eu", 10]);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => ReplaceAsync(table, "id < 10", [30L, "us", 30L]));
        Assert.Equal(IcebergErrors.OutsideFilter, e.Code);
        Assert.Equal(["1 eu 10"], await table.ReadAsync());
    }

    [Theory]
    [InlineData("idd = 1", "no column 'idd' (did you mean 'id'?)")]
    [InlineData("id = 'x'", "'x' is no value of it")]
    [InlineData("id = 'null'", "'null' is no value of it")]
    [InlineData("id = 1.5", "1.5 is no value of it")]
    [InlineData("id IN (1, 'x')", "'x' is no value of it")]
    [InlineData("id IN 1", "Found '1' where ( is expected")]
    [InlineData("id IN (1", "ends where ) is expected")]
    [InlineData("id =", "ends where a constant is expected")]
    [InlineData("id 1", "Found '1' where =, <>")]
    [InlineData("region = eu", "texts stand in single quotes")]
    [InlineData("id = 1 OR id = 2", "Found 'OR id = 2' where AND or the end is expected")]
    public async Task A_filter_that_cannot_be_read_says_why(string filter, string message)
    {
        using MergedTable table = new();
        await table.WriteAsync([1, "eu", 10]);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => ReplaceAsync(table, filter, [1L, "eu", 1L]));
        Assert.Equal(IcebergErrors.BadFilter, e.Code);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static async Task ReplaceAsync(MergedTable table, string filter, object?[] row)
    {
        using RecordBatch rows = LakeFolder.Batch(MergedTable.Rows, [row]);
        await table.Lake.WriteAsync(rows, WriteMode.Overwrite, o => o with { Replaces = IcebergReplaces.Filter, Filter = filter });
    }
}
