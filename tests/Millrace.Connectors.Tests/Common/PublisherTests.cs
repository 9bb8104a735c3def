using Millrace.Connectors.Common;

namespace Millrace.Connectors.Tests;

public sealed class PublisherTests
{
    [Fact]
    public async Task Objects_are_told_of_in_the_order_in_which_they_were_added()
    {
        var publisher = new Publisher<int>();
        var first = new TaskCompletionSource<int>();
        await publisher.AddAsync(() => first.Task);
        await publisher.AddAsync(() => Task.FromResult(2));
        first.SetResult(1);
        Assert.Equal([1, 2], await publisher.FinishAsync());
        Assert.Empty(await publisher.FinishAsync());
    }

    [Fact]
    public async Task A_few_are_on_their_way_at_once_and_the_next_waits()
    {
        var publisher = new Publisher<int>();
        TaskCompletionSource<int>[] running = [.. Enumerable.Range(0, 8).Select(_ => new TaskCompletionSource<int>())];
        for (int i = 0; i < 7; i++)
        {
            int number = i;
            await publisher.AddAsync(() => running[number].Task);
        }

        ValueTask eighth = publisher.AddAsync(() => running[7].Task);
        Assert.False(eighth.IsCompleted);
        running[0].SetResult(0);
        await eighth;
        foreach (TaskCompletionSource<int> rest in running[1..])
        {
            rest.SetResult(0);
        }

        Assert.Equal(8, (await publisher.FinishAsync()).Count);
    }

    // Who asks again must not take for published what is not.
    [Fact]
    public async Task A_failure_is_told_each_time_until_the_work_is_given_up()
    {
        var publisher = new Publisher<int>();
        await publisher.AddAsync(() => Task.FromException<int>(new IOException("full")));
        await publisher.AddAsync(() => Task.FromResult(2));
        await Assert.ThrowsAsync<IOException>(async () => await publisher.FinishAsync());
        await Assert.ThrowsAsync<IOException>(async () => await publisher.FinishAsync());
        Assert.Equal([2], await publisher.SettleAsync());
        Assert.Empty(await publisher.FinishAsync());
    }
}
