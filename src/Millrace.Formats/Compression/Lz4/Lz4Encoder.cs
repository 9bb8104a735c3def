using System.Runtime.CompilerServices;

namespace Millrace.Formats.Compression;

/// <summary>Encodes one LZ4 block with a greedy search.</summary>
internal static unsafe class Lz4Encoder
{
    private const int MinMatch = 4;
    private const int MaxOffset = 65535;
    private const int TableBits = 13;

    // The format asks for 5 literals at the end and no match that starts in the last 12 bytes.
    private const int LastLiterals = 5;
    private const int MatchMargin = 12;

    /// <summary>Writes the block and returns its end. The target has room as Lz4RawCodec.MaxCompressedLength says.</summary>
    [SkipLocalsInit]
    public static byte* Encode(byte* start, int length, byte* to)
    {
        byte* end = start + length;
        byte* literal = start;
        if (length > MatchMargin)
        {
            int* table = stackalloc int[1 << TableBits];
            new Span<int>(table, 1 << TableBits).Clear();
            byte* matchEnd = end - LastLiterals;
            byte* last = end - MatchMargin;
            byte* at = start + 1;
            uint skip = 1 << 6;
            while (at <= last)
            {
                uint bytes = Unsafe.ReadUnaligned<uint>(at);
                uint hash = (bytes * 2654435761) >> (32 - TableBits);
                byte* match = start + table[hash];
                table[hash] = (int)(at - start);
                if (at - match > MaxOffset || Unsafe.ReadUnaligned<uint>(match) != bytes)
                {
                    // The step grows with the misses, so that data without matches passes quickly.
                    at += skip++ >> 6;
                    continue;
                }

                while (at > literal && match > start && at[-1] == match[-1])
                {
                    at--;
                    match--;
                }

                int matched = MinMatch + MatchSearch.Length(match + MinMatch, at + MinMatch, matchEnd);
                to = WriteSequence(literal, (int)(at - literal), (int)(at - match), matched, to);
                at += matched;
                literal = at;
                skip = 1 << 6;
            }
        }

        return WriteLiterals(literal, (int)(end - literal), 0, to);
    }

    private static byte* WriteSequence(byte* literal, int literals, int offset, int length, byte* to)
    {
        int rest = length - MinMatch;
        to = WriteLiterals(literal, literals, Math.Min(rest, 15), to);
        Unsafe.WriteUnaligned(to, (ushort)offset);
        return WriteLength(rest, to + 2);
    }

    private static byte* WriteLiterals(byte* literal, int count, int lowBits, byte* to)
    {
        *to++ = (byte)((Math.Min(count, 15) << 4) | lowBits);
        to = WriteLength(count, to);
        Unsafe.CopyBlockUnaligned(to, literal, (uint)count);
        return to + count;
    }

    // What goes beyond the 15 of the token, in bytes of up to 255; the last is less than that.
    private static byte* WriteLength(int value, byte* to)
    {
        if (value >= 15)
        {
            value -= 15;
            while (value >= 255)
            {
                *to++ = 255;
                value -= 255;
            }

            *to++ = (byte)value;
        }

        return to;
    }
}
