namespace Millrace.Columnar.Tests.Errors;

public sealed class RowRunsTests
{
    [Fact]
    public void Rows_that_ascend_together_take_one_run()
    {
        var runs = new RowRuns();
        Assert.Null(runs.Find(0));
        for (int row = 0; row < 1000; row++)
        {
            runs.Add(row, row < 600 ? row + 7 : row + 9);
        }

        Assert.Equal(2, runs.Count);
        Assert.Equal([7L, 606L, 609L, 1008L], new long[] { 0, 599, 600, 999 }.Select(runs.Find));
    }

    [Fact]
    public void What_is_forgotten_has_no_number_and_the_rest_has_its_own()
    {
        var runs = new RowRuns();
        int rows = RowRuns.Most + 10;
        for (int row = 0; row < rows; row++)
        {
            runs.Add(row, 2L * row);
        }

        runs.Trim();
        Assert.InRange(runs.Count, 1, RowRuns.Most);
        int first = rows - runs.Count;
        Assert.All(Enumerable.Range(0, first), row => Assert.Null(runs.Find(row)));
        Assert.All(Enumerable.Range(first, rows - first), row => Assert.Equal(2L * row, runs.Find(row)));

        int kept = runs.Count;
        runs.Trim();
        Assert.Equal(kept, runs.Count);
    }
}
