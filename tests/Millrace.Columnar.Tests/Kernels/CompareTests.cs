namespace Millrace.Columnar.Tests.Kernels;

public sealed class CompareTests
{
    public static TheoryData<TypeId, int> Cases() => KernelCases.TypesAndSeeds();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_row_compares_as_its_values_do(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed, edgeDensity: 0.5))
        {
            DataType type = KernelCases.TypeOf(random, id);
            using Column left = random.Column(type, rows, nullable: random.Random.Next(3) > 0);
            using Column right = Similar(random, left);
            object?[] leftValues = Model.Values(left);
            object?[] rightValues = Model.Values(right);
            foreach (CompareOperator op in Enum.GetValues<CompareOperator>())
            {
                bool?[] expected = [.. leftValues.Zip(rightValues, (a, b) => Model.Apply(a, op, b))];
                using BooleanColumn actual = Compare.Columns(left, op, right);
                Assert.Equal(expected, Model.Booleans(actual));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_row_compares_with_a_constant(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed, edgeDensity: 0.5))
        {
            DataType type = KernelCases.TypeOf(random, id);
            using Column left = random.Column(type, rows);
            using Column other = random.Column(type, 1);
            using Column constant = rows > 0 && random.Random.Next(2) == 0 ? left.Slice(random.Random.Next(rows), 1) : other.Share();
            object? value = Model.Value(constant, 0);
            object?[] leftValues = Model.Values(left);
            foreach (CompareOperator op in Enum.GetValues<CompareOperator>())
            {
                bool?[] expected = [.. leftValues.Select(v => Model.Apply(v, op, value))];
                using BooleanColumn actual = Compare.Constant(left, op, constant);
                Assert.Equal(expected, Model.Booleans(actual));
            }
        }
    }

    [Fact]
    public void A_dictionary_compares_with_plain_values()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(11, new RandomOptions { Sliced = true });
        using Column left = random.Column(DataType.Dictionary(DataType.Utf8), 300);
        using Column right = random.Column(DataType.Utf8, 300);
        bool?[] expected = [.. Enumerable.Range(0, 300).Select(i => Model.Apply(Model.Value(left, i), CompareOperator.Less, Model.Value(right, i)))];
        using BooleanColumn actual = Compare.Columns(left, CompareOperator.Less, right);
        using BooleanColumn turned = Compare.Columns(right, CompareOperator.Greater, left);
        Assert.Equal(expected, Model.Booleans(actual));
        Assert.Equal(expected, Model.Booleans(turned));
    }

    [Fact]
    public void NaN_equals_NaN_and_is_greater_than_infinity()
    {
        double[] values = [double.NaN, double.PositiveInfinity, 0, -0.0, double.NegativeInfinity, BitConverter.Int64BitsToDouble(-1)];
        using var builder = new FixedBuilder<double>(DataType.Float64);
        builder.Append(values);
        using Column column = builder.Build();
        using Column nan = column.Slice(0, 1);
        using Column zero = column.Slice(2, 1);
        using BooleanColumn equalNaN = Compare.Constant(column, CompareOperator.Equal, nan);
        using BooleanColumn lessThanNaN = Compare.Constant(column, CompareOperator.Less, nan);
        using BooleanColumn equalZero = Compare.Constant(column, CompareOperator.Equal, zero);
        Assert.Equal([true, false, false, false, false, true], Model.Booleans(equalNaN));
        Assert.Equal([false, true, true, true, true, false], Model.Booleans(lessThanNaN));
        Assert.Equal([false, false, true, true, false, false], Model.Booleans(equalZero));
    }

    // Lengths around the loads of 4 and 8 bytes, differences at every place.
    [Fact]
    public void Texts_that_differ_in_one_byte_are_told_apart()
    {
        using var leaks = new LeakCheck();
        for (int length = 0; length <= 40; length++)
        {
            using var left = new BinaryBuilder(DataType.Binary);
            using var right = new BinaryBuilder(DataType.Binary);
            for (int at = -1; at < length; at++)
            {
                var bytes = new byte[length];
                Array.Fill(bytes, (byte)0x7F);
                left.Append(bytes);
                if (at >= 0)
                {
                    bytes[at] = 0x80;
                }

                right.Append(bytes);
            }

            using Column a = left.Build();
            using Column b = right.Build();
            using BooleanColumn equal = Compare.Columns(a, CompareOperator.Equal, b);
            using BooleanColumn less = Compare.Columns(a, CompareOperator.Less, b);
            Assert.Equal(Enumerable.Range(-1, length + 1).Select(i => (bool?)(i < 0)), Model.Booleans(equal));
            Assert.Equal(Enumerable.Range(-1, length + 1).Select(i => (bool?)(i >= 0)), Model.Booleans(less));
        }
    }

    [Fact]
    public void Other_types_and_lengths_are_refused()
    {
        var random = new RandomBatches(12);
        using Column ints = random.Column(DataType.Int32, 3);
        using Column dates = random.Column(DataType.Date, 3);
        using Column two = random.Column(DataType.Int32, 2);
        Assert.Throws<ArgumentException>(() => Compare.Columns(ints, CompareOperator.Equal, dates));
        Assert.Throws<ArgumentException>(() => Compare.Columns(ints, CompareOperator.Equal, two));
        Assert.Throws<ArgumentException>(() => Compare.Constant(ints, CompareOperator.Equal, two));
    }

    // Half of the rows are equal to the left ones; the copy has buffers and offsets of its own.
    private static Column Similar(RandomBatches random, Column left)
    {
        using Column other = random.Column(left.Type, left.Length);
        using ColumnBuilder builder = ColumnBuilder.Create(left.Type, 1);
        for (int i = 0; i < left.Length; i++)
        {
            builder.AppendRange(random.Random.Next(2) == 0 ? left : other, i, 1);
        }

        return builder.Build();
    }
}
