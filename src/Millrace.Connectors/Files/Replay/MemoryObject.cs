using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Bytes in memory as an object of a store.</summary>
internal sealed class MemoryObject(ReadOnlyMemory<byte> bytes, ObjectInfo info) : IObjectReader
{
    public ObjectInfo Info => info;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        int count = (int)Math.Min(Math.Max(bytes.Length - offset, 0), target.Length);
        if (count > 0)
        {
            bytes.Slice((int)offset, count).CopyTo(target);
        }

        return new(count);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
