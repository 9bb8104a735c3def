namespace Millrace.Columnar.Tests.Kernels;

public sealed class FilterTests
{
    public static TheoryData<TypeId, int> Cases() => KernelCases.TypesAndSeeds();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_rows_where_the_condition_is_true_are_kept_in_order(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed))
        {
            DataType type = KernelCases.TypeOf(random, id);
            using Column source = random.Column(type, rows);
            double density = random.Random.Next(5) / 4.0;
            using BooleanColumn condition = KernelCases.Mask(random.Random, rows, density, nulls: random.Random.Next(2) * 0.2);
            string[] expected = [.. Enumerable.Range(0, rows).Where(i => !condition.IsNull(i) && condition.Values[i]).Select(i => ColumnText.Json(source, i))];

            using Column kept = Filter.Apply(source, condition);

            Assert.Equal(type, kept.Type);
            Assert.Equal(expected, ColumnText.Values(kept));
            Assert.Equal(Enumerable.Range(0, kept.Length).Count(kept.IsNull), kept.NullCount);
        }
    }

    [Fact]
    public void A_batch_keeps_the_same_rows_of_each_column()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(7, new RandomOptions { Sliced = true });
        using RecordBatch source = random.Batch(6, 300);
        using BooleanColumn condition = KernelCases.Mask(random.Random, 300, 0.4);
        string[] expected = [.. Enumerable.Range(0, 300).Where(i => condition.Values[i]).Select(i => ColumnText.Row(source, i))];
        using RecordBatch kept = Filter.Apply(source, condition);
        Assert.Equal(expected, ColumnText.Rows(kept));
    }

    [Fact]
    public void A_batch_whose_rows_all_pass_is_shared_and_one_without_any_has_no_rows()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(8);
        using RecordBatch source = random.Batch(3, 70);
        using BooleanColumn all = KernelCases.Mask(random.Random, 70, 1);
        using BooleanColumn none = KernelCases.Mask(random.Random, 70, 0);
        using RecordBatch same = Filter.Apply(source, all);
        using RecordBatch empty = Filter.Apply(source, none);
        Assert.Same(source[0], same[0]);
        Assert.Equal(0, empty.Length);
        Assert.Equal(source.Schema, empty.Schema);
    }

    [Fact]
    public void A_mask_of_another_length_is_refused()
    {
        var random = new RandomBatches(9);
        using RecordBatch source = random.Batch(1, 10);
        using BooleanColumn mask = KernelCases.Mask(random.Random, 9, 0.5);
        Assert.Throws<ArgumentException>(() => Filter.Apply(source, mask));
    }

    // The values of fixed widths that are no machine word, and those that are, at every density.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(17)]
    public void Values_of_any_width_are_moved_whole(int width)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(width, new RandomOptions { Sliced = true, NullDensity = 0 });
        using Column source = random.Column(DataType.FixedBinary(width), 1000);
        for (int density = 1; density < 20; density++)
        {
            using BooleanColumn mask = KernelCases.Mask(random.Random, 1000, density / 20.0);
            string[] expected = [.. Enumerable.Range(0, 1000).Where(i => mask.Values[i]).Select(i => ColumnText.Json(source, i))];
            using Column kept = Filter.Apply(source, mask);
            Assert.Equal(expected, ColumnText.Values(kept));
        }
    }
}
