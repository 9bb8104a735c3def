namespace Millrace.Columnar.Tests.Kernels;

public sealed class SortTests
{
    public static TheoryData<TypeId, int> Cases() => KernelCases.TypesAndSeeds();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_are_ordered_by_one_key_and_equals_keep_their_order(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed, edgeDensity: 0.3))
        {
            using Column column = random.Column(KernelCases.TypeOf(random, id), rows);
            var key = new SortKey(column, random.Random.Next(2) == 0, random.Random.Next(2) == 0);
            AssertSorted(rows, key);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Later_keys_order_the_equals_of_earlier_ones(int seed)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(seed, new RandomOptions { Sliced = true, EdgeDensity = 0.7, MaxTextLength = 3, PlainText = true });
        DataType[] types = [DataType.Boolean, DataType.Dictionary(DataType.Utf8), DataType.Decimal(38, 2), DataType.List(DataType.Boolean), DataType.Utf8, DataType.Int8];
        SortKey[] keys = [.. types.OrderBy(_ => random.Random.Next()).Take(4).Select(t => new SortKey(random.Column(t, 1500), random.Random.Next(2) == 0, random.Random.Next(2) == 0))];
        AssertSorted(1500, keys);
        Array.ForEach(keys, k => k.Column.Dispose());
    }

    // Long equal beginnings: the words say nothing, comparisons decide.
    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(100)]
    public void Texts_that_differ_late_are_ordered(int same)
    {
        using var leaks = new LeakCheck();
        using var builder = new BinaryBuilder(DataType.Utf8);
        var random = new Random(3);
        for (int i = 0; i < 700; i++)
        {
            builder.Append(new string('x', same) + "the same beginning "[..random.Next(19)] + random.Next(30) + (random.Next(3) == 0 ? "\0" : ""));
        }

        using Column column = builder.Build();
        using Column second = KernelCases.Mask(random, 700, 0.5);
        AssertSorted(700, new SortKey(column));
        AssertSorted(700, new SortKey(column), new SortKey(second));
        AssertSorted(700, new SortKey(column, Descending: true));
    }

    [Fact]
    public void A_batch_comes_out_in_order()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(6, new RandomOptions { Sliced = true });
        using RecordBatch batch = random.Batch(new Schema(new Field("a", DataType.Int16), new Field("b", DataType.Utf8)), 400);
        using RecordBatch sorted = Sort.Rows(batch, [new SortKey(batch[0])]);
        string[] expected = [.. Expected(400, new SortKey(batch[0])).Select(r => ColumnText.Row(batch, r))];
        Assert.Equal(expected, ColumnText.Rows(sorted));
    }

    private static void AssertSorted(int rows, params SortKey[] keys)
    {
        var actual = new int[rows];
        Sort.Indices(keys, actual);
        Assert.Equal(Expected(rows, keys), actual);
    }

    // LINQ's sort is stable too.
    private static int[] Expected(int rows, params SortKey[] keys)
    {
        object?[][] values = [.. keys.Select(k => Model.Values(k.Column))];
        return [.. Enumerable.Range(0, rows).Order(Comparer<int>.Create((a, b) =>
        {
            for (int k = 0; k < keys.Length; k++)
            {
                (object? x, object? y) = (values[k][a], values[k][b]);
                int order = x is null || y is null
                    ? Model.Compare(x, y) * (keys[k].NullsFirst ? -1 : 1)
                    : Model.Compare(x, y) * (keys[k].Descending ? -1 : 1);
                if (order != 0)
                {
                    return order;
                }
            }

            return 0;
        }))];
    }
}
