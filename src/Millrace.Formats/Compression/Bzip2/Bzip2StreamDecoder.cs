using System.Numerics;

namespace Millrace.Formats.Compression;

/// <summary>Bzip2 streams one after the other; each block and each stream is checked against its CRC.</summary>
internal sealed class Bzip2StreamDecoder : IStreamDecoder
{
    private const ulong BlockMagic = 0x314159265359;
    private const ulong EndMagic = 0x177245385090;

    private readonly Bzip2Block _block = new();
    private int _level;
    private int _bitOffset;
    private uint _crc;
    private bool _inStream;
    private bool _afterStream;

    public string Name => "bzip2";

    // 900 000 symbols of 20 bits, and the header.
    public int MaxInput => 3 << 20;

    public DecodeStatus Decode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        if (!_block.IsEmpty)
        {
            written = _block.Take(output);
            return DecodeStatus.Continue;
        }

        return _inStream ? ReadBlock(input, out consumed) : ReadHeader(input, out consumed);
    }

    public void Dispose() => _block.Dispose();

    private DecodeStatus ReadHeader(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        if (input.IsEmpty && _afterStream)
        {
            return DecodeStatus.AtBoundary;
        }

        if (!"BZh"u8.StartsWith(input[..Math.Min(input.Length, 3)]) || (input.Length >= 4 && input[3] is < (byte)'1' or > (byte)'9'))
        {
            throw new DecodeException(_afterStream ? "what follows a stream is not another one" : "it does not begin with a bzip2 header");
        }

        if (input.Length < 4)
        {
            return DecodeStatus.NeedInput;
        }

        _level = input[3] - '0';
        _bitOffset = 0;
        _crc = 0;
        _inStream = true;
        consumed = 4;
        return DecodeStatus.Continue;
    }

    private DecodeStatus ReadBlock(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        var reader = new Bzip2BitReader(input, _bitOffset);
        ulong magic = ((ulong)reader.Read(24) << 24) | reader.Read(24);
        if (reader.Overrun)
        {
            return DecodeStatus.NeedInput;
        }

        if (magic == EndMagic)
        {
            uint expected = (reader.Read(16) << 16) | reader.Read(16);
            if (reader.Overrun)
            {
                return DecodeStatus.NeedInput;
            }

            if (expected != _crc)
            {
                throw new DecodeException("checksum", _crc, expected);
            }

            // The next stream starts at a whole byte.
            consumed = (int)((reader.Position + 7) >> 3);
            _inStream = false;
            _afterStream = true;
            return DecodeStatus.AtBoundary;
        }

        if (magic != BlockMagic)
        {
            throw new DecodeException("it has no block where one should start");
        }

        if (!_block.Read(ref reader, _level))
        {
            return DecodeStatus.NeedInput;
        }

        _crc = BitOperations.RotateLeft(_crc, 1) ^ _block.ExpectedCrc;
        consumed = (int)(reader.Position >> 3);
        _bitOffset = (int)(reader.Position & 7);
        return DecodeStatus.Continue;
    }
}
