namespace Millrace.Formats.Csv;

/// <summary>What a number in decimal notation looks like, as far as it decides over its type.</summary>
internal struct NumberShape
{
    /// <summary>Digits before the point, leading zeros not counted.</summary>
    public int WholeDigits;

    /// <summary>Digits behind the point.</summary>
    public int Decimals;

    public bool HasPoint;

    public bool HasExponent;

    /// <summary>A zero stands before other digits, as in codes and numbers of telephones.</summary>
    public bool HasLeadingZero;

    /// <summary>Reads the shape of a text; false if it is no number.</summary>
    /// <param name="point">The character before the decimals.</param>
    /// <param name="group">The character between groups of digits, or -1.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, byte point, int group, out NumberShape shape)
    {
        shape = default;
        int at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        int first = at;
        int digits = 0;
        for (; at < text.Length; at++)
        {
            if (text[at] - (uint)'0' <= 9)
            {
                digits++;
                shape.WholeDigits += shape.WholeDigits > 0 || text[at] != '0' ? 1 : 0;
            }
            else if (text[at] != group || digits == 0)
            {
                break;
            }
        }

        shape.HasLeadingZero = digits > 1 && text[first] == '0';
        if (at < text.Length && text[at] == point)
        {
            shape.HasPoint = true;
            for (at++; at < text.Length && text[at] - (uint)'0' <= 9; at++)
            {
                shape.Decimals++;
            }
        }

        if (digits + shape.Decimals == 0)
        {
            return false;
        }

        if (at < text.Length && (text[at] | 0x20) == 'e')
        {
            shape.HasExponent = true;
            at++;
            at += at < text.Length && text[at] is (byte)'+' or (byte)'-' ? 1 : 0;
            int power = at;
            while (at < text.Length && text[at] - (uint)'0' <= 9)
            {
                at++;
            }

            if (at == power)
            {
                return false;
            }
        }

        return at == text.Length;
    }
}
