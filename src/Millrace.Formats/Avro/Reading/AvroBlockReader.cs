using Millrace.Formats.Compression;

namespace Millrace.Formats.Avro;

/// <summary>Reads the blocks that start in a range, one after the other, and decompresses them.</summary>
internal sealed class AvroBlockReader : IDisposable
{
    // Two numbers of at most ten bytes stand before a block.
    private const int MaxBlockHeader = 2 * AvroVarints.MaxLength;
    private const int ReadAhead = 256 << 10;

    private readonly IByteSource _source;
    private readonly byte[] _sync;
    private readonly BlockCodec _codec;
    private readonly long _end;
    private readonly int _maxBytes;
    private readonly bool _decompress;
    private readonly ScratchBuffer _input = new();
    private readonly ScratchBuffer _output = new();
    private bool _started;

    // Bytes [_from, _to) of the input are at hand; the first of them is byte _offset of the file.
    private int _from;
    private int _to;
    private long _offset;

    /// <param name="source">The file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="range">Starts at the file's start or behind a marker.</param>
    /// <param name="maxBytes">The largest block, compressed or not.</param>
    /// <param name="decompress">Whether the contents are wanted, not only the number of rows.</param>
    public AvroBlockReader(IByteSource source, AvroHeader header, FileRange range, int maxBytes, bool decompress)
    {
        _source = source;
        _sync = header.Sync;
        _codec = AvroCodecs.Find(header.Codec)!;
        _end = range.End;
        _maxBytes = maxBytes;
        _decompress = decompress;
        _started = range.Start <= header.Length;

        // A range within the file begins with the marker before it, which shows that it is the start of a block.
        _offset = _started ? header.Length : range.Start - AvroHeader.SyncSize;
        Offset = Math.Max(range.Start, header.Length);
    }

    /// <summary>Where the current block starts in the file; before the first one, where that will start.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the block after the current one starts.</summary>
    public long NextOffset => _started ? _offset : Offset;

    /// <summary>Rows of the current block, as it says.</summary>
    public long Rows { get; private set; }

    /// <summary>The rows of the current block. Dead when the next one is read.</summary>
    public unsafe byte* Data { get; private set; }

    public int Length { get; private set; }

    /// <summary>Goes to the next block; false when the range or the file is over.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        if (!_started)
        {
            await GatherAsync(AvroHeader.SyncSize, cancellation).ConfigureAwait(false);
            RequireSync(0, _offset + AvroHeader.SyncSize);
            Consume(AvroHeader.SyncSize);
            _started = true;
        }

        Offset = _offset;
        if (_offset >= _end)
        {
            return false;
        }

        int atHand = await GatherAsync(MaxBlockHeader, cancellation).ConfigureAwait(false);
        if (atHand == 0)
        {
            return false;
        }

        int headerLength = ReadBlockHeader(Math.Min(atHand, MaxBlockHeader), out long size);
        int whole = headerLength + (int)size + AvroHeader.SyncSize;
        if (await GatherAsync(whole, cancellation).ConfigureAwait(false) < whole)
        {
            throw AvroErrors.Truncated(_source.Name, Offset, "a block");
        }

        RequireSync(headerLength + (int)size, Offset);
        if (Offset + whole > _end && _end < _source.Length)
        {
            // Then the reader of the next range would start within this block, at bytes that only look like a marker.
            throw AvroErrors.CorruptBlock(_source.Name, Offset, $"it goes on behind byte {_end}, where another block was found");
        }

        if (_decompress)
        {
            Decompress(headerLength, (int)size);
        }

        Consume(whole);
        return true;
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private int ReadBlockHeader(int atHand, out long size)
    {
        ReadOnlySpan<byte> bytes = _input.Span.Slice(_from, atHand);
        Rows = ReadNumber(ref bytes);
        size = ReadNumber(ref bytes);
        if (Rows < 0 || size < 0)
        {
            throw AvroErrors.CorruptBlock(_source.Name, Offset, $"it claims {Rows} rows in {size} bytes");
        }

        if (size > _maxBytes)
        {
            throw AvroErrors.Limit($"A block has {size} bytes, more than the {_maxBytes} of the option max_block_bytes").At(ErrorPlace.AtOffset(_source.Name, Offset));
        }

        int length = atHand - bytes.Length;
        if (size > _source.Length - Offset - length)
        {
            throw AvroErrors.Truncated(_source.Name, Offset, "a block");
        }

        return length;
    }

    private long ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        switch (AvroVarints.Read(bytes, out long value, out int length))
        {
            case AvroVarint.Read:
                bytes = bytes[length..];
                return value;
            case AvroVarint.Incomplete:
                throw AvroErrors.Truncated(_source.Name, Offset, "a block");
            default:
                throw AvroErrors.CorruptBlock(_source.Name, Offset, "a number takes more than 64 bits");
        }
    }

    private void RequireSync(int at, long blockOffset)
    {
        if (_to - _from < at + AvroHeader.SyncSize || !_input.Span.Slice(_from + at, AvroHeader.SyncSize).SequenceEqual(_sync))
        {
            throw AvroErrors.CorruptBlock(_source.Name, blockOffset, "the file's marker is not where it should be");
        }
    }

    private unsafe void Decompress(int headerLength, int size)
    {
        if (_codec == BlockCodec.Uncompressed)
        {
            Data = _input.Pointer + _from + headerLength;
            Length = size;
            return;
        }

        try
        {
            Length = _codec.Decompress(_input.Span.Slice(_from + headerLength, size), _output, _maxBytes);
            Data = _output.Pointer;
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(ErrorPlace.AtOffset(_source.Name, Offset));
        }
    }

    private void Consume(int count)
    {
        _from += count;
        _offset += count;
    }

    // Brings so many bytes to hand, fewer only at the end of the file, and returns how many there are.
    private async ValueTask<int> GatherAsync(int wanted, CancellationToken cancellation)
    {
        while (_to - _from < wanted)
        {
            MakeRoom(wanted);
            long position = _offset + (_to - _from);

            // What lies behind the range is another reader's, apart from the end of the last block.
            long ahead = Math.Max(_end - position, wanted - (_to - _from));
            int room = (int)Math.Min(_input.Capacity - _to, ahead);
            int read = await _source.ReadAsync(position, _input.Memory.Slice(_to, room), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            _to += read;
        }

        return _to - _from;
    }

    private void MakeRoom(int wanted)
    {
        int atHand = _to - _from;
        if (_from > 0 && (_to == _input.Capacity || _from + wanted > _input.Capacity))
        {
            _input.Span[_from.._to].CopyTo(_input.Span);
            _from = 0;
            _to = atHand;
        }

        if (_to == _input.Capacity)
        {
            // Doubling, so that a size that is only claimed makes no more memory than bytes arrive.
            _input.EnsureCapacity((int)Math.Max(Math.Min(ReadAhead, _source.Length), Math.Min((long)wanted, _input.Capacity * 2L)), atHand);
        }
    }
}
