using System.Buffers.Binary;
using System.Numerics;

namespace Millrace.Formats.Parquet;

/// <summary>
/// A bloom filter of blocks of 256 bits: a hash chooses a block and a bit in each of its eight words (BloomFilter.md).
/// It works on the bytes as they are in a file.
/// </summary>
internal static class SplitBlockFilter
{
    /// <summary>Bytes of a block; the length of a filter is a multiple of it.</summary>
    public const int BlockSize = 32;

    /// <summary>Largest filter that other implementations accept.</summary>
    public const int MaxBytes = 128 << 20;

    private const int Words = BlockSize / sizeof(uint);

    private static readonly uint[] Salts = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

    /// <summary>Bytes for so many distinct values and a share of false hits; a power of two, which some readers want.</summary>
    public static int SizeFor(long distinct, double falsePositives)
    {
        // A value sets eight bits in one block; the formula is that of BloomFilter.md, "Sizing an SBBF".
        double bits = -8 * (double)Math.Max(distinct, 1) / Math.Log(1 - Math.Pow(falsePositives, 1.0 / 8));
        double bytes = Math.Clamp(bits / 8, BlockSize, MaxBytes);
        return (int)BitOperations.RoundUpToPowerOf2((uint)bytes);
    }

    public static void Insert(Span<byte> filter, ulong hash)
    {
        Span<byte> block = filter.Slice(BlockOf(filter.Length, hash), BlockSize);
        for (int i = 0; i < Words; i++)
        {
            Span<byte> word = block.Slice(i * sizeof(uint), sizeof(uint));
            BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) | Bit(hash, i));
        }
    }

    /// <summary>False only when the value of the hash was never inserted.</summary>
    public static bool MayContain(ReadOnlySpan<byte> filter, ulong hash)
    {
        ReadOnlySpan<byte> block = filter.Slice(BlockOf(filter.Length, hash), BlockSize);
        for (int i = 0; i < Words; i++)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(block[(i * sizeof(uint))..]) & Bit(hash, i)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    // The upper half of the hash, scaled to the number of blocks.
    private static int BlockOf(int length, ulong hash) => (int)(((hash >> 32) * (ulong)(length / BlockSize)) >> 32) * BlockSize;

    private static uint Bit(ulong hash, int word) => 1u << (int)(((uint)hash * Salts[word]) >> 27);
}
