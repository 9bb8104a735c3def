using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres.Changes;

public sealed class ReadLimitTests
{
    [Fact]
    public async Task A_limit_that_ran_out_as_its_read_ended_does_not_touch_the_next()
    {
        using var limit = new ReadLimit();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken first = limit.Token;
        limit.Begin(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        await using (first.Register(over.SetResult))
        {
            await over.Task.WaitAsync(TestContext.Current.CancellationToken);
        }

        await limit.EndAsync();
        Assert.True(first.IsCancellationRequested);
        Assert.False(limit.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_stop_ends_the_read_that_it_finds_under_way()
    {
        using var limit = new ReadLimit();
        using var stop = new CancellationTokenSource();
        limit.Begin(Timeout.InfiniteTimeSpan, stop.Token);
        await limit.EndAsync();
        limit.Begin(Timeout.InfiniteTimeSpan, stop.Token);
        CancellationToken second = limit.Token;
        await stop.CancelAsync();
        Assert.True(second.IsCancellationRequested);
        await limit.EndAsync();
        Assert.False(limit.Token.IsCancellationRequested);
    }
}
