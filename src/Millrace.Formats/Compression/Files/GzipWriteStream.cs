using System.IO.Compression;

namespace Millrace.Formats.Compression;

/// <summary>Writes one gzip member, also when nothing was written to it: an empty file would count as cut off.</summary>
internal sealed class GzipWriteStream(Stream target, ZLibCompressionOptions options) : Stream
{
    private readonly GZipStream _gzip = new(target, options, leaveOpen: true);
    private bool _any;
    private bool _disposed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _any |= !buffer.IsEmpty;
        _gzip.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _any |= !buffer.IsEmpty;
        return _gzip.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => _gzip.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _gzip.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await _gzip.DisposeAsync().ConfigureAwait(false);
            if (!_any)
            {
                await target.WriteAsync(DeflateWriter.EmptyGzip.ToArray()).ConfigureAwait(false);
            }

            await target.DisposeAsync().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _gzip.Dispose();
            if (!_any)
            {
                target.Write(DeflateWriter.EmptyGzip);
            }

            target.Dispose();
        }

        base.Dispose(disposing);
    }
}
