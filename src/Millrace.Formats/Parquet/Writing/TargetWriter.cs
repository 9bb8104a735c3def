using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Puts small pieces together before they go to the target, and counts.</summary>
internal sealed class TargetWriter(IByteTarget target) : IDisposable
{
    private const int BufferSize = 1 << 17;

    private readonly NativeBuffer _buffer = BufferPool.Rent(BufferSize);
    private int _filled;

    /// <summary>Bytes of the file so far.</summary>
    public long Position { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        Position += bytes.Length;
        if (bytes.Length > BufferSize - _filled)
        {
            await FlushAsync(cancellation).ConfigureAwait(false);
        }

        if (bytes.Length > BufferSize - _filled || (_filled == 0 && bytes.Length > BufferSize / 2))
        {
            await target.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            return;
        }

        bytes.Span.CopyTo(_buffer.Span[_filled..]);
        _filled += bytes.Length;
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_filled > 0)
        {
            await target.WriteAsync(_buffer.Memory[.._filled], cancellation).ConfigureAwait(false);
            _filled = 0;
        }
    }

    public void Dispose() => _buffer.Dispose();
}
