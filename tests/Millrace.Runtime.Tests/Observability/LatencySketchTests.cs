namespace Millrace.Runtime.Tests.Observability;

public class LatencySketchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Quantiles_are_right_to_two_percent(int seed)
    {
        var random = new Random(seed);
        var sketch = new LatencySketch();
        var times = new List<double>();
        for (int i = 0; i < 10_000; i++)
        {
            TimeSpan time = TimeSpan.FromSeconds(Math.Exp((random.NextDouble() * 18) - 9));
            times.Add(time.TotalSeconds);
            sketch.Add(time);
        }

        times.Sort();
        Assert.All([0.5, 0.9, 0.99], q => Assert.InRange(sketch.Quantile(q) / times[(int)Math.Ceiling(q * times.Count) - 1], 0.98, 1.02));
        Assert.Equal(times[^1], sketch.Max);
    }

    [Fact]
    public void Of_one_time_every_quantile_is_that_time()
    {
        var sketch = new LatencySketch();
        sketch.Add(TimeSpan.FromMilliseconds(123));

        Assert.Equal((0.123, 0.123, 0.123), (sketch.Quantile(0.01), sketch.Quantile(0.99), sketch.Max));
    }

    [Fact]
    public void Without_times_everything_is_zero_and_extreme_times_have_a_class()
    {
        var sketch = new LatencySketch();
        Assert.Equal((0.0, 0.0), (sketch.Quantile(0.5), sketch.Max));

        sketch.Add(TimeSpan.FromTicks(-1));
        sketch.Add(TimeSpan.Zero);
        sketch.Add(TimeSpan.MaxValue);
        Assert.InRange(sketch.Quantile(0.5), 0, 2e-6);
        Assert.Equal(TimeSpan.MaxValue.TotalSeconds, sketch.Max);
    }
}
