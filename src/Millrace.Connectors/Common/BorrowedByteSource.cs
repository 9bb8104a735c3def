using Millrace.Formats;

namespace Millrace.Connectors.Common;

/// <summary>Another's source, which disposing leaves open.</summary>
internal sealed class BorrowedByteSource(IByteSource inner) : IByteSource
{
    public string Name => inner.Name;

    public long Length => inner.Length;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation) => inner.ReadAsync(offset, target, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
