using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Text;

/// <summary>
/// Collects encoded text and hands it in large pieces to a target, compressed if asked for. Encoders write synchronously
/// and call <see cref="FlushIfFullAsync"/> now and then. One thread at a time uses it.
/// </summary>
public sealed class TextOutput : IAsyncDisposable
{
    private const int FlushSize = 256 << 10;

    private readonly IByteTarget _target;
    private readonly long _origin;
    private Stream? _encoder;
    private NativeBuffer _buffer = BufferPool.Rent(FlushSize * 2);
    private int _used;
    private bool _disposed;

    /// <param name="target">Stays the caller's.</param>
    /// <param name="codec">How to compress the file.</param>
    /// <param name="level">A level of the codec, or null for its default.</param>
    public TextOutput(IByteTarget target, FileCodec codec = FileCodec.None, int? level = null)
    {
        _target = target;
        _origin = target.Position;
        if (codec != FileCodec.None)
        {
            try
            {
                _encoder = FileCodecs.OpenWrite(new ByteTargetStream(target), codec, level);
            }
            catch
            {
                _buffer.Dispose();
                throw;
            }
        }
    }

    /// <summary>Bytes in the file and, not yet compressed, on their way to it.</summary>
    public long EstimatedBytes => _target.Position - _origin + _used;

    /// <summary>Room for more bytes; <see cref="Advance"/> tells how many were written. Dead after the next call.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (_buffer.Capacity - _used < size)
        {
            Grow(size);
        }

        return _buffer.Span[_used..];
    }

    public void Advance(int count) => _used += count;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _used += bytes.Length;
    }

    public void WriteByte(byte value)
    {
        GetSpan(1)[0] = value;
        _used++;
    }

    /// <summary>Enough was collected to be worth handing over.</summary>
    public bool IsFull => _used >= FlushSize;

    /// <summary>Hands over what was collected if it is worth it.</summary>
    public ValueTask FlushIfFullAsync(CancellationToken cancellation)
        => _used >= FlushSize ? FlushAsync(cancellation) : ValueTask.CompletedTask;

    /// <summary>Writes the rest and the end of the compressed data.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        await FlushAsync(cancellation).ConfigureAwait(false);
        if (_encoder is not null)
        {
            Stream encoder = _encoder;
            _encoder = null;
            await encoder.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gives the memory back. What was not finished is an incomplete file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _buffer.Dispose();
        if (_encoder is not null)
        {
            await _encoder.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> bytes = _buffer.Memory[.._used];
        _used = 0;
        if (_encoder is null)
        {
            await _target.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }
        else
        {
            await _encoder.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }
    }

    private void Grow(int size)
    {
        long wanted = Math.Max((long)_used + size, Math.Min(_buffer.Capacity * 2L, BufferPool.MaxCapacity));
        NativeBuffer larger = BufferPool.Rent((int)Math.Min(wanted, int.MaxValue));
        _buffer.Span[.._used].CopyTo(larger.Span);
        _buffer.Dispose();
        _buffer = larger;
    }
}
