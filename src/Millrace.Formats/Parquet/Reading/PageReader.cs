using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>Reads the pages of one column chunk: headers, checksums, and bodies without their compression.</summary>
internal sealed class PageReader : IDisposable
{
    // Headers are short unless they carry long bounds.
    private const int UsualHeaderBytes = 1 << 10;
    private const int MaxHeaderBytes = 16 << 20;

    // Some old writers left the header of the dictionary page out of the size of the chunk.
    private const int SizeTolerance = 128;

    private readonly ChunkWindow _window;
    private readonly long _start;
    private readonly ScratchBuffer _body = new();
    private readonly CompressionCodec _codec;
    private readonly BlockCodec _decompressor;
    private readonly ParquetOptions _options;
    private PageHeader _header = null!;

    public PageReader(IByteSource source, ColumnMetadata column, ParquetOptions options, int readAhead)
    {
        long start = ChunkPlace.Start(column);
        _start = start;
        if (start < 0 || column.CompressedSize < 0 || start > source.Length || column.CompressedSize > source.Length - start)
        {
            throw ParquetErrors.ChunkOutside(start, column.CompressedSize, source.Length);
        }

        long end = Math.Min(source.Length, start + column.CompressedSize + SizeTolerance);
        _window = new ChunkWindow(source, start, end, (int)Math.Min(readAhead, column.CompressedSize + SizeTolerance));
        _codec = column.Codec;
        _decompressor = ParquetCodecs.Get(column.Codec);
        _options = options;
    }

    public PageHeader Header => _header;

    /// <summary>Offset in the file of what comes next.</summary>
    public long Offset => _window.Offset;

    /// <summary>Offset of the current page's header in the file.</summary>
    public long PageOffset { get; private set; }

    /// <summary>Reads the next header; the body comes next, to be read or passed over.</summary>
    public async ValueTask ReadHeaderAsync(CancellationToken cancellation)
    {
        PageOffset = _window.Offset;
        for (int wanted = UsualHeaderBytes; ; wanted *= 8)
        {
            int room = (int)Math.Min(_window.Left, wanted);
            if (room <= 0 || !await _window.EnsureAsync(room, cancellation).ConfigureAwait(false))
            {
                throw ParquetErrors.Page("the chunk ends before its pages do");
            }

            if (TryParseHeader(isLast: room < wanted || wanted >= MaxHeaderBytes))
            {
                break;
            }
        }

        if (_header.CompressedSize < 0 || _header.CompressedSize > _window.Left || _header.UncompressedSize < 0)
        {
            throw ParquetErrors.PageSize(_header.CompressedSize, _header.UncompressedSize, _window.Left);
        }

        int larger = Math.Max(_header.CompressedSize, _header.UncompressedSize);
        int limit = Math.Min(_options.MaxPageBytes, BufferPool.MaxCapacity - BitUnpacker.Slack);
        if (larger > limit)
        {
            throw ParquetErrors.Limit("A page", larger, limit, "max_page_bytes");
        }
    }

    /// <summary>Passes over the body.</summary>
    public void SkipBody() => _window.MoveTo(_window.Offset + _header.CompressedSize);

    /// <summary>Goes on with the page whose header lies at an offset.</summary>
    public void MoveTo(long offset)
    {
        if (offset < _start || offset > _window.Offset + _window.Left)
        {
            throw ParquetErrors.Page($"the page at {offset} lies outside of the chunk");
        }

        _window.MoveTo(offset);
    }

    /// <summary>Brings the body into memory and compares its checksum.</summary>
    public async ValueTask ReadBodyAsync(CancellationToken cancellation)
    {
        int size = _header.CompressedSize;
        if (!await _window.EnsureAsync(size, cancellation).ConfigureAwait(false))
        {
            throw ParquetErrors.Page("the file ends before it does");
        }

        if (_options.VerifyChecksums && _header.Crc is { } expected)
        {
            uint found = Crc32.Compute(_window.Available[..size]);
            if (found != (uint)expected)
            {
                throw ParquetErrors.Checksum(found, (uint)expected);
            }
        }
    }

    /// <summary>
    /// Takes the body, without compression behind the first <paramref name="plainBytes"/> bytes, which never have any. Both
    /// parts stay until the next header is read.
    /// </summary>
    public unsafe PageBody TakeBody(int plainBytes, bool compressed)
    {
        int packed = _header.CompressedSize - plainBytes;
        int size = _header.UncompressedSize - plainBytes;
        if (plainBytes < 0 || packed < 0 || size < 0)
        {
            throw ParquetErrors.Page($"its levels have {plainBytes} bytes, all of it {_header.CompressedSize}");
        }

        byte* start = _window.Pointer;
        _window.Take(_header.CompressedSize);
        if (!compressed || _codec == CompressionCodec.Uncompressed)
        {
            if (packed != size)
            {
                throw ParquetErrors.PageSize(_header.CompressedSize, _header.UncompressedSize, _header.CompressedSize);
            }

            return new PageBody(start, start + plainBytes, size);
        }

        _body.EnsureCapacity(_header.UncompressedSize + BitUnpacker.Slack);
        new ReadOnlySpan<byte>(start, plainBytes).CopyTo(_body.Span);
        if (size > 0)
        {
            _decompressor.Decompress(new ReadOnlySpan<byte>(start + plainBytes, packed), _body.Span.Slice(plainBytes, size));
        }

        // A page lives through many batches; there is no need to keep it in both forms.
        _window.Release();
        return new PageBody(_body.Pointer, _body.Pointer + plainBytes, size);
    }

    public void Dispose()
    {
        _window.Dispose();
        _body.Dispose();
    }

    private bool TryParseHeader(bool isLast)
    {
        try
        {
            _header = ThriftReader.ReadStruct<PageHeader>(_window.Available, out int length);
            _window.Take(length);
            return true;
        }
        catch (MillraceException) when (!isLast)
        {
            // The header may be longer than what is in memory.
            return false;
        }
    }
}
