namespace Millrace.Formats;

/// <summary>Bytes in memory, for tests, probes and inline data.</summary>
public sealed class MemoryByteSource(ReadOnlyMemory<byte> bytes, string name = "(memory)") : IByteSource
{
    public string Name => name;

    public long Length => bytes.Length;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        if (offset >= bytes.Length)
        {
            return new ValueTask<int>(0);
        }

        int count = (int)Math.Min(target.Length, bytes.Length - offset);
        bytes.Slice((int)offset, count).CopyTo(target);
        return new ValueTask<int>(count);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
