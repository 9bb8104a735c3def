using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// PostgreSQL's binary <c>numeric</c>: number of digit groups, weight of the first, sign, digits after the point as shown, then
/// groups of four decimal digits (<c>numeric_send</c> in the server).
/// </summary>
internal static class Numeric
{
    public const int MaxPower = 38;

    /// <summary>The most bytes that <see cref="Encode"/> writes.</summary>
    public const int MaxEncoded = HeaderLength + (MaxGroups * 2);

    // 38 digits, and some before and behind them to fill up the first and last group.
    private const int MaxGroups = 12;

    private const int HeaderLength = 8;
    private const int SmallGroups = 4;
    private const int Negative = 0x4000;
    private const int NotANumber = 0xC000;
    private const int Infinity = 0xD000;
    private const int NegativeInfinity = 0xF000;
    private const int GroupDigits = 4;
    private const int GroupBase = 10_000;

    private static readonly Int128[] Powers = MakePowers();

    public static Int128 PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>The value times 10^scale; false if it has more digits after the point, or is not below the limit.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, int scale, Int128 limit, out Int128 value)
    {
        Header header = ReadHeader(source);
        return header.Groups is > 0 and <= SmallGroups && header.Sign is 0 or Negative && TryDecodeSmall(source, header, scale, out ulong small) && small < (UInt128)limit
            ? Signed(small, header.Sign, out value)
            : TryDecodeAny(source, header, scale, limit, out value);
    }

    private static bool Signed(ulong magnitude, int sign, out Int128 value)
    {
        value = sign == Negative ? -(Int128)magnitude : magnitude;
        return true;
    }

    // Most values: up to four groups, from which some digits are cut off, or to which two at most are added. Groups of 16 bits, and
    // hostile ones use all of them, cannot overflow 64 bits so.
    private static bool TryDecodeSmall(ReadOnlySpan<byte> source, Header header, int scale, out ulong value)
    {
        value = 0;
        ReadOnlySpan<byte> groups = source[HeaderLength..];
        for (int i = 0; i + 1 < groups.Length; i += 2)
        {
            value = (value * GroupBase) + BinaryPrimitives.ReadUInt16BigEndian(groups[i..]);
        }

        switch (((header.Weight - header.Groups + 1) * GroupDigits) + scale)
        {
            case -3:
                return TryDivide(ref value, 1000);
            case -2:
                return TryDivide(ref value, 100);
            case -1:
                return TryDivide(ref value, 10);
            case 0:
                return true;
            case 1:
                value *= 10;
                return true;
            case 2:
                value *= 100;
                return true;
            default:
                return false;
        }
    }

    private static bool TryDivide(ref ulong value, [ConstantExpected] ulong divisor)
    {
        (value, ulong rest) = Math.DivRem(value, divisor);
        return rest == 0;
    }

    private static bool TryDecodeAny(ReadOnlySpan<byte> source, Header header, int scale, Int128 limit, out Int128 value)
    {
        value = 0;
        if (header.Sign is not (0 or Negative))
        {
            return false;
        }

        ReadOnlySpan<byte> groups = source[HeaderLength..];
        int count = header.Groups;
        while (count > 0 && ReadGroup(groups, count - 1) == 0)
        {
            count--;
        }

        if (count == 0)
        {
            return true;
        }

        // What the last group counts, as a power of ten of the unscaled value.
        int shift = ((header.Weight - count + 1) * GroupDigits) + scale;
        Int128 last = ReadGroup(groups, count - 1);
        if (shift < 0)
        {
            if (shift <= -GroupDigits || last % PowerOfTen(-shift) != 0)
            {
                return false;
            }

            last /= PowerOfTen(-shift);
        }

        // The other groups stand a whole group higher, whatever was cut off the last.
        Int128 head = 0;
        for (int i = 0; i < count - 1; i++)
        {
            if (head > limit / GroupBase)
            {
                return false;
            }

            head = (head * GroupBase) + ReadGroup(groups, i);
        }

        if (!TryScale(head, shift + GroupDigits, limit, out head) || !TryScale(last, Math.Max(shift, 0), limit, out last))
        {
            return false;
        }

        value = head + last;
        if (value >= limit)
        {
            return false;
        }

        value = header.Sign == Negative ? -value : value;
        return true;
    }

    /// <summary>Writes an unscaled value with its scale; the bytes written.</summary>
    public static int Encode(Int128 value, int scale, Span<byte> target)
    {
        bool negative = value < 0;
        UInt128 rest = negative ? (UInt128)(-value) : (UInt128)value;

        // Groups count from the point, so the digits behind it are filled up to whole groups.
        int filled = (scale + GroupDigits - 1) / GroupDigits * GroupDigits;
        Span<ushort> groups = stackalloc ushort[MaxGroups];
        int count = 0;
        int behind = filled / GroupDigits;
        if (filled > scale && rest != 0)
        {
            int cut = GroupDigits - (filled - scale);
            var power = (uint)PowerOfTen(cut);
            groups[count++] = (ushort)((uint)(rest % power) * (uint)PowerOfTen(GroupDigits - cut));
            rest /= power;
        }

        while (rest > ulong.MaxValue)
        {
            (rest, UInt128 group) = UInt128.DivRem(rest, GroupBase);
            groups[count++] = (ushort)group;
        }

        for (var small = (ulong)rest; small != 0; small /= GroupBase)
        {
            groups[count++] = (ushort)(small % GroupBase);
        }

        // The lowest first so far; zeros behind the last digit are not written.
        int low = 0;
        while (low < count && groups[low] == 0)
        {
            low++;
        }

        int written = count - low;
        BinaryPrimitives.WriteInt16BigEndian(target, (short)written);
        BinaryPrimitives.WriteInt16BigEndian(target[2..], (short)(written == 0 ? 0 : count - behind - 1));
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], (ushort)(negative ? Negative : 0));
        BinaryPrimitives.WriteInt16BigEndian(target[6..], (short)scale);
        for (int i = 0; i < written; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target[(HeaderLength + (i * 2))..], groups[count - 1 - i]);
        }

        return HeaderLength + (written * 2);
    }

    /// <summary>The value as the server writes it.</summary>
    public static string Text(ReadOnlySpan<byte> source)
    {
        Header header = ReadHeader(source);
        switch (header.Sign)
        {
            case NotANumber:
                return "NaN";
            case Infinity:
                return "Infinity";
            case NegativeInfinity:
                return "-Infinity";
            default:
                break;
        }

        ReadOnlySpan<byte> groups = source[HeaderLength..];
        var text = new StringBuilder();
        text.Append(header.Sign == Negative ? "-" : "");
        if (header.Weight < 0)
        {
            text.Append('0');
        }

        for (int i = 0; i <= header.Weight; i++)
        {
            text.Append((i < header.Groups ? ReadGroup(groups, i) : 0).ToString(i == 0 ? "0" : "0000", CultureInfo.InvariantCulture));
        }

        if (header.Scale > 0)
        {
            text.Append('.');
            int point = text.Length;
            for (int i = header.Weight + 1; text.Length - point < header.Scale; i++)
            {
                text.Append((i >= 0 && i < header.Groups ? ReadGroup(groups, i) : 0).ToString("0000", CultureInfo.InvariantCulture));
            }

            text.Length = point + header.Scale;
        }

        return text.ToString();
    }

    private static bool TryScale(Int128 value, int power, Int128 limit, out Int128 scaled)
    {
        scaled = value;
        if (value == 0)
        {
            return true;
        }

        if (power > MaxPower)
        {
            return false;
        }

        // Division instead of a product that might overflow.
        if (value > (limit - 1) / PowerOfTen(power))
        {
            return false;
        }

        scaled = value * PowerOfTen(power);
        return true;
    }

    private static Header ReadHeader(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeaderLength)
        {
            throw PostgresErrors.BrokenCopy.Error($"A numeric has {source.Length} bytes, too few for its header.");
        }

        var header = new Header(
            BinaryPrimitives.ReadUInt16BigEndian(source),
            BinaryPrimitives.ReadInt16BigEndian(source[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(source[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(source[6..]));
        return source.Length == HeaderLength + (header.Groups * 2)
            ? header
            : throw PostgresErrors.BrokenCopy.Error($"A numeric of {header.Groups} groups has {source.Length} bytes.");
    }

    private static int ReadGroup(ReadOnlySpan<byte> groups, int index) => BinaryPrimitives.ReadUInt16BigEndian(groups[(index * 2)..]);

    private static Int128[] MakePowers()
    {
        var powers = new Int128[MaxPower + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }

    private readonly record struct Header(int Groups, int Weight, int Sign, int Scale);
}
