using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// A length of time windows: whole months of the calendar, or a fixed span. Multiples are counted from 1970-01-01T00:00:00.
/// </summary>
internal readonly struct WindowStep
{
    private readonly TimeUnit _unit;
    private readonly int _months;
    private readonly long _span;

    public WindowStep(TimeUnit unit, Interval length)
    {
        _unit = unit;
        _months = length.Months;
        Int128 span = TimeSteps.Units(unit, length);
        if ((_months != 0 && span != 0) || _months < 0 || (_months == 0 && (span <= 0 || span > long.MaxValue / 4)))
        {
            throw SetErrors.WindowLength($"A window of {length.Months} months, {length.Days} days and {length.Nanoseconds} ns is not possible here.");
        }

        _span = (long)span;
    }

    /// <summary>The length where it is fixed; 0 for months.</summary>
    public long Span => _months == 0 ? _span : 0;

    /// <summary>The last multiple that is not behind a time.</summary>
    public Int128 Floor(Int128 time)
    {
        if (_months == 0)
        {
            var narrow = (long)time;
            if (narrow != time)
            {
                return TimeSteps.DivideDown(time, _span) * _span;
            }

            long rest = narrow % _span;
            return time - (rest < 0 ? rest + _span : rest);
        }

        (int year, int month, _) = Calendar.FromDays((long)TimeSteps.DivideDown(time, PerDay));
        long months = ((year - 1970L) * 12) + month - 1;
        return Month((long)TimeSteps.DivideDown(months, _months) * _months);
    }

    /// <summary>A time so many lengths behind another.</summary>
    public Int128 From(Int128 start, long count)
        => _months == 0 ? start + (count == 1 ? _span : (Int128)_span * count) : TimeSteps.Add(_unit, start, new Interval((int)Math.Clamp(_months * count, int.MinValue + 1, int.MaxValue), 0, 0));

    /// <summary>How many lengths behind a start the first lies that is behind a time.</summary>
    public long CountTo(Int128 start, Int128 time)
    {
        if (_months == 0)
        {
            return (long)TimeSteps.DivideDown(time - start, _span) + 1;
        }

        long count = 1;
        while (From(start, count) <= time)
        {
            count++;
        }

        return count;
    }

    private Int128 PerDay => TimeSteps.Units(_unit, new Interval(0, 1, 0));

    private Int128 Month(long monthsFromEpoch) => TimeSteps.AddMonths(0, monthsFromEpoch) * PerDay;
}
