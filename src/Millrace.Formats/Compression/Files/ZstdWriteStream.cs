namespace Millrace.Formats.Compression;

/// <summary>Writes one zstd frame with a checksum.</summary>
internal sealed class ZstdWriteStream : Stream
{
    private const int OutputSize = 128 << 10;

    private readonly Stream _target;
    private readonly ZstdCompressor _context = ZstdCompressor.Pool.Rent();
    private readonly ScratchBuffer _output = new();
    private bool _disposed;

    public ZstdWriteStream(Stream target, int level)
    {
        _target = target;
        _output.EnsureCapacity(OutputSize);
        _context.Reset();
        _context.Set(ZstdLibrary.CompressionLevelParameter, level);
        _context.Set(ZstdLibrary.ChecksumParameter, 1);
    }

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
        while (!buffer.IsEmpty)
        {
            Step(buffer, ZstdLibrary.Continue, out int consumed, out int written);
            buffer = buffer[consumed..];
            _target.Write(_output.Span[..written]);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            Step(buffer.Span, ZstdLibrary.Continue, out int consumed, out int written);
            buffer = buffer[consumed..];
            await _target.WriteAsync(_output.Memory[..written], cancellationToken).ConfigureAwait(false);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // A frame is not cut for the sake of a flush; what is complete is passed on.
    public override void Flush() => _target.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _target.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            try
            {
                bool more;
                do
                {
                    more = Step(default, ZstdLibrary.End, out _, out int written);
                    await _target.WriteAsync(_output.Memory[..written]).ConfigureAwait(false);
                }
                while (more);
            }
            finally
            {
                Release();
                await _target.DisposeAsync().ConfigureAwait(false);
            }
        }

        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            try
            {
                bool more;
                do
                {
                    more = Step(default, ZstdLibrary.End, out _, out int written);
                    _target.Write(_output.Span[..written]);
                }
                while (more);
            }
            finally
            {
                Release();
                _target.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    // True when more output waits inside the library.
    private unsafe bool Step(ReadOnlySpan<byte> input, int mode, out int consumed, out int written)
    {
        fixed (byte* from = input)
        {
            var source = new ZstdLibrary.Buffer { Pointer = from, Size = (nuint)input.Length };
            var target = new ZstdLibrary.Buffer { Pointer = _output.Pointer, Size = (nuint)_output.Capacity };
            nuint left = ZstdLibrary.Check(ZstdLibrary.Api.CompressStream(_context.Handle, &target, &source, mode));
            consumed = (int)source.Position;
            written = (int)target.Position;
            return left != 0;
        }
    }

    private void Release()
    {
        _disposed = true;
        _output.Dispose();
        _context.Reset();
        ZstdCompressor.Pool.Return(_context);
    }
}
