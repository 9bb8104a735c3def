using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Row Lineage")]
public sealed class LineageColumnsTests
{
    private static readonly ScanTask Scanned = new(new DataFile { Path = "a", Rows = 1000, Bytes = 1, FirstRowId = 5000 }, [], []) { SequenceNumber = 7 };

    // Words of validity with all, no and some rows, and a part of one at the end.
    [Fact]
    public void What_a_file_has_counts_and_the_rest_follows_from_its_place() => LeakCheck.Run(() =>
    {
        using var builder = new FixedBuilder<long>(DataType.Int64);
        bool[] isKnown = [.. Enumerable.Range(0, 300).Select(r => r is < 70 or (> 135 and < 200) || r % 3 == 0)];
        for (int row = 0; row < isKnown.Length; row++)
        {
            if (isKnown[row])
            {
                builder.Append(row * 11L);
            }
            else
            {
                builder.AppendNull();
            }
        }

        using Column all = builder.Build();
        using Column stored = all.Slice(3, 290);
        using Column ids = LineageColumns.Of(LineageColumns.Columns[0], stored, Scanned, 100, 290);
        using Column numbers = LineageColumns.Of(LineageColumns.Columns[1], stored, Scanned, 100, 290);
        Assert.Equal(Enumerable.Range(0, 290).Select(r => isKnown[r + 3] ? (r + 3) * 11L : 5100 + r), Values(ids));
        Assert.Equal(Enumerable.Range(0, 290).Select(r => isKnown[r + 3] ? (r + 3) * 11L : 7), Values(numbers));
    });

    [Fact]
    public void A_file_without_the_columns_has_them_from_its_place_alone() => LeakCheck.Run(() =>
    {
        using Column ids = LineageColumns.Of(LineageColumns.RowId, null, Scanned, 10, 3);
        using Column numbers = LineageColumns.Of(LineageColumns.Columns[1], null, Scanned, 10, 3);
        using Column none = LineageColumns.Of(LineageColumns.RowId, null, new ScanTask(Scanned.File with { FirstRowId = null }, [], []), 10, 3);
        Assert.Equal([5010L, 5011L, 5012L], Values(ids));
        Assert.Equal([7L, 7L, 7L], Values(numbers));
        Assert.Equal((3, 3), (none.Length, none.NullCount));
    });

    [Fact]
    public void A_column_that_is_whole_is_not_copied() => LeakCheck.Run(() =>
    {
        using Column stored = ColumnValue.Repeat(DataType.Int64, 4L, 9);
        using Column ids = LineageColumns.Of(LineageColumns.RowId, stored, Scanned, 10, 9);
        Assert.Same(stored, ids);
    });

    private static long[] Values(Column column)
    {
        Assert.False(column.HasNulls);
        return ((FixedColumn<long>)column).Values.ToArray();
    }
}
