using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Formats.Compression;

/// <summary>
/// Encodes snappy's raw format. Like the reference encoder it works on fragments of 64 KiB, so that positions fit 16 bits
/// and a copy takes at most three bytes.
/// </summary>
internal static unsafe class SnappyEncoder
{
    private const int FragmentSize = 1 << 16;
    private const int MaxTableBits = 14;
    private const int MinTableBits = 8;

    // The last bytes of a fragment are literals, so that the search may read eight bytes anywhere.
    private const int Margin = 16;

    /// <summary>Writes the elements and returns their end. The target has room as SnappyCodec.MaxCompressedLength says.</summary>
    [SkipLocalsInit]
    public static byte* Encode(byte* from, int length, byte* to)
    {
        ushort* table = stackalloc ushort[1 << MaxTableBits];
        for (int done = 0; done < length; done += FragmentSize)
        {
            to = EncodeFragment(from + done, Math.Min(FragmentSize, length - done), to, table);
        }

        return to;
    }

    private static byte* EncodeFragment(byte* from, int length, byte* to, ushort* table)
    {
        byte* end = from + length;
        byte* literal = from;
        if (length >= Margin)
        {
            int bits = Math.Clamp(32 - BitOperations.LeadingZeroCount((uint)(length - 1)), MinTableBits, MaxTableBits);
            new Span<ushort>(table, 1 << bits).Clear();
            to = EncodeMatches(from, end, to, table, 32 - bits, ref literal);
        }

        return literal < end ? WriteLiteral(literal, (int)(end - literal), to) : to;
    }

    private static byte* EncodeMatches(byte* start, byte* end, byte* to, ushort* table, int shift, ref byte* literal)
    {
        byte* last = end - Margin + 1;
        byte* at = start + 1;
        while (true)
        {
            // Search: the step grows by one every 32 misses, so that data without matches passes quickly.
            byte* match;
            uint skip = 32;
            byte* next = at;
            uint hash = Hash(Unsafe.ReadUnaligned<uint>(at), shift);
            do
            {
                at = next;
                next = at + (skip++ >> 5);
                if (next > last)
                {
                    return to;
                }

                match = start + table[hash];
                table[hash] = (ushort)(at - start);
                hash = Hash(Unsafe.ReadUnaligned<uint>(next), shift);
            }
            while (Unsafe.ReadUnaligned<uint>(at) != Unsafe.ReadUnaligned<uint>(match));

            int literals = (int)(at - literal);
            if (literals <= 16)
            {
                // Sixteen bytes can be read: the match lies before the margin. A literal of 0 bytes does not occur here.
                *to = (byte)((literals - 1) << 2);
                Vector128.Store(Vector128.Load(literal), to + 1);
                to += literals + 1;
            }
            else
            {
                to = WriteLiteral(literal, literals, to);
            }

            // Matches that follow each other directly need no search between them.
            ulong bytes;
            do
            {
                int length = 4 + MatchSearch.Length(match + 4, at + 4, end);
                to = WriteCopy((int)(at - match), length, to);
                at += length;
                literal = at;
                if (at >= last)
                {
                    return to;
                }

                bytes = Unsafe.ReadUnaligned<ulong>(at - 1);
                table[Hash((uint)bytes, shift)] = (ushort)(at - start - 1);
                uint here = Hash((uint)(bytes >> 8), shift);
                match = start + table[here];
                table[here] = (ushort)(at - start);
            }
            while ((uint)(bytes >> 8) == Unsafe.ReadUnaligned<uint>(match));

            at++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(uint bytes, int shift) => (bytes * 0x1E35A7BD) >> shift;

    private static byte* WriteLiteral(byte* literal, int length, byte* to)
    {
        int n = length - 1;
        if (n < 60)
        {
            *to++ = (byte)(n << 2);
        }
        else if (n < 256)
        {
            *to++ = 60 << 2;
            *to++ = (byte)n;
        }
        else
        {
            // A literal never spans fragments, so two bytes of length suffice.
            *to++ = 61 << 2;
            *to++ = (byte)n;
            *to++ = (byte)(n >> 8);
        }

        Unsafe.CopyBlockUnaligned(to, literal, (uint)length);
        return to + length;
    }

    private static byte* WriteCopy(int offset, int length, byte* to)
    {
        // The rest after copies of 64 stays at 4 or more, which the short form needs.
        while (length >= 68)
        {
            to = WriteLongCopy(offset, 64, to);
            length -= 64;
        }

        if (length > 64)
        {
            to = WriteLongCopy(offset, 60, to);
            length -= 60;
        }

        if (length >= 12 || offset >= 2048)
        {
            return WriteLongCopy(offset, length, to);
        }

        to[0] = (byte)(1 | ((length - 4) << 2) | ((offset >> 8) << 5));
        to[1] = (byte)offset;
        return to + 2;
    }

    private static byte* WriteLongCopy(int offset, int length, byte* to)
    {
        to[0] = (byte)(2 | ((length - 1) << 2));
        to[1] = (byte)offset;
        to[2] = (byte)(offset >> 8);
        return to + 3;
    }
}
