using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class FailingTargetTests
{
    // Random intervals have parts that Parquet cannot hold.
    private static readonly RandomOptions Storable = new() { Types = [.. Enum.GetValues<TypeId>().Where(t => t != TypeId.Interval)] };

    [Fact]
    public async Task A_target_that_fails_at_any_byte_leaves_nothing_behind()
    {
        var random = new RandomBatches(3, Storable);
        using RecordBatch batch = random.Batch(12, 400);
        var options = new ParquetOptions { RowGroupRows = 150, PageRows = 40 };
        long length = await WriteAsync(batch, options, long.MaxValue);
        for (int i = 0; i < 40; i++)
        {
            long limit = length * i / 40;
            await LeakCheck.RunAsync(async () => await Assert.ThrowsAsync<IOException>(() => WriteAsync(batch, options, limit)));
        }
    }

    [Fact]
    public async Task A_writer_that_is_given_up_leaves_nothing_behind()
    {
        var random = new RandomBatches(4, Storable);
        using RecordBatch batch = random.Batch(12, 300);
        using var leaks = new LeakCheck();
        await using var writer = new ParquetWriter(new LimitedTarget(long.MaxValue), batch.Schema, new ParquetOptions());
        await writer.WriteAsync(batch, CancellationToken.None);
        Assert.True(writer.EstimatedBytes > 0);
    }

    private static async Task<long> WriteAsync(RecordBatch batch, ParquetOptions options, long limit)
    {
        var target = new LimitedTarget(limit);
        await using var writer = new ParquetWriter(target, batch.Schema, options);
        await writer.WriteAsync(batch, CancellationToken.None);
        await writer.FinishAsync(CancellationToken.None);
        Assert.Equal(target.Position, writer.EstimatedBytes);
        return target.Position;
    }

    // A disk that is full after some bytes.
    private sealed class LimitedTarget(long limit) : IByteTarget
    {
        public string Name => "limited";

        public long Position { get; private set; }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            if (bytes.Length > limit - Position)
            {
                throw new IOException("No space left on device");
            }

            Position += bytes.Length;
            return ValueTask.CompletedTask;
        }
    }
}
