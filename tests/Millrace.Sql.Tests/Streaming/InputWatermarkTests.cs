using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

public sealed class InputWatermarkTests
{
    [Fact]
    public void The_watermark_is_the_least_of_the_splits()
    {
        var watermark = new InputWatermark(null, splitsFollowEachOther: false);
        watermark.Advance("a", 10);
        watermark.Advance("b", 7);
        Assert.Equal(7, Moved(watermark));
        watermark.Advance("b", 12);
        Assert.Equal(10, Moved(watermark));
    }

    [Fact]
    public void A_split_that_was_not_begun_holds_back_unless_splits_follow_each_other()
    {
        foreach (bool follow in new[] { false, true })
        {
            var watermark = new InputWatermark(null, follow);
            watermark.Begin("a");
            watermark.Begin("b");
            watermark.Advance("a", 10);
            Assert.Equal(follow ? 10 : StreamTime.None, Moved(watermark));
        }
    }

    [Fact]
    public void It_never_goes_back()
    {
        var watermark = new InputWatermark(null, false);
        watermark.Advance("a", 10);
        Assert.Equal(10, Moved(watermark));
        watermark.Begin("b");
        Assert.Equal(10, Moved(watermark));
        watermark.Advance("b", 3);
        watermark.Advance("a", 5);
        Assert.Equal(10, Moved(watermark));
    }

    [Fact]
    public void Ended_splits_hold_nothing_back_and_when_all_have_ended_the_furthest_counts()
    {
        var watermark = new InputWatermark(null, false);
        watermark.Advance("a", 10);
        watermark.Advance("b", 30);
        watermark.End("a");
        Assert.Equal(30, Moved(watermark));
        watermark.End("b");
        Assert.Equal(30, Moved(watermark));
    }

    [Fact]
    public void A_split_is_idle_when_it_had_nothing_for_the_timeout_and_not_while_it_waits_its_turn()
    {
        var watermark = new InputWatermark(idleTimeout: 100, false);
        watermark.Advance("a", 10);
        watermark.Advance("b", 50);
        watermark.CaughtUp(1_000);
        Assert.Equal(10, Moved(watermark));
        watermark.Advance("b", 60);
        watermark.CaughtUp(1_100);
        Assert.Equal(60, Moved(watermark));
        Assert.True(watermark.Splits.Single(s => s.Split == "a").IsIdle);
        Assert.False(watermark.Splits.Single(s => s.Split == "b").IsIdle);
        watermark.Advance("a", 61);
        watermark.Advance("b", 70);
        Assert.Equal(61, Moved(watermark));
    }

    [Fact]
    public void What_was_saved_goes_on_where_it_stood()
    {
        var watermark = new InputWatermark(null, false);
        watermark.Advance("a", 10);
        watermark.Advance("b", 7);
        Moved(watermark);
        var restored = new InputWatermark(null, false);
        foreach ((string split, long time) in watermark.Save())
        {
            restored.Restore(split, time);
        }

        Assert.Equal(7, restored.Current);
        restored.Advance("b", 20);
        Assert.Equal(10, Moved(restored));
    }

    [Fact]
    public void What_was_saved_does_not_take_a_split_at_its_end_for_the_others()
    {
        var watermark = new InputWatermark(null, false);
        watermark.Begin("a");
        watermark.Begin("b");
        watermark.Advance("a", 100);
        watermark.End("a");
        Assert.Equal(StreamTime.None, Moved(watermark));

        var restored = new InputWatermark(null, false);
        foreach ((string split, long time) in watermark.Save())
        {
            restored.Restore(split, time);
        }

        restored.Begin("b");
        Assert.Equal(StreamTime.None, Moved(restored));
        restored.Advance("b", 50);
        Assert.Equal(50, Moved(restored));
        restored.End("b");
        Assert.Equal(100, Moved(restored));
    }

    [Fact]
    public void A_split_that_was_quiet_has_a_say_again_as_soon_as_it_has_more_to_read()
    {
        var watermark = new InputWatermark(idleTimeout: 100, false);
        watermark.Advance("a", 10);
        watermark.Advance("b", 50);
        watermark.CaughtUp(0);
        watermark.CaughtUp(100);
        watermark.Begin("a");
        watermark.Begin("b");
        Assert.Equal(10, Moved(watermark));
    }

    [Fact]
    public void Of_thousands_of_quiet_splits_none_is_kept_and_none_is_missed()
    {
        var watermark = new InputWatermark(idleTimeout: 100, false);
        for (int i = 0; i < 2000; i++)
        {
            watermark.Advance($"{i}", i);
        }

        watermark.CaughtUp(0);
        watermark.CaughtUp(100);
        Assert.Equal(1999, Moved(watermark));
        Assert.Empty(watermark.Splits);
        watermark.Advance("7", 3000);
        Assert.Equal(3000, Moved(watermark));
    }

    private static long Moved(InputWatermark watermark)
    {
        watermark.Move();
        return watermark.Current;
    }
}
