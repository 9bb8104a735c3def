namespace Millrace.Connectors.Tests.Datagen;

/// <summary>Values are distributed as they should be. Seeds are fixed, so nothing here is left to chance.</summary>
public sealed class DistributionTests
{
    private const int Rows = 20_000;

    [Fact]
    public async Task Uniform_numbers_are_even()
    {
        double[] values = await Generated.NumbersAsync("integer", Rows, "kind=uniform", "min=-5", "max=14");
        AssertFits([.. Enumerable.Repeat(1.0 / 20, 20)], values.Select(v => (int)v + 5));
    }

    [Fact]
    public async Task Values_of_an_enum_have_their_weights()
    {
        IReadOnlyList<string> values = await Generated.ValuesAsync("varchar", Rows, "kind=enum", "values=a,b,c,d", "weights=5,3,0,2");
        AssertFits([0.5, 0.3, 0, 0.2], values.Select(v => v[1] - 'a'));
    }

    [Theory]
    [InlineData(1.0, 50)]
    [InlineData(2.5, 50)]
    [InlineData(0.0, 50)]
    public async Task Zipf_falls_with_the_rank(double exponent, int count)
    {
        double[] values = await Generated.NumbersAsync("bigint", Rows, "kind=zipf", "min=10", $"max={9 + count}", $"exponent={exponent}");
        double total = Enumerable.Range(1, count).Sum(k => Math.Pow(k, -exponent));
        AssertFits([.. Enumerable.Range(1, count).Select(k => Math.Pow(k, -exponent) / total)], values.Select(v => (int)v - 10));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.7)]
    [InlineData(1.5)]
    public async Task Zipf_over_a_long_range_has_the_same_head(double exponent)
    {
        const int count = 1_000_000;
        double[] values = await Generated.NumbersAsync("bigint", Rows, "kind=zipf", $"max={count}", $"exponent={exponent}");
        Assert.All(values, v => Assert.InRange(v, 1, count));
        double total = Enumerable.Range(1, count).Sum(k => Math.Pow(k, -exponent));
        double[] head = [.. Enumerable.Range(1, 20).Select(k => Math.Pow(k, -exponent) / total)];
        AssertFits([.. head, 1 - head.Sum()], values.Select(v => Math.Min((int)v - 1, 20)));
    }

    [Fact]
    public async Task Normal_numbers_have_their_mean_and_deviation()
    {
        double[] values = await Generated.NumbersAsync("double", Rows, "kind=normal", "mean=50", "stddev=4");
        (double mean, double deviation) = Moments(values);
        Assert.InRange(mean, 49.9, 50.1);
        Assert.InRange(deviation, 3.93, 4.07);

        // Shares of a normal distribution within one, two and three deviations.
        Assert.InRange(values.Count(v => Math.Abs(v - 50) < 4) / (double)Rows, 0.672, 0.693);
        Assert.InRange(values.Count(v => Math.Abs(v - 50) < 8) / (double)Rows, 0.949, 0.960);
        Assert.All(await Generated.NumbersAsync("double", 1000, "kind=normal", "min=-1", "max=0.5"), v => Assert.InRange(v, -1, 0.5));
    }

    [Fact]
    public async Task Exponential_numbers_have_their_mean_and_median()
    {
        double[] values = await Generated.NumbersAsync("double", Rows, "kind=exponential", "mean=3");
        Assert.InRange(values.Average(), 2.9, 3.1);
        Assert.InRange(values.Order().ElementAt(Rows / 2), 3 * 0.67, 3 * 0.72);
        Assert.True(values.Min() >= 0);
    }

    [Fact]
    public async Task Truth_and_nulls_have_their_shares()
    {
        IReadOnlyList<string> values = await Generated.ValuesAsync("boolean", Rows, "kind=boolean", "probability=0.2", "nulls=0.1");
        AssertFits([0.1, 0.18, 0.72], values.Select(v => v == "null" ? 0 : v == "true" ? 1 : 2));
    }

    [Fact]
    public async Task A_walk_moves_by_its_step_and_wanders_as_far_as_a_walk_does()
    {
        double[] values = await Generated.NumbersAsync("double", Rows, "kind=random_walk", "start=100", "step=0.5");
        double[] steps = [.. values.Zip(values.Skip(1), (a, b) => b - a)];
        (double mean, double deviation) = Moments(steps);
        Assert.InRange(mean, -0.02, 0.02);
        Assert.InRange(deviation, 0.49, 0.51);

        // Over many rows a walk wanders by the root of their number; one that stood still or ran away would not.
        double[] far = [.. values.Zip(values.Skip(400), (a, b) => b - a)];
        Assert.InRange(Moments(far).Deviation, 0.5 * 20 * 0.6, 0.5 * 20 * 1.6);
    }

    [Fact]
    public async Task A_walk_turns_around_at_its_bounds()
    {
        double[] values = await Generated.NumbersAsync("double", Rows, "kind=random_walk", "start=2", "step=1", "min=1", "max=6");
        Assert.All(values, v => Assert.InRange(v, 1, 6));
        Assert.True(values.Max() > 5.5 && values.Min() < 1.5);
        double[] oneSided = await Generated.NumbersAsync("double", Rows, "kind=random_walk", "step=1", "min=-1");
        Assert.All(oneSided, v => Assert.True(v >= -1));
        Assert.All(values.Zip(values.Skip(1), (a, b) => Math.Abs(b - a)), s => Assert.InRange(s, 0, 2.5));
    }

    [Fact]
    public async Task Every_key_has_a_walk_of_its_own()
    {
        IReadOnlyList<string> rows = await Generated.RowsAsync(Generated.Options(
            $"rows={Rows}", "fields.k.kind=enum", "fields.k.values=a,b,c", "fields.x.kind=random_walk", "fields.x.start=50", "fields.x.step=1", "fields.x.by=k"));
        var byKey = rows.Select(r => System.Text.Json.Nodes.JsonNode.Parse(r)!).GroupBy(r => (string)r["k"]!, r => (double)r["x"]!).ToList();
        Assert.Equal(3, byKey.Count);
        foreach (var walk in byKey)
        {
            double[] steps = [.. walk.Zip(walk.Skip(1), (a, b) => b - a)];
            Assert.InRange(Moments(steps).Deviation, 0.95, 1.05);
            Assert.InRange(Math.Abs(walk.First() - 50), 0, 2.5);
        }

        Assert.Equal(3, byKey.Select(w => w.Last()).Distinct().Count());
    }

    [Fact]
    public async Task Late_times_are_as_many_and_as_late_as_said()
    {
        IReadOnlyList<string> values = await Generated.ValuesAsync("timestamp", Rows, "kind=time", "step=10ms", "jitter=2s", "late=0.25");
        double[] late = [.. values.Select((v, n) => (new DateTime(2024, 1, 1).AddMilliseconds(10 * n) - DateTime.Parse(v.Trim('"'), System.Globalization.CultureInfo.InvariantCulture)).TotalSeconds)];
        Assert.All(late, l => Assert.InRange(l, 0, 2));
        Assert.InRange(late.Count(l => l > 0) / (double)Rows, 0.24, 0.26);
        Assert.InRange(late.Where(l => l > 0).Average(), 0.97, 1.03);
    }

    [Fact]
    public async Task References_hit_every_key()
    {
        double[] values = await Generated.NumbersAsync("bigint", Rows, "kind=reference", "rows=40", "start=100", "step=5");
        AssertFits([.. Enumerable.Repeat(1.0 / 40, 40)], values.Select(v => ((int)v - 100) / 5));
        double[] skewed = await Generated.NumbersAsync("bigint", Rows, "kind=reference", "rows=40", "exponent=1");
        Assert.True(skewed.Count(v => v == 1) > 10 * skewed.Count(v => v == 40));
    }

    [Fact]
    public async Task Letters_and_lengths_are_even()
    {
        IReadOnlyList<string> values = await Generated.ValuesAsync("varchar", 4000, "kind=text", "min_length=3", "max_length=6", "alphabet=abcde");
        AssertFits([.. Enumerable.Repeat(0.25, 4)], values.Select(v => v.Length - 2 - 3));
        AssertFits([.. Enumerable.Repeat(0.2, 5)], values.SelectMany(v => v.Trim('"')).Select(c => c - 'a'));
        IReadOnlyList<string> wide = await Generated.ValuesAsync("varchar", 1000, "kind=text", "min_length=4", "max_length=4", "alphabet=äß€😀x");
        Assert.All(wide, v => Assert.Equal(4, v.Trim('"').EnumerateRunes().Count()));
    }

    // Pearson's test; the bound is some five deviations above the mean of the statistic.
    private static void AssertFits(double[] shares, IEnumerable<int> found)
    {
        var counts = new long[shares.Length];
        foreach (int i in found)
        {
            counts[i]++;
        }

        double rows = counts.Sum();
        double statistic = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            double expected = shares[i] * rows;
            Assert.True(shares[i] > 0 || counts[i] == 0, $"{i} has no share and comes {counts[i]} times");
            statistic += shares[i] == 0 ? 0 : (counts[i] - expected) * (counts[i] - expected) / expected;
        }

        double freedom = shares.Count(s => s > 0) - 1;
        Assert.True(statistic < freedom + (5 * Math.Sqrt(2 * freedom)), $"{statistic} with {freedom} degrees of freedom: {string.Join(' ', counts)}");
    }

    private static (double Mean, double Deviation) Moments(double[] values)
    {
        double mean = values.Average();
        return (mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
    }
}
