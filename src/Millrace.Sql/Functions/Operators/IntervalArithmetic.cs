using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>What the operations on intervals share: parts are computed each for itself.</summary>
internal static class IntervalParts
{
    public const int DaysPerMonth = 30;

    public const long NanosPerSecond = 1_000_000_000;

    public const long NanosPerDay = 86_400 * NanosPerSecond;

    public static bool TryMake(Int128 months, Int128 days, Int128 nanos, out Interval result)
    {
        result = new Interval((int)months, (int)days, (long)nanos);
        return result.Months == months && result.Days == days && result.Nanoseconds == nanos;
    }

    public static string Text(Interval value)
    {
        Span<byte> text = stackalloc byte[IntervalText.MaxLength];
        return Encoding.ASCII.GetString(text[..IntervalText.Format(value, text)]);
    }
}

internal readonly struct AddIntervals(int sign) : ICheckedBinary<Interval, Interval, Interval>
{
    public bool TryInvoke(Interval left, Interval right, out Interval result) => IntervalParts.TryMake(
        left.Months + ((long)sign * right.Months),
        left.Days + ((long)sign * right.Days),
        left.Nanoseconds + ((Int128)sign * right.Nanoseconds),
        out result);

    public Fault Explain(Interval left, Interval right)
        => Faults.Overflow($"{IntervalParts.Text(left)} {(sign < 0 ? '-' : '+')} {IntervalParts.Text(right)}", DataType.Interval);
}

internal readonly struct NegateInterval : ICheckedUnary<Interval, Interval>
{
    public bool TryInvoke(Interval value, out Interval result)
        => IntervalParts.TryMake(-(long)value.Months, -(long)value.Days, -(Int128)value.Nanoseconds, out result);

    public Fault Explain(Interval value) => Faults.Overflow($"-({IntervalParts.Text(value)})", DataType.Interval);
}

/// <summary>An interval times a number. What is left of a month counts as days of thirty a month, what is left of a day as time.</summary>
internal readonly struct ScaleInterval(bool divide) : ICheckedBinary<Interval, double, Interval>
{
    public bool TryInvoke(Interval left, double right, out Interval result)
    {
        result = default;
        if (!double.IsFinite(right) || (divide && right == 0))
        {
            return false;
        }

        if (!divide && right == Math.Truncate(right) && Math.Abs(right) <= int.MaxValue)
        {
            var times = (long)right;
            return IntervalParts.TryMake((Int128)left.Months * times, (Int128)left.Days * times, (Int128)left.Nanoseconds * times, out result);
        }

        double months = divide ? left.Months / right : left.Months * right;
        double days = divide ? left.Days / right : left.Days * right;
        double nanos = divide ? left.Nanoseconds / right : left.Nanoseconds * right;
        double wholeMonths = Math.Truncate(months);
        double daysOfMonth = (months - wholeMonths) * IntervalParts.DaysPerMonth;

        // Thirds and tenths of a month are meant to be whole days: noise of the last digits is not.
        daysOfMonth = Math.Round(daysOfMonth, 9);
        double wholeDays = Math.Truncate(days) + Math.Truncate(daysOfMonth);
        double rest = (days - Math.Truncate(days)) + (daysOfMonth - Math.Truncate(daysOfMonth));
        double allNanos = Math.Round(nanos + Math.Round(rest * IntervalParts.NanosPerDay, MidpointRounding.ToEven), MidpointRounding.ToEven);
        if (Math.Abs(wholeMonths) > int.MaxValue || Math.Abs(wholeDays) > int.MaxValue || Math.Abs(allNanos) >= long.MaxValue)
        {
            return false;
        }

        result = new Interval((int)wholeMonths, (int)wholeDays, (long)allNanos);
        return true;
    }

    public Fault Explain(Interval left, double right)
        => divide && right == 0
            ? Faults.DivisionByZero(IntervalParts.Text(left))
            : Faults.Overflow($"{IntervalParts.Text(left)} {(divide ? '/' : '*')} {Faults.Text(right)}", DataType.Interval);
}

/// <summary>The same with the number first.</summary>
internal readonly struct ScaleIntervalByLeft : ICheckedBinary<double, Interval, Interval>
{
    public bool TryInvoke(double left, Interval right, out Interval result) => new ScaleInterval(divide: false).TryInvoke(right, left, out result);

    public Fault Explain(double left, Interval right) => new ScaleInterval(divide: false).Explain(right, left);
}
