namespace Millrace.Columnar.Tests.Builders;

public sealed class ColumnBuilderTests
{
    public static TheoryData<int, bool> Seeds()
    {
        var data = new TheoryData<int, bool>();
        for (int seed = 0; seed < 60; seed++)
        {
            data.Add(seed, seed % 2 == 0);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Rows_appended_in_pieces_are_the_rows_of_the_source(int seed, bool sliced)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(seed, new RandomOptions { Sliced = sliced });
        DataType type = random.Type();
        int rows = random.Random.Next(0, 300);
        using Column source = random.Column(type, rows);
        using ColumnBuilder builder = ColumnBuilder.Create(type, 1);
        for (int at = 0; at < rows;)
        {
            int count = random.Random.Next(1, Math.Min(70, rows - at) + 1);
            builder.AppendRange(source, at, count);
            at += count;
        }

        Assert.Equal(source.NullCount, builder.NullCount);
        using Column copy = builder.Build();
        BatchAssert.Equal(source, copy);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Truncated_rows_leave_no_trace(int seed, bool sliced)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(seed, new RandomOptions { Sliced = sliced });
        DataType type = random.Type();
        using Column kept = random.Column(type, 100);
        using Column dropped = random.Column(type, 50);
        using ColumnBuilder builder = ColumnBuilder.Create(type, 1);
        builder.AppendRange(kept, 0, 40);
        builder.AppendRange(dropped, 0, 50);
        builder.Truncate(40);
        builder.AppendRange(kept, 40, 60);
        using Column built = builder.Build();
        BatchAssert.Equal(kept, built);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_emptied_builder_can_be_truncated_and_used_again(int seed, bool sliced)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(seed, new RandomOptions { Sliced = sliced });
        DataType type = random.Type();
        using Column source = random.Column(type, 30);
        using ColumnBuilder builder = ColumnBuilder.Create(type, 4);
        builder.Truncate(0);
        builder.AppendRange(source, 0, 30);
        builder.Build().Dispose();
        Assert.Equal(0, builder.Length);
        builder.Truncate(0);
        builder.AppendNull();
        builder.Truncate(0);
        using (Column empty = builder.Build())
        {
            Assert.Equal(0, empty.Length);
        }

        builder.AppendNull();
        builder.AppendRange(source, 0, 30);
        using Column again = builder.Build();
        Assert.True(again.IsNull(0));
        using Column rest = again.Slice(1, 30);
        BatchAssert.Equal(source, rest);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_slice_of_a_slice_is_the_slice_of_both(int seed, bool sliced)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(seed, new RandomOptions { Sliced = sliced });
        using RecordBatch batch = random.Batch(3, 200);
        using RecordBatch outer = batch.Slice(17, 150);
        using RecordBatch inner = outer.Slice(31, 77);
        for (int row = 0; row < inner.Length; row++)
        {
            Assert.Equal(ColumnText.Row(batch, row + 48), ColumnText.Row(inner, row));
        }
    }
}
