using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Text;

/// <summary>
/// Collects encoded text and hands it in large pieces to a target, compressed if asked for. Encoders write synchronously
/// into <see cref="Buffer"/> and call <see cref="FlushIfFullAsync"/> now and then. One thread at a time uses it.
/// </summary>
public sealed class TextOutput : IAsyncDisposable
{
    private const int FlushSize = 256 << 10;

    private readonly IByteTarget _target;
    private readonly long _origin;
    private Stream? _encoder;
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
                Buffer.Dispose();
                throw;
            }
        }
    }

    /// <summary>What was not handed over yet. Encoders append to it and leave the rest to this class.</summary>
    public ByteBuffer Buffer { get; } = new(FlushSize * 2);

    /// <summary>Bytes in the file and, not yet compressed, on their way to it.</summary>
    public long EstimatedBytes => _target.Position - _origin + Buffer.Length;

    /// <summary>Enough was collected to be worth handing over.</summary>
    public bool IsFull => Buffer.Length >= FlushSize;

    /// <summary>Hands over what was collected if it is worth it.</summary>
    public ValueTask FlushIfFullAsync(CancellationToken cancellation)
        => IsFull ? FlushAsync(cancellation) : ValueTask.CompletedTask;

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
        Buffer.Dispose();
        if (_encoder is not null)
        {
            await _encoder.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands over what was collected.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> bytes = Buffer.WrittenMemory;
        Buffer.Truncate();
        if (_encoder is null)
        {
            await _target.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }
        else
        {
            await _encoder.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }
    }
}
