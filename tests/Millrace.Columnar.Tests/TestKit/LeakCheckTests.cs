namespace Millrace.Columnar.Tests.TestKit;

public sealed class LeakCheckTests
{
    [Fact]
    public void A_buffer_that_is_not_given_back_fails_the_check_and_says_how_to_learn_where_it_was_rented()
    {
        NativeBuffer? kept = null;
        Exception? failure = Record.Exception(() => LeakCheck.Run(() => kept = BufferPool.Rent(1000)));
        kept!.Dispose();
        Assert.NotNull(failure);
        Assert.Contains(RentalScope.StacksVariable, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rentals_of_tasks_started_inside_count_and_those_of_neighbours_do_not()
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<NativeBuffer> neighbour = Task.Run(async () =>
        {
            await start.Task;
            return BufferPool.Rent(10);
        });
        await LeakCheck.RunAsync(async () =>
        {
            start.SetResult();
            await neighbour;
        });
        (await neighbour).Dispose();

        NativeBuffer? inside = null;
        Exception? failure = await Record.ExceptionAsync(() => LeakCheck.RunAsync(async () => inside = await Task.Run(() => BufferPool.Rent(10))));
        inside!.Dispose();
        Assert.NotNull(failure);
    }

    [Fact]
    public void An_exception_of_the_code_is_not_hidden_by_the_leaks_it_caused()
    {
        NativeBuffer? kept = null;
        Assert.Throws<InvalidOperationException>(() => LeakCheck.Run(() =>
        {
            kept = BufferPool.Rent(1);
            throw new InvalidOperationException();
        }));
        kept!.Dispose();
    }
}
