namespace Millrace.Columnar.Tests.Kernels;

public sealed class LogicTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(300)]
    public void Three_valued_logic_follows_its_truth_tables(int rows)
    {
        using var leaks = new LeakCheck();
        var random = new Random(rows);
        foreach (double leftNulls in (double[])[0, 0.3, 1])
        {
            foreach (double rightNulls in (double[])[0, 0.3])
            {
                using BooleanColumn left = KernelCases.Mask(random, rows, 0.5, leftNulls);
                using BooleanColumn right = KernelCases.Mask(random, rows, 0.5, rightNulls);
                bool?[] a = Model.Booleans(left);
                bool?[] b = Model.Booleans(right);
                using BooleanColumn and = Logic.And(left, right);
                using BooleanColumn or = Logic.Or(left, right);
                using BooleanColumn not = Logic.Not(left);

                // C#'s own operators on nullable booleans are SQL's.
                Assert.Equal(a.Zip(b, (x, y) => x & y), Model.Booleans(and));
                Assert.Equal(a.Zip(b, (x, y) => x | y), Model.Booleans(or));
                Assert.Equal(a.Select(x => !x), Model.Booleans(not));
            }
        }
    }

    [Theory]
    [InlineData(TypeId.Int64, 0.0)]
    [InlineData(TypeId.Utf8, 0.3)]
    [InlineData(TypeId.Struct, 0.3)]
    [InlineData(TypeId.Boolean, 1.0)]
    public void The_null_tests_are_true_or_false_in_every_row(TypeId id, double nulls)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(5, new RandomOptions { Sliced = true, NullDensity = nulls });
        using Column column = random.Column(KernelCases.TypeOf(random, id), 131);
        using BooleanColumn isNull = Logic.IsNull(column);
        using BooleanColumn isNotNull = Logic.IsNotNull(column);
        Assert.Equal(Enumerable.Range(0, 131).Select(i => (bool?)column.IsNull(i)), Model.Booleans(isNull));
        Assert.Equal(Enumerable.Range(0, 131).Select(i => (bool?)!column.IsNull(i)), Model.Booleans(isNotNull));
    }
}
