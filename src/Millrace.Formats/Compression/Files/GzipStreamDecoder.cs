using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Compression;

/// <summary>Gzip members one after the other, each checked against its CRC and length. Zeros after a member are padding.</summary>
internal sealed unsafe class GzipStreamDecoder : IStreamDecoder
{
    private const int ChunkSize = 128 << 10;

    // History for matches, then a chunk of new output; the window slides when the chunk is full.
    private const int BufferSize = Inflater.WindowSize + ChunkSize;

    private readonly NativeBuffer _window = BufferPool.Rent(BufferSize);
    private readonly Inflater _inflater = Inflater.Pool.Rent();
    private Stage _stage = Stage.Header;
    private bool _afterMember;
    private int _filled;
    private int _handedOut;
    private uint _crc;
    private uint _length;

    private enum Stage
    {
        Header,
        Body,
        Trailer,
    }

    public string Name => "gzip";

    public int MaxInput => GzipHeader.MaxSize * 2;

    public DecodeStatus Decode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        if (_handedOut == _filled)
        {
            switch (_stage)
            {
                case Stage.Header:
                    return ReadHeader(input, ref consumed);
                case Stage.Trailer:
                    return ReadTrailer(input, ref consumed);
                default:
                    if (!Inflate(input, ref consumed))
                    {
                        return DecodeStatus.NeedInput;
                    }

                    break;
            }
        }

        written = Math.Min(output.Length, _filled - _handedOut);
        _window.Span.Slice(_handedOut, written).CopyTo(output);
        _handedOut += written;
        return DecodeStatus.Continue;
    }

    public void Dispose()
    {
        _window.Dispose();
        Inflater.Pool.Return(_inflater);
    }

    private DecodeStatus ReadHeader(ReadOnlySpan<byte> input, ref int consumed)
    {
        if (_afterMember)
        {
            int padding = input.IndexOfAnyExcept((byte)0);
            consumed = padding < 0 ? input.Length : padding;
            input = input[consumed..];
            if (input.IsEmpty)
            {
                return DecodeStatus.AtBoundary;
            }
        }

        int size = GzipHeader.Measure(input);
        if (size == 0)
        {
            return DecodeStatus.NeedInput;
        }

        if (size < 0)
        {
            throw new DecodeException(_afterMember ? "what follows a member is not another one" : "it does not begin with a gzip header");
        }

        consumed += size;
        _inflater.Reset();
        _filled = 0;
        _handedOut = 0;
        _crc = 0;
        _length = 0;
        _stage = Stage.Body;
        return DecodeStatus.Continue;
    }

    // False when there is nothing to hand out before more input comes.
    private bool Inflate(ReadOnlySpan<byte> input, ref int consumed)
    {
        if (_filled > BufferSize - Inflater.MaxMatch)
        {
            _window.Span[(_filled - Inflater.WindowSize).._filled].CopyTo(_window.Span);
            _filled = Inflater.WindowSize;
            _handedOut = _filled;
        }

        fixed (byte* start = input)
        {
            byte* from = start;
            byte* window = _window.Pointer;
            byte* to = window + _filled;
            byte* end = window + BufferSize;
            InflateStatus status = _inflater.Run(ref from, start + input.Length, window, ref to, end - Inflater.MaxMatch + 1, end);
            consumed = (int)(from - start);
            int before = _filled;
            _filled = (int)(to - window);
            _crc = Crc32.Append(_crc, _window.Span[before.._filled]);
            _length += (uint)(_filled - before);
            switch (status)
            {
                case InflateStatus.Corrupt:
                    throw new DecodeException("it is not a valid DEFLATE stream");
                case InflateStatus.Done:
                    _stage = Stage.Trailer;
                    return true;
                default:
                    return _filled > before || consumed > 0;
            }
        }
    }

    private DecodeStatus ReadTrailer(ReadOnlySpan<byte> input, ref int consumed)
    {
        if (input.Length < GzipHeader.TrailerSize)
        {
            return DecodeStatus.NeedInput;
        }

        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(input);
        if (crc != _crc)
        {
            throw new DecodeException("checksum", _crc, crc);
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(input[4..]);
        if (length != _length)
        {
            throw new DecodeException($"a member holds {_length} bytes (modulo 4 GiB) and declares {length}");
        }

        consumed = GzipHeader.TrailerSize;
        _stage = Stage.Header;
        _afterMember = true;
        return DecodeStatus.AtBoundary;
    }
}
