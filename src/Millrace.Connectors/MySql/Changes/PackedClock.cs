using System.Buffers.Binary;
using System.Globalization;
using Millrace.Connectors.Common;
using Calendar = Millrace.Columnar.Calendar;

namespace Millrace.Connectors.MySql;

/// <summary>Dates and times as the server stores them; of each the parts are numbers of some bits, and parts may be ones that no calendar has.</summary>
internal static class PackedClock
{
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>A date of three bytes.</summary>
    public static (int Year, int Month, int Day) Date(ReadOnlySpan<byte> value)
    {
        int packed = value[0] | (value[1] << 8) | (value[2] << 16);
        return (packed >> 9, (packed >> 5) & 15, packed & 31);
    }

    /// <summary>A date and a time of five bytes, and what there is of a fraction.</summary>
    public static Moment DateTime(ReadOnlySpan<byte> value)
    {
        long packed = ((long)value[0] << 32 | BinaryPrimitives.ReadUInt32BigEndian(value[1..])) - 0x80_0000_0000;
        long months = packed >> 22;
        var time = (int)(packed & 0x1_ffff);
        return new Moment((int)(months / 13), (int)(months % 13), (int)(packed >> 17) & 31, Seconds(time >> 12, (time >> 6) & 63, time & 63), Fraction(value[5..]));
    }

    /// <summary>A date and a time as a number whose digits are theirs, as servers before MySQL 5.6 stored them.</summary>
    public static Moment OldDateTime(ReadOnlySpan<byte> value)
    {
        ulong digits = BinaryPrimitives.ReadUInt64LittleEndian(value) % 100_000_000_000_000;
        var date = (int)(digits / 1_000_000);
        var time = (int)(digits % 1_000_000);
        return new Moment(date / 10_000, date / 100 % 100, date % 100, Seconds(time / 10_000, time / 100 % 100, time % 100), 0);
    }

    /// <summary>A time of three bytes and a fraction, of either sign, in microseconds.</summary>
    public static long Time(ReadOnlySpan<byte> value)
    {
        // With all its digits, from the first of six bytes on.
        int length = value.Length;
        long packed = 0;
        for (int i = 0; i < length; i++)
        {
            packed = (packed << 8) | value[i];
        }

        packed -= 0x80L << (8 * (length - 1));
        bool isNegative = packed < 0;
        packed = Math.Abs(packed);
        int bits = 8 * (length - 3);
        long fraction = packed & ((1L << bits) - 1);
        var time = (int)(packed >> bits);
        long microseconds = (Seconds((time >> 12) & 1023, (time >> 6) & 63, time & 63) * MicrosecondsPerSecond) + (fraction * Unit(length - 3));
        return isNegative ? -microseconds : microseconds;
    }

    /// <summary>A time as a number whose digits are those of the time, in microseconds.</summary>
    public static long OldTime(ReadOnlySpan<byte> value)
    {
        int digits = value[0] | (value[1] << 8) | ((sbyte)value[2] << 16);
        int time = Math.Abs(digits);
        long microseconds = Seconds(time / 10_000, time / 100 % 100, time % 100) * MicrosecondsPerSecond;
        return digits < 0 ? -microseconds : microseconds;
    }

    /// <summary>Microseconds since 1970.</summary>
    public static long Timestamp(ReadOnlySpan<byte> value) => (BinaryPrimitives.ReadUInt32BigEndian(value) * MicrosecondsPerSecond) + Fraction(value[4..]);

    /// <summary>Deals with a date that is none.</summary>
    public static void Miss(int index, string text, NoDates none, BadValues bad)
    {
        if (none.AreErrors)
        {
            bad.Add(index, text, "is not in the calendar");
        }
        else
        {
            none.Count++;
        }
    }

    /// <summary>A time as the server writes it.</summary>
    public static string Text(long microseconds)
    {
        long time = Math.Abs(microseconds);
        long seconds = time / MicrosecondsPerSecond;
        return string.Create(CultureInfo.InvariantCulture, $"{(microseconds < 0 ? "-" : "")}{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}.{time % MicrosecondsPerSecond:000000}");
    }

    // Two digits of a fraction take a byte.
    private static long Fraction(ReadOnlySpan<byte> value)
    {
        long fraction = 0;
        foreach (byte b in value)
        {
            fraction = (fraction << 8) | b;
        }

        return fraction * Unit(value.Length);
    }

    private static long Unit(int bytes) => bytes switch { 0 => 0, 1 => 10_000, 2 => 100, _ => 1 };

    private static long Seconds(int hours, int minutes, int seconds) => (((hours * 60L) + minutes) * 60) + seconds;
}

/// <summary>A date and a time whose parts may be ones that no calendar has.</summary>
/// <param name="Year">Year.</param>
/// <param name="Month">Month, from 1.</param>
/// <param name="Day">Day of the month, from 1.</param>
/// <param name="Seconds">Seconds of the day.</param>
/// <param name="Fraction">Microseconds of the second.</param>
internal readonly record struct Moment(int Year, int Month, int Day, long Seconds, long Fraction)
{
    public bool IsValid => Calendar.IsValid(Year, Month, Day);

    /// <summary>Microseconds since 1970, of a valid one.</summary>
    public long Microseconds => (Calendar.ToDays(Year, Month, Day) * ClockText.MicrosecondsPerDay) + (Seconds * 1_000_000) + Fraction;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}-{Day:00} {Seconds / 3600:00}:{Seconds / 60 % 60:00}:{Seconds % 60:00}.{Fraction:000000}");
}
