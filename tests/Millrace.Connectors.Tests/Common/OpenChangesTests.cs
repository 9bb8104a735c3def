using Millrace.Connectors.Common;

namespace Millrace.Connectors.Tests;

public sealed class OpenChangesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_read_and_everything_committed_are_no_lag()
    {
        var open = new OpenChanges();
        Assert.Equal(TimeSpan.Zero, open.Age(Start));
        open.Add(10, At(0));
        Assert.Equal(TimeSpan.FromHours(1), open.Age(Start.AddHours(1)));
        open.Committed(10);
        Assert.Equal(TimeSpan.FromHours(1), open.Age(Start.AddHours(1)));
        open.Committed(11);
        Assert.Equal(TimeSpan.Zero, open.Age(Start.AddHours(1)));
    }

    [Fact]
    public void A_clock_that_is_ahead_of_ours_is_no_lag_below_zero()
    {
        var open = new OpenChanges();
        open.Add(10, At(3600));
        Assert.Equal(TimeSpan.Zero, open.Age(Start));
    }

    [Fact]
    public void The_age_is_that_of_the_oldest_open_transaction_however_many_there_are()
    {
        var open = new OpenChanges();
        var random = new Random(7);
        var all = new List<(ulong Place, double Second)>();
        double second = 0;
        for (ulong i = 1; i <= 20_000; i++)
        {
            second += random.NextDouble() * (i % 5000 == 0 ? 60 : 0.1);
            all.Add((i * 10, second));
            open.Add(i * 10, At(second));
        }

        DateTimeOffset now = Start.AddSeconds(second);
        for (ulong committed = 5; committed < 200_000; committed += 997)
        {
            open.Committed(committed);
            double expected = second - all.First(t => t.Place >= committed).Second;

            // Never less than it is, and more by the width of a group at most.
            Assert.InRange(open.Age(now).TotalSeconds, expected - 0.001, expected + 5);
        }

        open.Committed(200_001);
        Assert.Equal(TimeSpan.Zero, open.Age(now.AddHours(1)));
    }

    private static long At(double second) => (Start.AddSeconds(second) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
