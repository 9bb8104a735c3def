namespace Millrace.Columnar;

/// <summary>Booleans as UTF-8.</summary>
public static class BooleanText
{
    /// <summary>Bytes of the longest formatted value.</summary>
    public const int MaxLength = 5;

    /// <summary>Reads the spellings of PostgreSQL in any case: true t yes y on 1, false f no n off 0.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out bool value)
    {
        if (text.Length is 0 or > MaxLength)
        {
            value = false;
            return false;
        }

        // The one in front keeps apart texts that differ in leading zero bytes.
        ulong word = 1;
        foreach (byte c in text)
        {
            word = (word << 8) | (byte)(c is >= (byte)'A' and <= (byte)'Z' ? c | 0x20 : c);
        }

        const ulong @true = 0x1_74727565, yes = 0x1_796573, on = 0x1_6F6E, t = 0x1_74, y = 0x1_79, one = 0x1_31;
        const ulong @false = 0x1_66616C7365, no = 0x1_6E6F, off = 0x1_6F6666, f = 0x1_66, n = 0x1_6E, zero = 0x1_30;
        value = word is @true or yes or on or t or y or one;
        return value || word is @false or no or off or f or n or zero;
    }

    /// <summary>Writes <c>true</c> or <c>false</c> and returns the length.</summary>
    public static int Format(bool value, Span<byte> target)
    {
        ReadOnlySpan<byte> text = value ? "true"u8 : "false"u8;
        text.CopyTo(target);
        return text.Length;
    }
}
