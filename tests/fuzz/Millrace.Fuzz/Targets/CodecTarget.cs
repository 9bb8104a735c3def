using System.Buffers.Binary;
using Millrace.Formats.Compression;

namespace Millrace.Fuzz;

/// <summary>A block codec: to a declared length, which stands in the first four bytes of the input, and to an unknown one.</summary>
internal sealed class CodecTarget(string name, BlockCodec codec) : IFuzzTarget
{
    private const int MaxLength = 1 << 20;

    public string Name => name;

    public IReadOnlyList<byte[]> Tokens => [];

    public IEnumerable<byte[]> Seeds(Random random)
    {
        foreach (byte[] block in Payloads.Make(random))
        {
            byte[] input = new byte[sizeof(int) + codec.MaxCompressedLength(block.Length)];
            BinaryPrimitives.WriteInt32LittleEndian(input, block.Length);
            yield return input[..(sizeof(int) + codec.Compress(block, input.AsSpan(sizeof(int))))];
        }
    }

    public void Run(byte[] input)
    {
        if (input.Length < sizeof(int))
        {
            return;
        }

        int length = (int)((uint)BinaryPrimitives.ReadInt32LittleEndian(input) % MaxLength);
        using var block = new GuardedMemory(input.Length - sizeof(int));
        input.AsSpan(sizeof(int)).CopyTo(block.Span);
        using var target = new GuardedMemory(length);
        bool exact = TryDecompress(() => codec.Decompress(block.Span, target.Span));
        using var scratch = new ScratchBuffer();
        int found = -1;
        bool open = TryDecompress(() => found = codec.Decompress(block.Span, scratch, MaxLength));

        // Only where both succeed: libzstd, given the whole target, overlooks damage that it finds in a stream.
        if (exact && open && (found != length || !scratch.Span[..found].SequenceEqual(target.Span)))
        {
            throw new BrokenInvariantException("Decompressing to a known and to an unknown length differ.");
        }
    }

    private static bool TryDecompress(Action decompress)
    {
        try
        {
            decompress();
            return true;
        }
        catch (MillraceException)
        {
            return false;
        }
    }
}
