using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>Dates as UTF-8 in ISO 8601: <c>2024-02-29</c>; years outside 0000 to 9999 with a sign: <c>+12024-02-29</c>.</summary>
public static class DateText
{
    /// <summary>Bytes of the longest formatted date.</summary>
    public const int MaxLength = 24;

    private const int PlainLength = 10;
    private const int MaxYearDigits = 7;

    /// <param name="text">Only the date.</param>
    /// <param name="days">Days since 1970-01-01.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> text, out int days)
        => text.Length == PlainLength && text[0] is not ((byte)'-' or (byte)'+')
            ? TryParsePlain(ref MemoryMarshal.GetReference(text), out days)
            : TryParseSigned(text, out days);

    /// <summary>Writes a date and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    public static int Format(int days, Span<byte> target) => Format((long)days, target);

    internal static int Format(long days, Span<byte> target)
    {
        (int year, int month, int day) = Calendar.FromDays(days);
        int at = 4;
        if ((uint)year <= 9999)
        {
            TwoDigits.Write(year / 100, target);
            TwoDigits.Write(year % 100, target[2..]);
        }
        else
        {
            target[0] = (byte)(year < 0 ? '-' : '+');
            Utf8Formatter.TryFormat(Math.Abs((long)year), target[1..], out int written, new('D', 4));
            at = 1 + written;
        }

        target[at] = (byte)'-';
        TwoDigits.Write(month, target[(at + 1)..]);
        target[at + 3] = (byte)'-';
        TwoDigits.Write(day, target[(at + 4)..]);
        return at + 6;
    }

    /// <summary>Reads ten bytes, <c>yyyy-MM-dd</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryParsePlain(ref byte text, out int days)
    {
        // yyyy-MM- with the dashes turned into zeros is the number yyyy0MM0.
        const ulong dashes = 0x2D00_002D_0000_0000, dashMask = 0xFF00_00FF_0000_0000, zeros = 0x3000_0030_0000_0000;
        ulong word = Digits.Load8(ref text);
        ulong number = (word & ~dashMask) | zeros;
        uint tens = Unsafe.Add(ref text, 8) - (uint)'0';
        uint ones = Unsafe.Add(ref text, 9) - (uint)'0';
        if ((word & dashMask) != dashes || !Digits.AreDigits(number) || tens > 9 || ones > 9)
        {
            days = 0;
            return false;
        }

        uint digits = Digits.Combine(number);
        int year = (int)(digits / 10_000);
        int month = (int)(digits % 10_000 / 10);
        int day = (int)((tens * 10) + ones);
        if (!Calendar.IsValid(year, month, day))
        {
            days = 0;
            return false;
        }

        days = (int)Calendar.ToDays(year, month, day);
        return true;
    }

    /// <summary>Reads a date whose year has a sign and 4 to 7 digits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool TryParseSigned(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        int digits = text.Length - 7;
        if (digits is < 4 or > MaxYearDigits || text[0] is not ((byte)'-' or (byte)'+')
            || !Digits.TryParse(text.Slice(1, digits), out ulong magnitude))
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[PlainLength];
        "0000"u8.CopyTo(plain);
        text[^6..].CopyTo(plain[4..]);

        // February 29 is checked against a year of the same place in the cycle, which 0 to 399 are.
        int year = text[0] == '-' ? -(int)magnitude : (int)magnitude;
        int yearOfEra = ((year % 400) + 400) % 400;
        TwoDigits.Write(yearOfEra / 100, plain);
        TwoDigits.Write(yearOfEra % 100, plain[2..]);
        if (!TryParsePlain(ref MemoryMarshal.GetReference(plain), out int within))
        {
            return false;
        }

        long whole = within + ((year - yearOfEra) / 400 * 146_097L);
        days = (int)whole;
        return days == whole;
    }
}
