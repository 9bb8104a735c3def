using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Columnar;

/// <summary>
/// Values in their usual form, read as one vector: numbers of up to 16 characters behind a sign, ISO dates. False says only
/// that the text is not of that form; then the parser of the type decides.
/// </summary>
public static unsafe class QuickText
{
    /// <summary>Bytes that are read from the start of a text on, and one more behind a sign, however short it is.</summary>
    public const int Readable = 17;

    private const int Width = 16;
    private const ulong MaxExactMantissa = 1UL << 53;
    private const int DateLength = 10;

    // Sixteen bytes from place n on move the first n bytes of a vector to its end and clear the others.
    private static ReadOnlySpan<byte> Aligned =>
    [
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ];

    // The sixteen bytes from place 16 - n on, added to 0, 1, 2 …, leave out byte n.
    private static ReadOnlySpan<byte> Gap => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];

    private static ReadOnlySpan<double> ExactPowers => [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

    // Days from March 1 to the start of each month, the year beginning in March.
    private static ReadOnlySpan<ushort> MonthStarts => [0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275];

    private static ReadOnlySpan<byte> MonthLengths => [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    /// <summary>Whole numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(byte* text, int length, out long value)
    {
        if (Sse41.IsSupported)
        {
            bool negative = *text == '-';
            length -= negative ? 1 : 0;
            text += negative ? 1 : 0;
            if ((uint)(length - 1) < Width)
            {
                Vector128<byte> digits = Load(text, length, out uint others);
                ulong magnitude = Combine(digits, length);
                value = negative ? -(long)magnitude : (long)magnitude;
                return others == 0;
            }
        }

        value = 0;
        return false;
    }

    /// <summary>Decimals with no more digits behind the point than the scale.</summary>
    /// <param name="scale">Digits behind the point in <paramref name="value"/>.</param>
    /// <param name="limit">What the magnitude of <paramref name="value"/> stays below, at most ten to the power 18.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(byte* text, int length, int scale, ulong limit, out long value)
    {
        if (length <= sizeof(ulong) ? TryReadShort(text, length, out ulong magnitude, out int decimals, out bool negative) : TryReadNumber(text, length, out magnitude, out decimals, out negative))
        {
            int shift = scale - decimals;
            if ((uint)shift <= 18)
            {
                ulong power = Digits.Powers[shift];
                ulong high = Math.BigMul(magnitude, power, out ulong low);

                // Signs are hard to foresee, so there is no branch.
                long sign = -(negative ? 1L : 0L);
                value = ((long)low ^ sign) - sign;
                return high == 0 && low < limit;
            }
        }

        value = 0;
        return false;
    }

    /// <summary>Numbers without exponent whose digits a double holds exactly, so that one division rounds once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(byte* text, int length, out double value)
    {
        if (TryReadNumber(text, length, out ulong magnitude, out int decimals, out bool negative) && magnitude <= MaxExactMantissa)
        {
            double positive = magnitude / ExactPowers[decimals];
            value = negative ? -positive : positive;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Dates of the form <c>yyyy-MM-dd</c>, as days since 1970-01-01.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParseDate(byte* text, int length, out int days)
    {
        if (!Sse41.IsSupported || length != DateLength)
        {
            days = 0;
            return false;
        }

        const uint dashes = 0b00_1001_0000, digits = 0b11_0110_1111;
        Vector128<byte> bytes = Vector128.Load(text);
        Vector128<byte> numbers = bytes - Vector128.Create((byte)'0');
        uint isDigit = Vector128.LessThanOrEqual(numbers, Vector128.Create((byte)9)).ExtractMostSignificantBits();
        uint isDash = Vector128.Equals(bytes, Vector128.Create((byte)'-')).ExtractMostSignificantBits();
        Vector128<byte> order = Vector128.Create((byte)0, 1, 2, 3, 5, 6, 8, 9, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80);
        ulong pairs = Ssse3.MultiplyAddAdjacent(Ssse3.Shuffle(numbers, order), Vector128.Create((ushort)0x010A).AsSByte()).AsUInt64().ToScalar();
        uint year = ((uint)(byte)pairs * 100) + (byte)(pairs >> 16);
        uint month = (byte)(pairs >> 32);
        uint day = (byte)(pairs >> 48);
        if ((isDigit & digits) != digits || (isDash & dashes) != dashes || month - 1 >= 12)
        {
            days = 0;
            return false;
        }

        uint century = year / 100;
        uint isLeap = ((year & 3) == 0 ? 1u : 0) & (((century * 100) != year ? 1u : 0) | ((century & 3) == 0 ? 1u : 0));
        uint lengthOfMonth = MonthLengths[(int)month] + (month == 2 ? isLeap : 0);

        // The year begins in March, so that the leap day is its last.
        int shifted = (int)year - (month <= 2 ? 1 : 0);
        int centuries = shifted < 0 ? -1 : (int)((uint)shifted / 100);
        days = (365 * shifted) + (shifted >> 2) - centuries + (centuries >> 2) + MonthStarts[(int)month] + (int)day - 1 - 719_468;
        return day - 1 < lengthOfMonth;
    }

    // Up to eight characters as the bytes of one number, the first in the lowest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadShort(byte* text, int length, out ulong magnitude, out int decimals, out bool negative)
    {
        const ulong every = 0x0101_0101_0101_0101, high = 0x80 * every;
        ulong bytes = BitConverter.IsLittleEndian ? Unsafe.ReadUnaligned<ulong>(text) ^ ('0' * every) : 0;
        negative = (byte)bytes == ('-' ^ '0');
        int sign = negative ? 1 : 0;
        bytes >>= 8 * sign;
        length -= sign;
        int unused = 64 - (8 * length);

        // Zero bytes; those above the first one may be wrong.
        ulong points = bytes ^ (('.' ^ '0') * every);
        points = (points - every) & ~points & (high >> (unused & 63));
        decimals = 0;
        bool isPlaced = length > 0 & BitConverter.IsLittleEndian;
        if (points != 0)
        {
            int point = BitOperations.TrailingZeroCount(points) & ~7;
            decimals = length - (point >> 3) - 1;
            isPlaced &= point > 0 & decimals > 0;
            ulong whole = (1UL << point) - 1;
            bytes = (bytes & whole) | (bytes >> 8 & ~whole);
            unused += 8;
        }

        // Zeros stand in front, and what is behind the number goes.
        ulong digits = bytes << (unused & 63);
        bool areDigits = (((digits + (0x76 * every)) | digits) & high) == 0;
        digits = (digits * 10) + (digits >> 8);
        magnitude = (uint)((((digits & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064) + ((digits >> 16 & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001)) >> 32);
        return isPlaced & areDigits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadNumber(byte* text, int length, out ulong magnitude, out int decimals, out bool negative)
    {
        if (Sse41.IsSupported)
        {
            negative = *text == '-';
            length -= negative ? 1 : 0;
            text += negative ? 1 : 0;
            if ((uint)(length - 1) < Width)
            {
                Vector128<byte> digits = Load(text, length, out uint others);
                if (others == 0)
                {
                    magnitude = Combine(digits, length);
                    decimals = 0;
                    return true;
                }

                // One point with a digit on both sides.
                int point = BitOperations.TrailingZeroCount(others);
                decimals = length - point - 1;
                Vector128<byte> order = Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                    + Vector128.LoadUnsafe(ref Unsafe.AsRef(in Gap[0]), (nuint)(Width - point));
                magnitude = Combine(Ssse3.Shuffle(digits, order), length - 1);
                return (others & (others - 1)) == 0 & text[point] == '.' & point > 0 & decimals > 0;
            }
        }

        magnitude = 0;
        decimals = 0;
        negative = false;
        return false;
    }

    // The values of digits, and a bit for each character that is none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Load(byte* text, int length, out uint others)
    {
        Vector128<byte> numbers = Vector128.Load(text) - Vector128.Create((byte)'0');
        uint isDigit = Vector128.LessThanOrEqual(numbers, Vector128.Create((byte)9)).ExtractMostSignificantBits();
        others = ~isDigit & ((1u << length) - 1);
        return numbers;
    }

    // Pairs, fours, eights.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Combine(Vector128<byte> digits, int count)
    {
        Vector128<byte> aligned = Ssse3.Shuffle(digits, Vector128.LoadUnsafe(ref Unsafe.AsRef(in Aligned[0]), (nuint)count));
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(aligned, Vector128.Create((ushort)0x010A).AsSByte());
        Vector128<int> fours = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create(0x0001_0064).AsInt16());
        Vector128<short> packed = Sse41.PackUnsignedSaturate(fours, fours).AsInt16();
        ulong eights = Sse2.MultiplyAddAdjacent(packed, Vector128.Create(0x0001_2710).AsInt16()).AsUInt64().ToScalar();
        return ((uint)eights * 100_000_000UL) + (eights >> 32);
    }
}
