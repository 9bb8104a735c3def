namespace Millrace.Columnar.Tests.Kernels;

public sealed class TakeTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void Takes_rows_of_every_type_in_any_order(int seed, bool sliced) => LeakCheck.Run(() =>
    {
        var random = new RandomBatches(seed, new RandomOptions { Sliced = sliced });
        for (int round = 0; round < 40; round++)
        {
            int length = random.Random.Next(1, 70);
            using RecordBatch batch = random.Batch(6, length);
            int[] rows = [.. Enumerable.Range(0, random.Random.Next(0, 90)).Select(_ => random.Random.Next(length))];

            using RecordBatch taken = Take.Rows(batch, rows);

            IReadOnlyList<string> all = ColumnText.Rows(batch);
            Assert.Equal(rows.Select(r => all[r]), ColumnText.Rows(taken));
        }
    });
}
