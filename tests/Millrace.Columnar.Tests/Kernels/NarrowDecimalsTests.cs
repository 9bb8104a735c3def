namespace Millrace.Columnar.Tests.Kernels;

public sealed class NarrowDecimalsTests
{
    private const long Most = 999_999_999;

    [Theory]
    [InlineData(Most, true)]
    [InlineData(-Most, true)]
    [InlineData(Most + 1, false)]
    [InlineData(-Most - 1, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(long.MaxValue, false)]
    public void The_bounds_belong_to_the_range_wherever_the_value_stands(long odd, bool within)
    {
        for (int rows = 1; rows < 40; rows++)
        {
            Assert.Equal(within, NarrowDecimals.AreWithin(With(rows, rows - 1, odd), Most));
            Assert.Equal(within, NarrowDecimals.AreWithin(With(rows, 0, odd), Most));
            Assert.Equal(within, NarrowDecimals.AreWithin(With(rows, rows / 2, odd), Most));
        }
    }

    [Fact]
    public void An_upper_half_that_is_no_sign_is_outside()
    {
        foreach (Int128 odd in new[] { (Int128)1 << 64, -((Int128)1 << 64), (Int128)ulong.MaxValue, Int128.MinValue, Int128.MaxValue })
        {
            Assert.False(NarrowDecimals.AreWithin(With(33, 17, odd), Most));
            Assert.False(NarrowDecimals.AreWithin(With(33, 32, odd), Most));
        }

        Assert.True(NarrowDecimals.AreWithin([], 0));
    }

    [Fact]
    public void Sums_are_those_of_the_values()
    {
        var random = new Random(5);
        for (int rows = 0; rows < 70; rows++)
        {
            Int128[] values = [.. Enumerable.Range(0, rows).Select(_ => (Int128)random.NextInt64(-Most, Most))];
            Assert.Equal(values.Aggregate(Int128.Zero, (sum, v) => sum + v), NarrowDecimals.Sum(values));
        }
    }

    [Fact]
    public void The_bits_of_the_largest_number_are_found_wherever_it_stands()
    {
        foreach ((long odd, int bits) in new[] { (1L << 40, 41), (-(1L << 40), 40), (long.MaxValue, 63), (long.MinValue, 63) })
        {
            for (int rows = 1; rows < 20; rows++)
            {
                Assert.Equal(bits, NarrowDecimals.MagnitudeBits(With(rows, rows / 2, odd)));
            }
        }

        Assert.Equal(64, NarrowDecimals.MagnitudeBits(With(9, 8, (Int128)long.MaxValue + 1)));
        Assert.Equal(64, NarrowDecimals.MagnitudeBits(With(9, 0, (Int128)long.MinValue - 1)));
        Assert.Equal(0, NarrowDecimals.MagnitudeBits([]));
    }

    private static Int128[] With(int rows, int at, Int128 odd)
    {
        Int128[] values = [.. Enumerable.Range(0, rows).Select(i => (Int128)((i * 7919) - 30_000))];
        values[at] = odd;
        return values;
    }
}
