using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>A date so many days later or earlier.</summary>
internal readonly struct AddDays(int sign) : ICheckedBinary<int, int, int>
{
    public bool TryInvoke(int left, int right, out int result)
    {
        long moved = left + ((long)sign * right);
        result = (int)moved;
        return result == moved;
    }

    public Fault Explain(int left, int right)
        => Faults.Overflow($"{DayText.Of(left)} {(sign < 0 ? '-' : '+')} {Faults.Text(right)}", DataType.Date);
}

/// <summary>The same with the days first.</summary>
internal readonly struct AddDaysFromLeft : ICheckedBinary<int, int, int>
{
    public bool TryInvoke(int left, int right, out int result) => new AddDays(1).TryInvoke(right, left, out result);

    public Fault Explain(int left, int right) => new AddDays(1).Explain(right, left);
}

/// <summary>Days from the right date to the left.</summary>
internal readonly struct DaysBetween : ICheckedBinary<int, int, int>
{
    public bool TryInvoke(int left, int right, out int result)
    {
        long days = (long)left - right;
        result = (int)days;
        return result == days;
    }

    public Fault Explain(int left, int right) => Faults.Overflow($"{DayText.Of(left)} - {DayText.Of(right)}", DataType.Int32);
}

/// <summary>A date moved by an interval, as a timestamp of microseconds.</summary>
internal readonly struct MoveDate(int sign) : ICheckedBinary<int, Interval, long>
{
    private const long MicrosPerSecond = 1_000_000;

    public bool TryInvoke(int left, Interval right, out long result)
    {
        result = 0;
        long start = left * 86_400L;
        return Math.Abs(start) <= long.MaxValue / MicrosPerSecond && CalendarMoves.TryMove(start * MicrosPerSecond, right, sign, MicrosPerSecond, out result);
    }

    public Fault Explain(int left, Interval right)
        => Faults.Overflow($"{DayText.Of(left)} {(sign < 0 ? '-' : '+')} {IntervalParts.Text(right)}", DataType.Timestamp());
}

/// <summary>The timestamp of a date and a time of day in microseconds.</summary>
internal readonly struct JoinDateAndTime : ICheckedBinary<int, long, long>
{
    public bool TryInvoke(int left, long right, out long result)
    {
        bool fits = Math.BigMul((long)left, 86_400_000_000L, out long start) == start >> 63;
        result = unchecked(start + right);
        return fits && result >= start;
    }

    public Fault Explain(int left, long right) => Faults.Overflow(DayText.Of(left), DataType.Timestamp());
}

/// <summary>The time from the right timestamp to the left, in days of 24 hours and time.</summary>
internal readonly struct TimeBetween(DataType type) : ICheckedBinary<long, long, Interval>
{
    private readonly long _nanosPerUnit = IntervalParts.NanosPerSecond / type.Unit.PerSecond();
    private readonly long _perDay = 86_400 * type.Unit.PerSecond();

    public bool TryInvoke(long left, long right, out Interval result)
    {
        Int128 between = (Int128)left - right;
        (Int128 days, Int128 rest) = Int128.DivRem(between, _perDay);
        return IntervalParts.TryMake(0, days, rest * _nanosPerUnit, out result);
    }

    public Fault Explain(long left, long right) => Faults.Overflow("The time between two timestamps", DataType.Interval);
}

/// <summary>A time of day in microseconds moved by the time of an interval; it begins anew at midnight.</summary>
internal readonly struct MoveTime(int sign) : IBinary<long, Interval, long>
{
    private const long MicrosPerDay = 86_400_000_000;

    public long Invoke(long left, Interval right)
    {
        long moved = (left + (sign * (right.Nanoseconds / 1000 % MicrosPerDay))) % MicrosPerDay;
        return moved < 0 ? moved + MicrosPerDay : moved;
    }
}

/// <summary>The time from the right time of day to the left.</summary>
internal readonly struct TimesBetween : IBinary<long, long, Interval>
{
    public Interval Invoke(long left, long right) => new(0, 0, (left - right) * 1000);
}

internal static class DayText
{
    public static string Of(int days)
    {
        Span<byte> text = stackalloc byte[DateText.MaxLength];
        return Encoding.ASCII.GetString(text[..DateText.Format(days, text)]);
    }
}
