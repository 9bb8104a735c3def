namespace Millrace.Formats.Tests.Text;

/// <summary>Bytes in memory that arrive at most so many at a time, each time asynchronously.</summary>
public sealed class ChunkedSource(ReadOnlyMemory<byte> bytes, int chunk, string name = "(chunks)") : IByteSource
{
    public string Name => name;

    public long Length => bytes.Length;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        if (offset >= bytes.Length)
        {
            return 0;
        }

        int count = (int)Math.Min(Math.Min(chunk, target.Length), bytes.Length - offset);
        bytes.Slice((int)offset, count).CopyTo(target);
        return count;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
