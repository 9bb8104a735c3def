namespace Millrace.Columnar.Tests.Kernels;

public sealed class ConcatTests
{
    public static TheoryData<TypeId, int> Cases() => KernelCases.TypesAndSeeds();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Columns_follow_each_other(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed))
        {
            DataType type = KernelCases.TypeOf(random, id);
            Column[] parts = [.. Enumerable.Range(0, random.Random.Next(1, 5)).Select(i => random.Column(type, i == 1 ? 0 : rows, nullable: i != 0))];
            string[] expected = [.. parts.SelectMany(ColumnText.Values)];

            using Column whole = Concat.Columns(parts);

            Assert.Equal(type, whole.Type);
            Assert.Equal(expected, ColumnText.Values(whole));
            Assert.Equal(Enumerable.Range(0, whole.Length).Count(whole.IsNull), whole.NullCount);
            Array.ForEach(parts, p => p.Dispose());
        }
    }

    [Fact]
    public void Slices_of_one_dictionary_column_keep_its_dictionary()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(3);
        using var column = (DictionaryColumn)random.Column(DataType.Dictionary(DataType.Utf8), 100);
        using Column head = column.Slice(3, 40);
        using Column tail = column.Slice(50, 41);
        using Column whole = Concat.Columns([head, tail]);
        Assert.Same(column.Dictionary, ((DictionaryColumn)whole).Dictionary);
        Assert.Equal(ColumnText.Values(head).Concat(ColumnText.Values(tail)), ColumnText.Values(whole));
    }

    [Fact]
    public void Batches_follow_each_other_and_a_single_one_is_shared()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(4, new RandomOptions { Sliced = true });
        Schema schema = random.Schema(5);
        using RecordBatch first = random.Batch(schema, 33);
        using RecordBatch second = random.Batch(schema, 70);
        using RecordBatch whole = Concat.Batches([first, second]);
        using RecordBatch one = Concat.Batches([first]);
        Assert.Equal(ColumnText.Rows(first).Concat(ColumnText.Rows(second)), ColumnText.Rows(whole));
        Assert.Same(first[0], one[0]);
    }

    [Fact]
    public void Columns_of_different_types_are_refused()
    {
        var random = new RandomBatches(5);
        using Column a = random.Column(DataType.Int32, 3);
        using Column b = random.Column(DataType.Date, 3);
        Assert.Throws<ArgumentException>(() => Concat.Columns([a, b]));
    }
}
