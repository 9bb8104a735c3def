namespace Millrace.Runtime.Tests.Failures;

public sealed class RetryScheduleTests
{
    private static readonly ErrorCode Passing = new("MR9001", "passes", "", ErrorDomain.External, ErrorClass.Retryable);
    private static readonly ErrorCode Lasting = new("MR9002", "lasts", "", ErrorDomain.External);
    private static readonly ErrorCode OfARow = new("MR9003", "row", "", Class: ErrorClass.Data);

    [Fact]
    public void Every_delay_lies_between_nothing_and_the_grown_ceiling_and_within_the_total_time()
    {
        var random = new Random(11);
        for (int turn = 0; turn < 2000; turn++)
        {
            var spec = new RetrySpec
            {
                Attempts = random.Next(1, 40),
                InitialDelay = TimeSpan.FromMilliseconds(random.Next(0, 3000)),
                MaxDelay = TimeSpan.FromMilliseconds(random.Next(0, 20_000)),
                Multiplier = 1 + (random.NextDouble() * 99),
                TotalTime = TimeSpan.FromSeconds(random.Next(0, 120)),
            };
            var time = new ManualTime();
            DateTimeOffset start = time.GetUtcNow();
            var schedule = new RetrySchedule(spec, time, new Random(turn));
            double ceiling = spec.InitialDelay.TotalMilliseconds;
            int tried = 1;
            while (schedule.TryNext(Error(Passing), out TimeSpan delay))
            {
                Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromMilliseconds(Math.Min(ceiling, spec.MaxDelay.TotalMilliseconds) + 0.001));
                ceiling = Math.Min(ceiling * spec.Multiplier, 1e9);
                time.Advance(delay);
                Assert.InRange(time.GetUtcNow() - start, TimeSpan.Zero, spec.TotalTime);
                time.Advance(TimeSpan.FromMilliseconds(random.Next(0, 50)));
                tried++;
            }

            Assert.InRange(tried, 1, spec.Attempts);
            Assert.NotNull(schedule.GaveUpBecause);
        }
    }

    [Fact]
    public void Without_jitter_the_delays_double_up_to_the_longest_one()
    {
        var spec = new RetrySpec { Attempts = 8, InitialDelay = Seconds(1), MaxDelay = Seconds(10), TotalTime = Seconds(1000), Jitter = RetryJitter.None };

        Assert.Equal([1, 2, 4, 8, 10, 10, 10], Delays(new RetrySchedule(spec, new ManualTime())).Select(d => d.TotalSeconds));
    }

    [Fact]
    public void A_hundred_thousand_attempts_do_not_overflow_the_delay()
    {
        var spec = new RetrySpec { Attempts = 100_000, Multiplier = 100, MaxDelay = Seconds(60), TotalTime = TimeSpan.FromDays(3000), Jitter = RetryJitter.None };

        Assert.Equal(60, Delays(new RetrySchedule(spec, new ManualTime())).Last().TotalSeconds);
    }

    [Fact]
    public void Full_jitter_spreads_evenly_over_the_whole_delay()
    {
        var spec = new RetrySpec { Attempts = 10_001, InitialDelay = Seconds(1), MaxDelay = Seconds(1), TotalTime = TimeSpan.FromDays(1) };
        int[] tenths = new int[10];
        foreach (TimeSpan delay in Delays(new RetrySchedule(spec, new ManualTime(), new Random(5))))
        {
            tenths[Math.Min(9, (int)(delay.TotalSeconds * 10))]++;
        }

        // 10 000 draws of 10 equal parts: 1000 each, with a standard deviation of 30.
        Assert.All(tenths, t => Assert.InRange(t, 850, 1150));
    }

    [Fact]
    public void The_same_seed_gives_the_same_delays()
    {
        var spec = new RetrySpec { Attempts = 20 };

        Assert.Equal(
            Delays(new RetrySchedule(spec, new ManualTime(), new Random(3))),
            Delays(new RetrySchedule(spec, new ManualTime(), new Random(3))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Attempts_count_the_first_one(int attempts)
    {
        var schedule = new RetrySchedule(new RetrySpec { Attempts = attempts }, new ManualTime(), new Random(1));

        Assert.Equal(attempts - 1, Delays(schedule).Count());
        Assert.Equal($"{attempts} of {attempts} attempts failed", schedule.GaveUpBecause);
    }

    [Fact]
    public void The_total_time_counts_from_the_first_failure_and_cuts_the_last_delay()
    {
        var spec = new RetrySpec { Attempts = 100, InitialDelay = Seconds(4), Multiplier = 1, TotalTime = Seconds(10), Jitter = RetryJitter.None };
        var time = new ManualTime();
        var schedule = new RetrySchedule(spec, time);
        time.Advance(Seconds(3600));

        Assert.Equal([4, 4, 2], Delays(schedule, time).Select(d => d.TotalSeconds));
        Assert.Equal("the time for attempts, 10s, is over", schedule.GaveUpBecause);
    }

    [Fact]
    public void A_commit_gives_back_all_attempts_and_all_time()
    {
        var spec = new RetrySpec { Attempts = 3, InitialDelay = Seconds(1), TotalTime = Seconds(60), Jitter = RetryJitter.None };
        var time = new ManualTime();
        var schedule = new RetrySchedule(spec, time);
        Assert.True(schedule.TryNext(Error(Passing), out _));
        Assert.True(schedule.TryNext(Error(Passing), out TimeSpan second));
        Assert.Equal(2, second.TotalSeconds);

        schedule.Progressed();
        time.Advance(Seconds(3600));

        Assert.True(schedule.TryNext(Error(Passing), out TimeSpan first));
        Assert.Equal(1, first.TotalSeconds);
        Assert.Equal(1, schedule.Failures);
    }

    [Fact]
    public void The_remote_decides_how_long_to_wait_even_past_the_longest_delay()
    {
        var spec = new RetrySpec { InitialDelay = Seconds(1), MaxDelay = Seconds(2), Jitter = RetryJitter.None };

        Assert.True(new RetrySchedule(spec, new ManualTime()).TryNext(Error(Passing, after: Seconds(90)), out TimeSpan delay));
        Assert.Equal(90, delay.TotalSeconds);
    }

    [Fact]
    public void With_jitter_nobody_comes_back_before_the_moment_the_remote_named_nor_much_later()
    {
        var spec = new RetrySpec { Attempts = 2, InitialDelay = Seconds(1) };
        var seen = new HashSet<TimeSpan>();
        for (int seed = 0; seed < 200; seed++)
        {
            Assert.True(new RetrySchedule(spec, new ManualTime(), new Random(seed)).TryNext(Error(Passing, after: Seconds(30)), out TimeSpan delay));
            Assert.InRange(delay.TotalSeconds, 30, 31);
            seen.Add(delay);
        }

        Assert.True(seen.Count > 150);
    }

    [Fact]
    public void A_wait_longer_than_the_time_left_is_not_begun()
    {
        var schedule = new RetrySchedule(new RetrySpec { TotalTime = Seconds(60) }, new ManualTime());

        Assert.False(schedule.TryNext(Error(Passing, after: Seconds(61)), out TimeSpan delay));
        Assert.Equal(TimeSpan.Zero, delay);
        Assert.Equal("the remote asks to wait 1m1s, longer than what is left of 1m", schedule.GaveUpBecause);
    }

    [Fact]
    public void Attempts_that_an_open_breaker_held_back_cost_time_but_no_attempt()
    {
        var time = new ManualTime();
        var schedule = new RetrySchedule(new RetrySpec { Attempts = 2, TotalTime = Seconds(60), Jitter = RetryJitter.None }, time);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(schedule.TryNext(Error(RuntimeErrors.CircuitOpen, after: Seconds(10)), out TimeSpan delay));
            time.Advance(delay);
        }

        Assert.Equal(0, schedule.Failures);
        Assert.True(schedule.TryNext(Error(RuntimeErrors.CircuitOpen, after: Seconds(10)), out TimeSpan last));
        time.Advance(last);
        Assert.False(schedule.TryNext(Error(RuntimeErrors.CircuitOpen, after: Seconds(10)), out _));
    }

    [Fact]
    public void Errors_that_do_not_pass_and_bad_rows_are_not_tried_again()
    {
        var schedule = new RetrySchedule(new RetrySpec(), new ManualTime());

        Assert.False(schedule.TryNext(Error(Lasting), out _));
        Assert.Equal("the error does not pass by itself", schedule.GaveUpBecause);
        Assert.False(schedule.TryNext(Error(OfARow), out _));
        Assert.False(new RetrySchedule(null, new ManualTime()).TryNext(Error(Passing), out _));
    }

    [Fact]
    public void A_job_may_name_codes_and_texts_of_further_errors()
    {
        var spec = new RetrySpec { Codes = ["MR9002"], Patterns = ["Connection RESET"] };

        Assert.True(new RetrySchedule(spec, new ManualTime()).TryNext(Error(Lasting), out _));
        Assert.True(new RetrySchedule(spec, new ManualTime()).TryNext(OfARow.Error("the connection reset itself"), out _));
        Assert.True(new RetrySchedule(spec, new ManualTime()).TryNext(OfARow.Error("no", inner: new IOException("x", new IOException("connection reset by peer"))), out _));
        Assert.False(new RetrySchedule(spec, new ManualTime()).TryNext(OfARow.Error("connection refused"), out _));
    }

    [Fact]
    public void A_stopped_run_is_not_tried_again_whatever_the_job_names()
    {
        var spec = new RetrySpec { Codes = [RuntimeErrors.Cancelled.Id], Patterns = [""] };

        Assert.False(new RetrySchedule(spec, new ManualTime()).TryNext(Error(RuntimeErrors.Cancelled), out _));
    }

    private static IEnumerable<TimeSpan> Delays(RetrySchedule schedule, ManualTime? time = null)
    {
        while (schedule.TryNext(Error(Passing), out TimeSpan delay))
        {
            time?.Advance(delay);
            yield return delay;
        }
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static MillraceException Error(ErrorCode code, TimeSpan? after = null) => new(code, "x") { RetryAfter = after };
}
