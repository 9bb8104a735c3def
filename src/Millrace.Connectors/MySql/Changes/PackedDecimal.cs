using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Decimals as the server stores them: groups of nine digits in four bytes each, counted from the point, fewer digits in fewer
/// bytes, the highest first. The first bit is inverted; of a negative number every bit is.
/// </summary>
internal readonly struct PackedDecimal(int precision, int scale)
{
    private const int GroupDigits = 9;
    private const int GroupBytes = 4;

    public int Precision => precision;

    public int Scale => scale;

    /// <summary>The number without its point, of up to 38 digits.</summary>
    public Int128 Read(ReadOnlySpan<byte> value)
    {
        bool isNegative = (value[0] & 0x80) == 0;
        uint inverted = isNegative ? uint.MaxValue : 0;
        Int128 number = 0;
        int at = 0;
        bool isFirst = true;
        int whole = precision - scale;
        Take(whole % GroupDigits, value, ref at, ref isFirst, inverted, ref number);
        for (int left = whole / GroupDigits; left > 0; left--)
        {
            Take(GroupDigits, value, ref at, ref isFirst, inverted, ref number);
        }

        for (int left = scale / GroupDigits; left > 0; left--)
        {
            Take(GroupDigits, value, ref at, ref isFirst, inverted, ref number);
        }

        Take(scale % GroupDigits, value, ref at, ref isFirst, inverted, ref number);
        return isNegative ? -number : number;
    }

    /// <summary>The number as the server writes it, for those of more digits.</summary>
    public string Text(ReadOnlySpan<byte> value)
    {
        bool isNegative = (value[0] & 0x80) == 0;
        uint inverted = isNegative ? uint.MaxValue : 0;
        int at = 0;
        bool isFirst = true;
        int whole = precision - scale;
        var text = new StringBuilder();
        int[] groups = [whole % GroupDigits, .. Enumerable.Repeat(GroupDigits, whole / GroupDigits)];
        foreach (int digits in groups)
        {
            Append(digits, value, ref at, ref isFirst, inverted, text);
        }

        string before = text.ToString().TrimStart('0');
        text.Clear();
        groups = [.. Enumerable.Repeat(GroupDigits, scale / GroupDigits), scale % GroupDigits];
        foreach (int digits in groups)
        {
            Append(digits, value, ref at, ref isFirst, inverted, text);
        }

        return $"{(isNegative ? "-" : "")}{(before.Length == 0 ? "0" : before)}{(scale > 0 ? "." : "")}{text}";
    }

    private static void Append(int digits, ReadOnlySpan<byte> value, ref int at, ref bool isFirst, uint inverted, StringBuilder text)
    {
        if (digits > 0)
        {
            text.Append(Group(digits, value, ref at, ref isFirst, inverted).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0'));
        }
    }

    private static void Take(int digits, ReadOnlySpan<byte> value, ref int at, ref bool isFirst, uint inverted, ref Int128 number)
    {
        if (digits > 0)
        {
            uint group = Group(digits, value, ref at, ref isFirst, inverted);
            number = (number * Power(digits)) + group;
        }
    }

    private static uint Group(int digits, ReadOnlySpan<byte> value, ref int at, ref bool isFirst, uint inverted)
    {
        int bytes = digits == GroupDigits ? GroupBytes : FieldSize.OfDigits(digits);
        ReadOnlySpan<byte> group = value.Slice(at, bytes);
        at += bytes;
        uint number = 0;
        if (bytes == GroupBytes)
        {
            number = BinaryPrimitives.ReadUInt32BigEndian(group);
        }
        else
        {
            foreach (byte b in group)
            {
                number = (number << 8) | b;
            }
        }

        uint mask = uint.MaxValue >> (32 - (8 * bytes));
        number = (number ^ inverted) & mask;
        if (isFirst)
        {
            // Its highest bit is the sign, inverted with the rest of a negative number.
            isFirst = false;
            number ^= (uint)(0x80UL << (8 * (bytes - 1)));
        }

        // More than there can be comes of damage only.
        return Math.Min(number, Power(digits) - 1);
    }

    private static uint Power(int digits)
    {
        uint power = 1;
        for (int i = 0; i < digits; i++)
        {
            power *= 10;
        }

        return power;
    }
}
