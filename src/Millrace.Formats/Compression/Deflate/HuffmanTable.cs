namespace Millrace.Formats.Compression;

/// <summary>
/// Look-up tables for DEFLATE's Huffman codes (RFC 1951, 3.2). An entry is found by the next bits of input; codes longer
/// than the main table's index continue in a subtable.
/// </summary>
/// <remarks>
/// Entry, from the lowest bit: bits to drop (8), bits of the code among them (8), then the value: a literal, or the base of
/// a length or distance whose extra bits are the rest of the bits to drop. With <see cref="Special"/> set it is the end of the
/// block, no code at all, or a subtable: bits to drop (8), bits of its index (8), its first entry (12).
/// </remarks>
internal static unsafe class HuffmanTable
{
    public const int MaxCodeBits = 15;
    public const int LiteralBits = 11;
    public const int DistanceBits = 8;

    /// <summary>The most entries that complete codes of 288 symbols (11 bits) and of 32 symbols (8 bits) can need.</summary>
    public const int LiteralEntries = 2342;

    public const int DistanceEntries = 402;

    public const uint Literal = 1u << 31;
    public const uint Special = 1u << 30;
    public const uint EndOfBlock = 1u << 29;
    public const uint Invalid = 1u << 28;
    public const int SubtableMask = 0xFFF;

    private static ReadOnlySpan<ushort> LengthBases => [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static ReadOnlySpan<byte> LengthExtras => [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    /// <summary>What a symbol of the literal and length alphabet stands for, without the bits of its code.</summary>
    public static uint LiteralValue(int symbol)
    {
        if (symbol < 256)
        {
            return Literal | ((uint)symbol << 16);
        }

        if (symbol == 256)
        {
            return Special | EndOfBlock;
        }

        int length = symbol - 257;
        return length < LengthBases.Length ? ((uint)LengthBases[length] << 16) | LengthExtras[length] : Special | Invalid;
    }

    /// <summary>What a symbol of the distance alphabet stands for. The base is below 2^15, so it does not meet the flags.</summary>
    public static uint DistanceValue(int symbol)
    {
        if (symbol >= 30)
        {
            return Literal | Invalid;
        }

        int extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
        int start = symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << extra) + 1;
        return ((uint)start << 16) | (uint)extra;
    }

    /// <summary>The symbols of the code that itself transmits code lengths.</summary>
    public static uint PlainValue(int symbol) => (uint)symbol << 16;

    /// <summary>Fills a table; false when the lengths make no usable code.</summary>
    /// <param name="lengths">Bits of each symbol's code, 0 for none.</param>
    /// <param name="values">What each symbol stands for.</param>
    /// <param name="table">The table to fill.</param>
    /// <param name="mainBits">Bits that index the main table.</param>
    /// <param name="special">Flags of an entry that points to a subtable or is no code.</param>
    /// <param name="allowSingle">Whether one code of one bit, or none, may leave the rest unused.</param>
    public static bool Build(ReadOnlySpan<byte> lengths, uint* values, uint* table, int mainBits, uint special, bool allowSingle)
    {
        int* counts = stackalloc int[MaxCodeBits + 1];
        new Span<int>(counts, MaxCodeBits + 1).Clear();
        foreach (byte length in lengths)
        {
            counts[length]++;
        }

        int longest = MaxCodeBits;
        while (longest > 0 && counts[longest] == 0)
        {
            longest--;
        }

        int unused = 1;
        for (int bits = 1; bits <= MaxCodeBits; bits++)
        {
            unused = (unused << 1) - counts[bits];
            if (unused < 0)
            {
                return false;
            }
        }

        if (unused > 0 && !(allowSingle && longest <= 1))
        {
            return false;
        }

        new Span<uint>(table, 1 << mainBits).Fill(special | Invalid);
        int* sorted = stackalloc int[lengths.Length];
        Sort(lengths, counts, sorted);
        counts[0] = 0;
        Fill(lengths, values, table, mainBits, special, longest, counts, sorted);
        return true;
    }

    private static void Sort(ReadOnlySpan<byte> lengths, int* counts, int* sorted)
    {
        int* next = stackalloc int[MaxCodeBits + 2];
        next[1] = 0;
        for (int bits = 1; bits <= MaxCodeBits; bits++)
        {
            next[bits + 1] = next[bits] + counts[bits];
        }

        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
            {
                sorted[next[lengths[symbol]]++] = symbol;
            }
        }
    }

    private static void Fill(ReadOnlySpan<byte> lengths, uint* values, uint* table, int mainBits, uint special, int longest, int* counts, int* sorted)
    {
        // Codes ascend in the order of (length, symbol); the input has their bits reversed.
        int code = 0;
        int index = 0;
        int used = 1 << mainBits;
        int subtable = 0;
        int subtableBits = 0;
        int prefix = -1;
        for (int bits = 1; bits <= longest; bits++, code <<= 1)
        {
            while (counts[bits] > 0)
            {
                int symbol = sorted[index++];
                int reversed = Reverse(code, bits);
                if (bits <= mainBits)
                {
                    uint entry = values[symbol] + (uint)(bits | (bits << 8));
                    for (int i = reversed; i < 1 << mainBits; i += 1 << bits)
                    {
                        table[i] = entry;
                    }
                }
                else
                {
                    int low = reversed & ((1 << mainBits) - 1);
                    if (low != prefix)
                    {
                        prefix = low;
                        subtable = used;
                        subtableBits = SubtableBits(bits, mainBits, longest, counts);
                        used += 1 << subtableBits;
                        table[low] = special | ((uint)subtable << 16) | ((uint)subtableBits << 8) | (uint)mainBits;
                    }

                    int rest = bits - mainBits;
                    uint entry = values[symbol] + (uint)(rest | (rest << 8));
                    for (int i = reversed >> mainBits; i < 1 << subtableBits; i += 1 << rest)
                    {
                        table[subtable + i] = entry;
                    }
                }

                counts[bits]--;
                code++;
            }
        }
    }

    // A subtable is as wide as the longest of the codes that still come and share its prefix.
    private static int SubtableBits(int bits, int mainBits, int longest, int* counts)
    {
        int width = bits - mainBits;
        int left = 1 << width;
        while (width + mainBits < longest)
        {
            left -= counts[width + mainBits];
            if (left <= 0)
            {
                break;
            }

            width++;
            left <<= 1;
        }

        return width;
    }

    private static int Reverse(int code, int bits)
    {
        int reversed = 0;
        for (int i = 0; i < bits; i++)
        {
            reversed = (reversed << 1) | ((code >> i) & 1);
        }

        return reversed;
    }
}
