namespace Millrace.Formats.Compression;

/// <summary>Feeds a decoder from a stream and hands out what it makes.</summary>
internal sealed class DecodingStream : Stream
{
    private const int FirstCapacity = 64 << 10;

    private readonly Stream _source;
    private readonly IStreamDecoder _decoder;
    private readonly string _name;
    private readonly ScratchBuffer _input = new();
    private int _start;
    private int _end;

    // Bytes of the file before the input at hand.
    private long _offset;
    // Input to gather before the decoder is asked again, doubled each time, so that a decoder that needs a whole block at
    // once does not start over for every small read.
    private int _wanted;
    private bool _sourceEnded;
    private bool _canEnd;

    public DecodingStream(Stream source, IStreamDecoder decoder, string name)
    {
        _source = source;
        _decoder = decoder;
        _name = name;
        _input.EnsureCapacity(FirstCapacity);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (!TryDecode(buffer, out int written))
        {
            if (written > 0 || IsAtEnd())
            {
                return written;
            }

            Received(_source.Read(PrepareInput().Span));
        }

        return LastWritten;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!TryDecode(buffer.Span, out int written))
        {
            if (written > 0 || IsAtEnd())
            {
                return written;
            }

            Received(await _source.ReadAsync(PrepareInput(), cancellationToken).ConfigureAwait(false));
        }

        return LastWritten;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            _input.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private int LastWritten { get; set; }

    // True when bytes were made or nothing was asked for; false when the decoder wants input.
    private bool TryDecode(Span<byte> target, out int written)
    {
        written = 0;
        LastWritten = 0;
        if (_end - _start < _wanted && !_sourceEnded)
        {
            return false;
        }

        while (!target.IsEmpty)
        {
            DecodeStatus status;
            int consumed;
            try
            {
                status = _decoder.Decode(_input.Span[_start.._end], target, out consumed, out written);
            }
            catch (DecodeException e)
            {
                long at = _offset + _start;
                throw e.FoundCrc is { } found
                    ? CompressionErrors.Checksum(_decoder.Name, _name, at, found, e.ExpectedCrc)
                    : CompressionErrors.CorruptFile(_decoder.Name, _name, at, e.Message);
            }

            _start += consumed;
            _canEnd = status == DecodeStatus.AtBoundary;
            if (written > 0)
            {
                LastWritten = written;
                return true;
            }

            if (status == DecodeStatus.NeedInput || (_canEnd && _start == _end))
            {
                _wanted = Math.Min((_end - _start) * 2, _decoder.MaxInput);
                return false;
            }
        }

        return true;
    }

    private bool IsAtEnd()
    {
        if (!_sourceEnded)
        {
            return false;
        }

        return _canEnd && _start == _end ? true : throw CompressionErrors.TruncatedFile(_decoder.Name, _name, _offset + _end);
    }

    // Room for more input behind what is not decoded yet.
    private Memory<byte> PrepareInput()
    {
        int rest = _end - _start;
        if (_start > 0)
        {
            _input.Span[_start.._end].CopyTo(_input.Span);
            _offset += _start;
            _start = 0;
            _end = rest;
        }

        if (rest == _input.Capacity)
        {
            if (rest >= _decoder.MaxInput)
            {
                throw CompressionErrors.CorruptFile(_decoder.Name, _name, _offset, $"a part is longer than {_decoder.MaxInput} bytes");
            }

            _input.Grow(FirstCapacity, _decoder.MaxInput, rest);
        }

        return _input.Memory[rest.._input.Capacity];
    }

    private void Received(int count)
    {
        _end += count;
        _sourceEnded = count == 0;
    }
}
