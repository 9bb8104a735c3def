using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>Whole numbers as UTF-8: an optional sign and digits, nothing else. Leading zeros count nothing.</summary>
public static class IntegerText
{
    /// <summary>Bytes of the longest formatted number.</summary>
    public const int MaxLength = 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        ref byte first = ref MemoryMarshal.GetReference(text);
        int length = text.Length;
        if (length == 0)
        {
            value = 0;
            return false;
        }

        // A sign is a step of one byte; both signs lie just below the digits.
        bool negative = first == '-';
        int sign = negative | (first == '+') ? 1 : 0;
        length -= sign;
        if ((uint)(length - 1) >= 18)
        {
            return TryParseEdge(text, out value);
        }

        bool ok = Digits.TryParse(ref Unsafe.Add(ref first, sign), length, out ulong magnitude);
        value = negative ? -(long)magnitude : (long)magnitude;
        return ok;
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        return TryParseMagnitude(text, out value) && (!negative || value == 0);
    }

    /// <summary>A whole number that fits <typeparamref name="T"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse<T>(ReadOnlySpan<byte> text, out T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (typeof(T) == typeof(ulong))
        {
            bool ok = TryParse(text, out ulong unsigned);
            value = T.CreateTruncating(unsigned);
            return ok;
        }

        bool parsed = TryParse(text, out long signed);
        value = T.CreateTruncating(signed);
        return parsed && long.CreateTruncating(value) == signed;
    }

    /// <summary>Writes a number and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    public static int Format(long value, Span<byte> target)
    {
        Utf8Formatter.TryFormat(value, target, out int written);
        return written;
    }

    /// <inheritdoc cref="Format(long, Span{byte})"/>
    public static int Format(ulong value, Span<byte> target)
    {
        Utf8Formatter.TryFormat(value, target, out int written);
        return written;
    }

    // 19 digits and more: the value may not fit, or begins with zeros.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParseEdge(ReadOnlySpan<byte> text, out long value)
    {
        bool negative = text[0] == '-';
        bool ok = TryParseMagnitude(text, out ulong magnitude) && magnitude <= (ulong)long.MaxValue + (negative ? 1UL : 0);
        value = negative ? (long)(0 - magnitude) : (long)magnitude;
        return ok;
    }

    private static bool TryParseMagnitude(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            text = text[1..];
        }

        if (text.Length == 0)
        {
            return false;
        }

        if (text.Length > 19)
        {
            ReadOnlySpan<byte> significant = text.TrimStart((byte)'0');
            text = significant.Length == 0 ? text[^1..] : significant;
        }

        if (text.Length <= 19)
        {
            return Digits.TryParse(text, out value);
        }

        uint last = text[^1] - (uint)'0';
        if (text.Length > 20 || last > 9 || !Digits.TryParse(text[..19], out ulong head))
        {
            return false;
        }

        UInt128 whole = ((UInt128)head * 10) + last;
        value = (ulong)whole;
        return whole <= ulong.MaxValue;
    }
}
