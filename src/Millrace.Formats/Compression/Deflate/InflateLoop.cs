using System.Runtime.CompilerServices;

namespace Millrace.Formats.Compression;

/// <summary>Decodes literals and matches of one DEFLATE block.</summary>
internal static unsafe class InflateLoop
{
    private const uint LiteralMask = (1 << HuffmanTable.LiteralBits) - 1;
    private const uint DistanceMask = (1 << HuffmanTable.DistanceBits) - 1;

    // An iteration reads at most 16 bytes of input and writes at most two literals, a match and 16 bytes beyond it.
    private const int InputMargin = 16;
    private const int OutputMargin = Inflater.MaxMatch + 2 + 16;

    /// <summary>Runs while both ends are far; null means that they are near and <see cref="RunOne"/> must go on.</summary>
    public static InflateStatus? RunFast(
        uint* literals, uint* distances, ref byte* fromRef, byte* fromEnd, byte* window, ref byte* toRef, byte* softEnd, byte* toEnd, ref ulong bitsRef, ref int countRef)
    {
        byte* from = fromRef;
        byte* to = toRef;
        ulong bits = bitsRef;
        int count = countRef;
        InflateStatus? status = null;
        if (fromEnd - from < InputMargin || toEnd - to < OutputMargin)
        {
            return null;
        }

        byte* lastTo = toEnd - OutputMargin < softEnd ? toEnd - OutputMargin : softEnd;
        byte* lastFrom = fromEnd - InputMargin;
        while (from <= lastFrom && to < lastTo)
        {
            // Bits above `count` are bits of the bytes at `from`, which the next refill sets to the same values.
            bits |= Unsafe.ReadUnaligned<ulong>(from) << count;
            from += (63 - count) >> 3;
            count |= 56;

            uint entry = literals[bits & LiteralMask];
            if ((int)entry < 0)
            {
                bits >>= (int)(entry & 0xFF);
                count -= (int)(entry & 0xFF);
                *to++ = (byte)(entry >> 16);
                entry = literals[bits & LiteralMask];
                if ((int)entry < 0)
                {
                    bits >>= (int)(entry & 0xFF);
                    count -= (int)(entry & 0xFF);
                    *to++ = (byte)(entry >> 16);
                    entry = literals[bits & LiteralMask];
                }

                // The two literals took at most 22 bits, since longer codes are in subtables: 34 are left, enough for the next code.
            }

            if ((entry & HuffmanTable.Special) != 0 && (int)entry >= 0)
            {
                if ((entry & (HuffmanTable.EndOfBlock | HuffmanTable.Invalid)) == 0)
                {
                    bits >>= HuffmanTable.LiteralBits;
                    count -= HuffmanTable.LiteralBits;
                    entry = literals[((entry >> 16) & HuffmanTable.SubtableMask) + (bits & ((1u << (int)((entry >> 8) & 0xFF)) - 1))];
                }

                if ((int)entry >= 0 && (entry & HuffmanTable.Special) != 0)
                {
                    bool end = (entry & HuffmanTable.EndOfBlock) != 0;
                    bits >>= (int)(entry & 0xFF);
                    count -= (int)(entry & 0xFF);
                    status = end ? InflateStatus.Done : InflateStatus.Corrupt;
                    break;
                }
            }

            if ((int)entry < 0)
            {
                bits >>= (int)(entry & 0xFF);
                count -= (int)(entry & 0xFF);
                *to++ = (byte)(entry >> 16);
                continue;
            }

            int drop = (int)(entry & 0xFF);
            nint length = (nint)(entry >> 16) + (nint)((bits & ((1ul << drop) - 1)) >> (int)((entry >> 8) & 0xFF));
            bits >>= drop;
            count -= drop;

            bits |= Unsafe.ReadUnaligned<ulong>(from) << count;
            from += (63 - count) >> 3;
            count |= 56;
            entry = distances[bits & DistanceMask];
            if ((int)entry < 0)
            {
                if ((entry & HuffmanTable.Invalid) == 0)
                {
                    bits >>= HuffmanTable.DistanceBits;
                    count -= HuffmanTable.DistanceBits;
                    entry = distances[((entry >> 16) & HuffmanTable.SubtableMask) + (bits & ((1u << (int)((entry >> 8) & 0xFF)) - 1))];
                }

                if ((int)entry < 0)
                {
                    status = InflateStatus.Corrupt;
                    break;
                }
            }

            drop = (int)(entry & 0xFF);
            nint distance = (nint)(entry >> 16) + (nint)((bits & ((1ul << drop) - 1)) >> (int)((entry >> 8) & 0xFF));
            bits >>= drop;
            count -= drop;
            if (distance > to - window)
            {
                status = InflateStatus.Corrupt;
                break;
            }

            MatchCopy.Copy(to, distance, length, toEnd);
            to += length;
        }

        fromRef = from;
        toRef = to;
        bitsRef = bits & ((1ul << count) - 1);
        countRef = count;
        return status;
    }

    /// <summary>Decodes one literal or match near an end; null means that it is done and the block goes on. Nothing is consumed otherwise.</summary>
    public static InflateStatus? RunOne(
        uint* literals, uint* distances, ref byte* fromRef, byte* fromEnd, byte* window, ref byte* toRef, byte* toEnd, ref ulong bitsRef, ref int countRef)
    {
        // The longest element, 48 bits, fits into what is refilled here, so it is decoded whole or not at all.
        while (countRef <= 56 && fromRef < fromEnd)
        {
            bitsRef |= (ulong)*fromRef++ << countRef;
            countRef += 8;
        }

        ulong bits = bitsRef;
        int count = countRef;
        uint entry = literals[bits & LiteralMask];
        if ((int)entry >= 0 && (entry & HuffmanTable.Special) != 0 && (entry & (HuffmanTable.EndOfBlock | HuffmanTable.Invalid)) == 0)
        {
            bits >>= HuffmanTable.LiteralBits;
            count -= HuffmanTable.LiteralBits;
            entry = literals[((entry >> 16) & HuffmanTable.SubtableMask) + (bits & ((1u << (int)((entry >> 8) & 0xFF)) - 1))];
        }

        int drop = (int)(entry & 0xFF);
        if (drop > count)
        {
            return InflateStatus.NeedInput;
        }

        if ((int)entry < 0)
        {
            if (toRef >= toEnd)
            {
                return InflateStatus.NeedOutput;
            }

            *toRef++ = (byte)(entry >> 16);
            bitsRef = bits >> drop;
            countRef = count - drop;
            return null;
        }

        if ((entry & HuffmanTable.Special) != 0)
        {
            if ((entry & HuffmanTable.EndOfBlock) == 0)
            {
                return count < HuffmanTable.MaxCodeBits && fromRef == fromEnd ? InflateStatus.NeedInput : InflateStatus.Corrupt;
            }

            bitsRef = bits >> drop;
            countRef = count - drop;
            return InflateStatus.Done;
        }

        nint length = (nint)(entry >> 16) + (nint)((bits & ((1ul << drop) - 1)) >> (int)((entry >> 8) & 0xFF));
        bits >>= drop;
        count -= drop;
        entry = distances[bits & DistanceMask];
        if ((int)entry < 0 && (entry & HuffmanTable.Invalid) == 0)
        {
            bits >>= HuffmanTable.DistanceBits;
            count -= HuffmanTable.DistanceBits;
            entry = distances[((entry >> 16) & HuffmanTable.SubtableMask) + (bits & ((1u << (int)((entry >> 8) & 0xFF)) - 1))];
        }

        drop = (int)(entry & 0xFF);
        if (drop > count)
        {
            return InflateStatus.NeedInput;
        }

        if ((int)entry < 0)
        {
            return count < HuffmanTable.MaxCodeBits && fromRef == fromEnd ? InflateStatus.NeedInput : InflateStatus.Corrupt;
        }

        nint distance = (nint)(entry >> 16) + (nint)((bits & ((1ul << drop) - 1)) >> (int)((entry >> 8) & 0xFF));
        if (distance > toRef - window)
        {
            return InflateStatus.Corrupt;
        }

        if (length > toEnd - toRef)
        {
            return InflateStatus.NeedOutput;
        }

        MatchCopy.Copy(toRef, distance, length, toEnd);
        toRef += length;
        bitsRef = bits >> drop;
        countRef = count - drop;
        return null;
    }
}
