using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Dates and times as the server writes them.</summary>
internal static class ClockText
{
    public const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>Reads <c>yyyy-MM-dd</c>.</summary>
    public static bool TryParseDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-'
            || !TryRead(text[..4], out int year) || !TryRead(text.Slice(5, 2), out int month) || !TryRead(text.Slice(8, 2), out int day)
            || !Calendar.IsValid(year, month, day))
        {
            return false;
        }

        days = (int)Calendar.ToDays(year, month, day);
        return true;
    }

    /// <summary>Reads <c>[-]hh[h]:mm:ss[.ffffff]</c> as microseconds.</summary>
    public static bool TryParseTime(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        bool isNegative = text.Length > 0 && text[0] == '-';
        text = isNegative ? text[1..] : text;
        int colon = text.IndexOf((byte)':');
        if (colon is < 2 or > 3 || text.Length < colon + 6 || text[colon + 3] != ':'
            || !TryRead(text.Slice(colon + 1, 2), out int minutes) || !TryRead(text.Slice(colon + 4, 2), out int seconds) || minutes > 59 || seconds > 59
            || !TryRead(text[..colon], out int hours))
        {
            return false;
        }

        long fraction = 0;
        int at = colon + 6;
        if (at < text.Length)
        {
            int digits = text.Length - at - 1;
            if (text[at] != '.' || digits is < 1 or > 6 || !TryRead(text[(at + 1)..], out int read))
            {
                return false;
            }

            fraction = read * (long)DecimalMath.Power(6 - digits);
        }

        microseconds = ((((((long)hours * 60) + minutes) * 60) + seconds) * 1_000_000) + fraction;
        microseconds = isNegative ? -microseconds : microseconds;
        return true;
    }

    /// <summary>Deals with a date that is none. NULL is nothing to deal with.</summary>
    public static void Miss(FieldRun run, int index, NoDates none, BadValues bad)
    {
        if (run.IsNull(index))
        {
            return;
        }

        if (!none.AreErrors && run.Lengths[index] >= 10 && run[index][..10].IndexOfAnyExcept("0123456789-"u8) < 0)
        {
            none.Count++;
            return;
        }

        bad.Add(index, Encoding.UTF8.GetString(run[index]), "is not in the calendar");
    }

    // Digits and nothing else, few enough not to overflow.
    private static bool TryRead(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            int next = digit - '0';
            if ((uint)next > 9)
            {
                return false;
            }

            value = (value * 10) + next;
        }

        return true;
    }
}
