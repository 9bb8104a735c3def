namespace Millrace.Columnar.Tests.Predicates;

public sealed class PredicateFilterTests
{
    private static readonly Schema Schema = new(new Field("a", DataType.Int32), new Field("b", DataType.Utf8));

    [Theory]
    [InlineData(PredicateOperator.Equal, new[] { 5 })]
    [InlineData(PredicateOperator.NotEqual, new[] { 1, 3, 9 })]
    [InlineData(PredicateOperator.Less, new[] { 1, 3 })]
    [InlineData(PredicateOperator.LessOrEqual, new[] { 1, 3, 5 })]
    [InlineData(PredicateOperator.Greater, new[] { 9 })]
    [InlineData(PredicateOperator.GreaterOrEqual, new[] { 5, 9 })]
    [InlineData(PredicateOperator.IsNotNull, new[] { 1, 3, 5, 9 })]
    public void Rows_are_kept_where_the_predicate_is_true(PredicateOperator op, int[] expected)
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Batch();
        using Column? five = op == PredicateOperator.IsNotNull ? null : Number(5);
        using var filter = new PredicateFilter([new ColumnPredicate("a", op, five)]);
        using RecordBatch kept = filter.Apply(batch);
        Assert.Equal(expected, ((FixedColumn<int>)kept[0]).Values.ToArray());
    }

    [Fact]
    public void Every_predicate_has_to_hold()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Batch();
        using Column three = Number(3);
        using var filter = new PredicateFilter(
        [
            new ColumnPredicate("a", PredicateOperator.GreaterOrEqual, three),
            new ColumnPredicate("b", PredicateOperator.IsNull, null),
        ]);
        using RecordBatch kept = filter.Apply(batch);
        Assert.Equal(["{\"a\":5,\"b\":null}"], ColumnText.Rows(kept));
    }

    [Fact]
    public void Without_predicates_the_batch_is_shared()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Batch();
        using var filter = new PredicateFilter([]);
        using RecordBatch same = filter.Apply(batch);
        Assert.Same(batch[0], same[0]);
    }

    [Fact]
    public void An_unknown_column_or_a_missing_value_is_an_error()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Batch();
        using var unknown = new PredicateFilter([new ColumnPredicate("x", PredicateOperator.IsNull, null)]);
        Assert.Throws<MillraceException>(() => unknown.Apply(batch));
        foreach (PredicateOperator op in (PredicateOperator[])[PredicateOperator.Less, PredicateOperator.In])
        {
            using var missing = new PredicateFilter([new ColumnPredicate("a", PredicateOperator.IsNull, null), new ColumnPredicate("a", op, null)]);
            Assert.Throws<ArgumentException>(() => missing.Apply(batch));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    public void A_list_serves_all_batches_of_a_scan_and_takes_its_memory_with_it(int constants)
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Batch();
        using var list = new FixedBuilder<int>(DataType.Int32);
        for (int i = 0; i < constants; i++)
        {
            list.Append(3 * i);
        }

        using Column values = list.Build();
        using var filter = new PredicateFilter([new ColumnPredicate("a", PredicateOperator.In, values), new ColumnPredicate("a", PredicateOperator.IsNotNull, null)]);
        Parallel.For(0, 50, _ =>
        {
            using RecordBatch kept = filter.Apply(batch);
            Assert.Equal(constants == 3 ? [3] : [3, 9], ((FixedColumn<int>)kept[0]).Values.ToArray());
        });
    }

    private static RecordBatch Batch()
    {
        using var a = new FixedBuilder<int>(DataType.Int32);
        using var b = new BinaryBuilder(DataType.Utf8);
        foreach (int value in (int[])[1, 3, 0, 5, 9])
        {
            a.Append(value);
            b.Append($"t{value}");
        }

        a.SetNull(2);
        b.SetNull(0);
        b.SetNull(3);
        return new RecordBatch(Schema, 5, a.Build(), b.Build());
    }

    private static Column Number(int value)
    {
        using var builder = new FixedBuilder<int>(DataType.Int32, 1);
        builder.Append(value);
        return builder.Build();
    }
}
