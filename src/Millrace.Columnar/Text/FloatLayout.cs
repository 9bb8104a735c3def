using System.Buffers.Text;

namespace Millrace.Columnar;

/// <summary>Writes digits and a power of ten as people and .NET write them: plainly where that is short, else with an exponent.</summary>
internal static class FloatLayout
{
    private const int MaxDigits = 20;

    /// <param name="digits">Not zero.</param>
    /// <param name="exponent">Power of ten.</param>
    /// <param name="negative">Sign.</param>
    /// <param name="plainDigits">Most digits before the point without an exponent.</param>
    /// <param name="target">Holds <see cref="FloatText.MaxLength"/> bytes.</param>
    public static int Write(ulong digits, int exponent, bool negative, int plainDigits, Span<byte> target)
    {
        int at = 0;
        if (negative)
        {
            target[at++] = (byte)'-';
        }

        digits = WithoutZeros(digits, ref exponent);
        Span<byte> text = stackalloc byte[MaxDigits];
        int count = IntegerText.Format(digits, text);
        text = text[..count];
        int point = count + exponent;
        if (point > plainDigits || point < -3)
        {
            return at + WriteScientific(text, point - 1, target[at..]);
        }

        if (point <= 0)
        {
            target[at++] = (byte)'0';
            target[at++] = (byte)'.';
            target.Slice(at, -point).Fill((byte)'0');
            text.CopyTo(target[(at - point)..]);
            return at - point + count;
        }

        if (point >= count)
        {
            text.CopyTo(target[at..]);
            target.Slice(at + count, point - count).Fill((byte)'0');
            return at + point;
        }

        text[..point].CopyTo(target[at..]);
        target[at + point] = (byte)'.';
        text[point..].CopyTo(target[(at + point + 1)..]);
        return at + count + 1;
    }

    // Prices and the like end in ten zeros and more: by halves of what can be left.
    private static ulong WithoutZeros(ulong digits, ref int exponent)
    {
        (ulong rest, ulong last) = Math.DivRem(digits, 100_000_000);
        if (last == 0)
        {
            digits = rest;
            exponent += 8;
        }

        (rest, last) = Math.DivRem(digits, 10_000);
        if (last == 0)
        {
            digits = rest;
            exponent += 4;
        }

        while (digits % 10 == 0)
        {
            digits /= 10;
            exponent++;
        }

        return digits;
    }

    private static int WriteScientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> target)
    {
        int at = 0;
        target[at++] = digits[0];
        if (digits.Length > 1)
        {
            target[at++] = (byte)'.';
            digits[1..].CopyTo(target[at..]);
            at += digits.Length - 1;
        }

        target[at++] = (byte)'E';
        target[at++] = (byte)(exponent < 0 ? '-' : '+');
        uint magnitude = (uint)Math.Abs(exponent);
        if (magnitude < 10)
        {
            target[at++] = (byte)'0';
        }

        Utf8Formatter.TryFormat(magnitude, target[at..], out int written);
        return at + written;
    }
}
