using System.Buffers.Binary;

namespace Millrace.Formats.Compression;

/// <summary>Zstandard frames one after the other; skippable frames are skipped. libzstd refuses windows of more than 128 MiB.</summary>
internal sealed unsafe class ZstdStreamDecoder : IStreamDecoder
{
    private const uint Magic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;

    private readonly ZstdDecompressor _context = ZstdDecompressor.Pool.Rent();
    private bool _betweenFrames;

    public ZstdStreamDecoder() => _context.Reset();

    public string Name => "zstd";

    // libzstd keeps partial input itself.
    public int MaxInput => 64 << 10;

    public static bool IsMagic(ReadOnlySpan<byte> head)
        => head.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(head) is uint magic && (magic == Magic || (magic & ~0xFu) == SkippableMagic);

    public DecodeStatus Decode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        if (_betweenFrames && input.IsEmpty)
        {
            consumed = 0;
            written = 0;
            return DecodeStatus.AtBoundary;
        }

        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            var source = new ZstdLibrary.Buffer { Pointer = from, Size = (nuint)input.Length };
            var target = new ZstdLibrary.Buffer { Pointer = to, Size = (nuint)output.Length };
            nuint left = ZstdLibrary.Api.DecompressStream(_context.Handle, &target, &source);
            if (ZstdLibrary.Api.IsError(left) != 0)
            {
                throw new DecodeException(ZstdLibrary.ErrorName(left));
            }

            consumed = (int)source.Position;
            written = (int)target.Position;
            _betweenFrames = left == 0;
            return _betweenFrames ? DecodeStatus.AtBoundary
                : written == 0 && consumed == input.Length ? DecodeStatus.NeedInput
                : DecodeStatus.Continue;
        }
    }

    public void Dispose()
    {
        // Parameters stay; an unfinished frame must not reach the next user.
        _context.Reset();
        ZstdDecompressor.Pool.Return(_context);
    }
}
