using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Differences of neighbours less the smallest of a block, bit-packed in miniblocks (Encodings.md, "DELTA_BINARY_PACKED").
/// Differences wrap around in the width of the type, so that any two values have one.
/// </summary>
internal static unsafe class DeltaBinaryPackedEncoder
{
    private const int BlockSize = 128;
    private const int Miniblocks = 4;
    private const int MiniblockSize = BlockSize / Miniblocks;

    public static void Encode(int* values, int count, ByteBuffer target)
    {
        Start(count, count == 0 ? 0 : values[0], target);
        ulong* deltas = stackalloc ulong[BlockSize];
        for (int at = 1; at < count; at += BlockSize)
        {
            int length = Math.Min(BlockSize, count - at);
            int min = int.MaxValue;
            for (int i = 0; i < length; i++)
            {
                min = Math.Min(min, values[at + i] - values[at + i - 1]);
            }

            for (int i = 0; i < length; i++)
            {
                deltas[i] = (uint)(values[at + i] - values[at + i - 1] - min);
            }

            AppendBlock(deltas, length, min, target);
        }
    }

    public static void Encode(long* values, int count, ByteBuffer target)
    {
        Start(count, count == 0 ? 0 : values[0], target);
        ulong* deltas = stackalloc ulong[BlockSize];
        for (int at = 1; at < count; at += BlockSize)
        {
            int length = Math.Min(BlockSize, count - at);
            long min = long.MaxValue;
            for (int i = 0; i < length; i++)
            {
                min = Math.Min(min, values[at + i] - values[at + i - 1]);
            }

            for (int i = 0; i < length; i++)
            {
                deltas[i] = (ulong)(values[at + i] - values[at + i - 1] - min);
            }

            AppendBlock(deltas, length, min, target);
        }
    }

    private static void Start(int count, long first, ByteBuffer target)
    {
        target.AppendVarInt(BlockSize);
        target.AppendVarInt(Miniblocks);
        target.AppendVarInt((ulong)count);
        target.AppendZigZag(first);
    }

    private static void AppendBlock(ulong* deltas, int length, long min, ByteBuffer target)
    {
        // What fills the last miniblock up counts for nothing; those after it have no bytes.
        new Span<ulong>(deltas + length, BlockSize - length).Clear();
        target.AppendZigZag(min);
        int widths = target.Length;
        target.AppendInt32(0);
        for (int i = 0; i < Miniblocks; i++)
        {
            ulong* miniblock = deltas + (i * MiniblockSize);
            ulong all = 0;
            for (int k = 0; k < MiniblockSize; k++)
            {
                all |= miniblock[k];
            }

            int width = 64 - BitOperations.LeadingZeroCount(all);
            target.Pointer[widths + i] = (byte)width;
            if (width > 0)
            {
                BitPackEncoder.Pack32(miniblock, width, target.Reserve((width * 4) + BitPackEncoder.Slack));
                target.Advance(width * 4);
            }
        }
    }
}
