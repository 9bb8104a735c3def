using Millrace.Formats;

namespace Millrace.Fuzz;

/// <summary>Bytes that arrive at most so many at a time, each time asynchronously, as from a network.</summary>
internal sealed class ShortReadSource(byte[] bytes, int chunk) : IByteSource
{
    public string Name => "input";

    public long Length => bytes.Length;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        int count = (int)Math.Clamp(bytes.Length - offset, 0, Math.Min(chunk, target.Length));
        bytes.AsMemory((int)Math.Min(offset, bytes.Length), count).CopyTo(target);
        return count;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
