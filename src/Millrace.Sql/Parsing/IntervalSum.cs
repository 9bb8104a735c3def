using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

/// <summary>Adds the parts of an interval up. Decimals of 28 digits hold every sum of parts that have 18.</summary>
internal sealed class IntervalSum
{
    private const decimal NanosPerSecond = 1_000_000_000;
    private const decimal NanosPerDay = 86_400 * NanosPerSecond;

    private decimal _months;
    private decimal _days;
    private decimal _nanos;

    public bool Add(IntervalUnit unit, decimal value)
    {
        if (Math.Abs(value) > 10_000_000_000_000_000_000m)
        {
            return false;
        }

        switch (unit)
        {
            case <= IntervalUnit.Month:
                AddMonths(value * unit switch
                {
                    IntervalUnit.Millennium => 12_000,
                    IntervalUnit.Century => 1200,
                    IntervalUnit.Decade => 120,
                    IntervalUnit.Year => 12,
                    IntervalUnit.Quarter => 3,
                    _ => 1,
                });
                break;
            case IntervalUnit.Week:
                AddDays(value * 7);
                break;
            case IntervalUnit.Day:
                AddDays(value);
                break;
            default:
                decimal scale = unit switch
                {
                    IntervalUnit.Hour => 3600 * NanosPerSecond,
                    IntervalUnit.Minute => 60 * NanosPerSecond,
                    IntervalUnit.Second => NanosPerSecond,
                    IntervalUnit.Millisecond => 1_000_000,
                    IntervalUnit.Microsecond => 1000,
                    _ => 1,
                };
                if (Math.Abs(value) > long.MaxValue / scale)
                {
                    return false;
                }

                _nanos += value * scale;
                break;
        }

        return true;
    }

    public bool TryFinish(bool negate, out Interval value, out string? problem)
    {
        value = default;
        problem = "it is too long";
        decimal nanos = Math.Round(_nanos, MidpointRounding.AwayFromZero);
        (decimal months, decimal days) = (_months, _days);
        (months, days, nanos) = negate ? (-months, -days, -nanos) : (months, days, nanos);
        if (Math.Abs(months) > int.MaxValue || Math.Abs(days) > int.MaxValue || Math.Abs(nanos) > long.MaxValue)
        {
            return false;
        }

        value = new Interval((int)months, (int)days, (long)nanos);
        problem = null;
        return true;
    }

    private void AddMonths(decimal months)
    {
        decimal whole = decimal.Truncate(months);
        _months += whole;
        AddDays((months - whole) * 30);
    }

    private void AddDays(decimal days)
    {
        decimal whole = decimal.Truncate(days);
        _days += whole;
        _nanos += (days - whole) * NanosPerDay;
    }
}
