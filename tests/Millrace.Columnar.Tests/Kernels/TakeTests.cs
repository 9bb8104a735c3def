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

    [Fact]
    public void More_than_a_column_can_hold_is_an_error_and_gives_back_the_columns_before_it()
    {
        int[] rows = new int[3000];
        Refuses(Wide(1 << 20), rows);
        Refuses(Items(1 << 20), rows);

        static void Refuses(Func<Column> make, int[] rows) => LeakCheck.Run(() =>
        {
            using Column first = BooleanOfOneRow();
            using Column large = make();
            using var structs = new StructColumn(DataType.Struct(new Field("a", first.Type), new Field("b", large.Type)), 1, [first.Share(), large.Share()]);
            Assert.Equal("MR2904", Assert.Throws<MillraceException>(() => Take.Rows(structs, rows)).Code.Id);
            using var batch = new RecordBatch(new Schema(structs.Type.Children), 1, [first.Share(), large.Share()]);
            Assert.Equal("MR2904", Assert.Throws<MillraceException>(() => Take.Rows(batch, rows)).Code.Id);
        });

        static Func<Column> Wide(int bytes) => () =>
        {
            using var builder = new FixedBinaryBuilder(DataType.FixedBinary(bytes), 1);
            builder.AppendUninitialized(1).Clear();
            return builder.Build();
        };

        static Func<Column> Items(int count) => () =>
        {
            using var builder = new ListBuilder(DataType.List(DataType.Int8), 1);
            for (int i = 0; i < count; i++)
            {
                ((FixedBuilder<sbyte>)builder.Items).Append(1);
            }

            builder.AppendRow();
            return builder.Build();
        };
    }

    private static Column BooleanOfOneRow()
    {
        using var builder = new BooleanBuilder(1);
        builder.Append(true);
        return builder.Build();
    }
}
