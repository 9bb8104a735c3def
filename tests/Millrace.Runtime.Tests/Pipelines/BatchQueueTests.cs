using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Pipelines;

public class BatchQueueTests
{
    [Fact]
    public Task A_full_queue_holds_the_writer_back() => LeakCheck.RunAsync(async () =>
    {
        using var queue = new BatchQueue(maxBytes: 1000);
        Assert.True(await queue.WriteAsync(Batch(100), default));
        ValueTask<bool> second = queue.WriteAsync(Batch(100), default);
        Assert.False(second.IsCompleted);
        (await queue.ReadAsync(default))!.Value.Batch!.Dispose();
        Assert.True(await second);
        (await queue.ReadAsync(default))!.Value.Batch!.Dispose();
    });

    [Fact]
    public Task A_batch_larger_than_the_queue_passes_alone() => LeakCheck.RunAsync(async () =>
    {
        using var queue = new BatchQueue(maxBytes: 10);
        Assert.True(await queue.WriteAsync(Batch(1000), default));
    });

    [Fact]
    public Task The_end_comes_after_the_last_batch() => LeakCheck.RunAsync(async () =>
    {
        using var queue = new BatchQueue(maxBytes: 1000);
        await queue.WriteAsync(Batch(1), default);
        queue.Complete(new InvalidDataException("late"));
        (await queue.ReadAsync(default))!.Value.Batch!.Dispose();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await queue.ReadAsync(default));
    });

    [Fact]
    public Task A_waiting_writer_is_told_that_nobody_reads() => LeakCheck.RunAsync(async () =>
    {
        var queue = new BatchQueue(maxBytes: 10);
        await queue.WriteAsync(Batch(10), default);
        ValueTask<bool> second = queue.WriteAsync(Batch(10), default);
        queue.Dispose();
        Assert.False(await second);
    });

    private static LaneBatch Batch(int rows)
    {
        var builder = new FixedBuilder<long>(DataType.Int64, rows);
        builder.AppendUninitialized(rows).Clear();
        return new LaneBatch(new Split { Id = "s" }, new RecordBatch(FakePlan.Numbers, rows, builder.Build()), new Position(new JsonObject()), 0, null);
    }
}
