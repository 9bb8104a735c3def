using Millrace.Sql.Execution;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Functions.Aggregates;

public sealed class DecimalSumsTests
{
    [Theory]
    [InlineData(1, 15)]
    [InlineData(5, 15)]
    [InlineData(32, 4)]
    [InlineData(33, 15)]
    [InlineData(700, 9)]
    [InlineData(5, 25)]
    [InlineData(40, 30)]
    public void Sums_of_groups_are_those_of_their_values(int groups, int digits)
    {
        using var leaks = new LeakCheck();
        var random = new Random(groups);
        DataType type = DataType.Decimal(38, 2);
        using var sums = new DecimalSum(type);
        using var averages = new DecimalAverage(type, 2);
        var expected = new Int128[groups];
        var counts = new int[groups];
        foreach (int rows in new[] { 3, 9000, 20_000 })
        {
            using var builder = new FixedBuilder<Int128>(type, rows);
            int[] group = [.. Enumerable.Range(0, rows).Select(_ => random.Next(groups))];
            foreach (int each in group)
            {
                Int128 value = (Int128)(random.NextDouble() * Math.Pow(10, digits)) * (random.Next(2) == 0 ? 1 : -1);
                builder.Append(value);
                expected[each] += value;
                counts[each]++;
            }

            using var values = new Vector(builder.Build());
            sums.Resize(groups);
            averages.Resize(groups);
            sums.Update(group, [values], []);
            averages.Update(group, [values], []);
        }

        var faults = new RowFaults();
        using Column results = sums.Results(0, groups, faults);
        using Column means = averages.Results(0, groups, faults);
        Assert.Equal(expected, ((FixedColumn<Int128>)results).Values.ToArray());
        Assert.Equal(expected.Zip(counts, Mean), ((FixedColumn<Int128>)means).Values.ToArray());
        Assert.False(faults.Any);
    }

    [Fact]
    public void One_group_takes_narrow_and_wide_blocks()
    {
        using var leaks = new LeakCheck();
        DataType type = DataType.Decimal(38, 0);
        using var sums = new DecimalSum(type);
        sums.Resize(1);
        using var builder = new FixedBuilder<Int128>(type, 30_000);
        Int128 expected = 0;
        for (int i = 0; i < 30_000; i++)
        {
            Int128 value = i == 10_000 ? (Int128)long.MaxValue * 1000 : i - 20_000;
            builder.Append(value);
            expected += value;
        }

        using var values = new Vector(builder.Build());
        sums.UpdateOne(0, 30_000, [values], []);
        using Column results = sums.Results(0, 1, new RowFaults());
        Assert.Equal([expected], ((FixedColumn<Int128>)results).Values.ToArray());
    }

    // Halves are rounded away from zero.
    private static Int128 Mean(Int128 sum, int count)
        => ((Int128.Abs(sum) * 2) + count) / (2 * (Int128)count) * Int128.Sign(sum);
}
