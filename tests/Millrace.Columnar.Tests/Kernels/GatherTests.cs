namespace Millrace.Columnar.Tests.Kernels;

public sealed class GatherTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 3, false)]
    [InlineData(3, 4, true)]
    public void Takes_rows_of_every_type_out_of_several_batches_in_any_order(int seed, int batches, bool sliced) => LeakCheck.Run(() =>
    {
        var random = new RandomBatches(seed, new RandomOptions { Sliced = sliced });
        for (int round = 0; round < 40; round++)
        {
            RecordBatch first = random.Batch(6, random.Random.Next(1, 70));
            RecordBatch[] parts = [first, .. Enumerable.Range(1, batches - 1).Select(_ => Part(first, random.Random))];
            try
            {
                (int Batch, int Row)[] chosen = [.. Enumerable.Range(0, random.Random.Next(0, 90)).Select(_ => random.Random.Next(batches)).Select(b => (b, random.Random.Next(parts[b].Length)))];

                using RecordBatch taken = Gather.Rows(parts, Array.ConvertAll(chosen, c => c.Batch), Array.ConvertAll(chosen, c => c.Row));

                IReadOnlyList<string>[] texts = Array.ConvertAll(parts, ColumnText.Rows);
                Assert.Equal(chosen.Select(c => texts[c.Batch][c.Row]), ColumnText.Rows(taken));
            }
            finally
            {
                Array.ForEach(parts, p => p.Dispose());
            }
        }
    });

    // Other rows of the same schema.
    private static RecordBatch Part(RecordBatch batch, Random random)
        => Take.Rows(batch, [.. Enumerable.Range(0, random.Next(1, 50)).Select(_ => random.Next(batch.Length))]);
}
