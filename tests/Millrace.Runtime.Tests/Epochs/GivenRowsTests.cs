using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>The places of rows that a target has something against, in epochs that are longer than what is kept of them.</summary>
public sealed class GivenRowsTests
{
    private const int BatchRows = 1000;

    [Fact]
    public void A_row_is_found_by_its_number_among_those_given()
    {
        var given = new GivenRows();
        given.Add(3, new ErrorPlace { File = "a", Row = 10 });
        given.Add(2, null);
        given.Add(3, new BatchOrigin(new ErrorPlace { File = "b", Row = 0 }).Keep([0, 1, 3, 4, 6]).Keep([1, 2, 4]));

        Assert.Equal(("a", 12L, "id"), Find(given, 2));
        Assert.Equal((null, null, "id"), Find(given, 4));
        Assert.Equal(("b", 1L, "id"), Find(given, 5));
        Assert.Equal(("b", 3L, "id"), Find(given, 6));
        Assert.Equal(("b", 6L, "id"), Find(given, 7));
        Assert.Equal((null, null, "id"), Find(given, 8));

        given.Clear();
        given.Add(1, new ErrorPlace { File = "c", Row = 5 });
        Assert.Equal(("c", 5L, "id"), Find(given, 0));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Of_a_long_epoch_the_oldest_rows_have_no_place_and_none_a_wrong_one(bool losesRows, bool hasLines)
    {
        const int batches = 15_000;
        var given = new GivenRows();
        int[] odd = [.. Enumerable.Range(0, BatchRows).Where(r => r % 2 == 1)];
        int rows = losesRows ? odd.Length : BatchRows;
        for (int i = 0; i < batches; i++)
        {
            var origin = new BatchOrigin(new ErrorPlace { File = "a", Row = (long)i * BatchRows }) { Places = hasLines ? Lines(i) : null };
            given.Add(rows, losesRows ? origin.Keep(odd) : origin);
        }

        int known = 0;
        for (int i = 0; i < batches; i++)
        {
            int row = (i * 7) % rows;
            (string? file, long? number, _) = Find(given, ((long)i * rows) + row);
            if (file is null)
            {
                Assert.Equal(0, known);
                Assert.Null(number);
                continue;
            }

            known++;
            Assert.Equal(((long)i * BatchRows) + (losesRows ? odd[row] : row), number);
        }

        // Rows that have a run each, and batches that are one.
        int runs = losesRows ? odd.Length : hasLines ? BatchRows : 1;
        Assert.InRange((long)known * runs, runs, RowRuns.Most);
        Assert.True(known > 40, $"{known} batches");
    }

    [Fact]
    public void The_newest_batch_is_known_however_many_rows_it_has_lost()
    {
        var given = new GivenRows();
        int[] odd = [.. Enumerable.Range(0, 4 * RowRuns.Most).Where(r => r % 2 == 1)];
        for (int i = 0; i < 3; i++)
        {
            given.Add(odd.Length, new BatchOrigin(new ErrorPlace { File = $"{i}", Row = 0 }).Keep(odd));
        }

        Assert.Equal((null, null, "id"), Find(given, odd.Length));
        Assert.Equal(("2", 11L, "id"), Find(given, (2L * odd.Length) + 5));
    }

    private static (string? File, long? Row, string? Field) Find(GivenRows given, long row)
        => given.Find(new ErrorPlace { Field = "id", Row = row }) is var place ? (place.File, place.Row, place.Field) : default;

    // Every second row has two lines; the place is told by number all the same, which is what is compared.
    private static RowPlaces Lines(int batch)
    {
        var runs = new RowRuns();
        for (int row = 0; row < BatchRows; row++)
        {
            runs.Add(row, ((long)batch * BatchRows * 2) + (row * 2));
        }

        return new RowPlaces(runs, areLines: true);
    }
}
