namespace Millrace.Columnar;

/// <summary>A number in decimal notation taken apart: up to 38 significant digits and a power of ten.</summary>
internal ref struct DecimalScan
{
    private const int MaxDigits = 38;

    /// <summary>The significant digits as a whole number.</summary>
    public UInt128 Digits;

    /// <summary>The value is <see cref="Digits"/> times ten to this power, apart from what was dropped.</summary>
    public int Exponent;

    public bool Negative;

    /// <summary>The first digit after the 38th, which decides the rounding.</summary>
    public int FirstDropped;

    /// <summary>Some digit after the 38th is not zero.</summary>
    public bool DroppedNonZero;

    public static bool TryRead(ReadOnlySpan<byte> text, out DecimalScan number)
    {
        number = default;
        int at = 0;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            number.Negative = text[0] == '-';
            at = 1;
        }

        int significant = 0;
        int pointAt = -1;
        int seen = 0;
        bool dropped = false;
        for (; at < text.Length; at++)
        {
            uint digit = text[at] - (uint)'0';
            if (digit > 9)
            {
                if (text[at] != '.' || pointAt >= 0)
                {
                    break;
                }

                pointAt = at;
                continue;
            }

            seen++;
            if (pointAt >= 0)
            {
                number.Exponent--;
            }

            if (significant < MaxDigits)
            {
                number.Digits = (number.Digits * 10) + digit;
                significant += number.Digits != 0 ? 1 : 0;
                continue;
            }

            number.FirstDropped = dropped ? number.FirstDropped : (int)digit;
            dropped = true;
            number.DroppedNonZero |= digit != 0;
            number.Exponent++;
        }

        return seen > 0 && (at == text.Length || number.TryReadExponent(text[at..]));
    }

    private bool TryReadExponent(ReadOnlySpan<byte> text)
    {
        if (text[0] is not ((byte)'e' or (byte)'E'))
        {
            return false;
        }

        text = text[1..];
        bool negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            text = text[1..];
        }

        const int limit = 100_000_000;
        int power = 0;
        foreach (byte c in text)
        {
            uint digit = c - (uint)'0';
            if (digit > 9)
            {
                return false;
            }

            power = Math.Min((power * 10) + (int)digit, limit);
        }

        Exponent += negative ? -power : power;
        return text.Length > 0;
    }
}
