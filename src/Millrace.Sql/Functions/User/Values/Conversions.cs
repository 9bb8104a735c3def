using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Between a value as columns hold it and a value of .NET. What the other side cannot hold is a <see cref="UserValueException"/>.</summary>
internal interface IConversion<TStored, T>
{
    static abstract T Read(TStored value, DataType type);

    static abstract TStored Write(T value, DataType type);
}

/// <summary>.NET decimals have 96 bits and at most 28 digits after the point.</summary>
internal readonly struct DecimalConversion : IConversion<Int128, decimal>
{
    private const int MaxScale = 28;

    public static decimal Read(Int128 value, DataType type)
    {
        int scale = type.Scale;
        if (scale > MaxScale && DecimalMath.TryRescale(value, scale, MaxScale, DataType.MaxDecimalPrecision, out Int128 shorter))
        {
            (value, scale) = (shorter, MaxScale);
        }

        UInt128 magnitude = DecimalMath.Magnitude(value);
        if (magnitude >> 96 != 0)
        {
            throw new UserValueException($"{Faults.Text(value, scale)} has more digits than a .NET decimal holds.");
        }

        ulong low = (ulong)magnitude;
        return new decimal((int)low, (int)(low >> 32), (int)(uint)(magnitude >> 64), Int128.IsNegative(value), (byte)scale);
    }

    public static Int128 Write(decimal value, DataType type)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var magnitude = new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        Int128 stored = value < 0 ? -(Int128)magnitude : (Int128)magnitude;
        return DecimalMath.TryRescale(stored, value.Scale, type.Scale, type.Precision, out Int128 result)
            ? result
            : throw new UserValueException($"{value.ToString(CultureInfo.InvariantCulture)} does not fit {type}.");
    }
}

internal readonly struct DateConversion : IConversion<int, DateOnly>
{
    private static readonly int Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static DateOnly Read(int value, DataType type)
        => (long)value + Epoch is var day && day >= DateOnly.MinValue.DayNumber && day <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber((int)day)
            : throw new UserValueException("a date is outside of the years 1 to 9999.");

    public static int Write(DateOnly value, DataType type) => value.DayNumber - Epoch;
}

internal readonly struct TimeConversion : IConversion<long, TimeOnly>
{
    public static TimeOnly Read(long value, DataType type)
        => Ticks.Of(value, type.Unit) is var ticks and >= 0 and < TimeSpan.TicksPerDay ? new TimeOnly(ticks) : throw new UserValueException("a time is outside of a day.");

    public static long Write(TimeOnly value, DataType type) => Ticks.To(value.Ticks, type.Unit);
}

internal readonly struct TimestampConversion : IConversion<long, DateTime>
{
    public static DateTime Read(long value, DataType type) => new(Ticks.SinceYearOne(value, type.Unit));

    public static long Write(DateTime value, DataType type) => Ticks.To(value.Ticks - DateTime.UnixEpoch.Ticks, type.Unit);
}

internal readonly struct InstantConversion : IConversion<long, DateTimeOffset>
{
    public static DateTimeOffset Read(long value, DataType type) => new(Ticks.SinceYearOne(value, type.Unit), TimeSpan.Zero);

    public static long Write(DateTimeOffset value, DataType type) => Ticks.To(value.UtcTicks - DateTime.UnixEpoch.Ticks, type.Unit);
}

/// <summary>Only intervals without months have a length; a day of one is 24 hours.</summary>
internal readonly struct IntervalConversion : IConversion<Interval, TimeSpan>
{
    private const long NanosecondsPerTick = 100;

    public static TimeSpan Read(Interval value, DataType type)
    {
        Int128 ticks = ((Int128)value.Days * TimeSpan.TicksPerDay) + (value.Nanoseconds / NanosecondsPerTick);
        return value.Months != 0 ? throw new UserValueException("an interval has months, whose length depends on the calendar; a TimeSpan has none.")
            : ticks < long.MinValue || ticks > long.MaxValue ? throw new UserValueException("an interval is longer than a TimeSpan.")
            : new TimeSpan((long)ticks);
    }

    public static Interval Write(TimeSpan value, DataType type)
    {
        (long days, long rest) = Math.DivRem(value.Ticks, TimeSpan.TicksPerDay);
        return new Interval(0, (int)days, rest * NanosecondsPerTick);
    }
}

/// <summary>Units of time against ticks of 100 nanoseconds.</summary>
internal static class Ticks
{
    public static long Of(long value, TimeUnit unit)
    {
        if (unit == TimeUnit.Nanosecond)
        {
            return value / 100;
        }

        Int128 ticks = (Int128)value * (TimeSpan.TicksPerSecond / unit.PerSecond());
        return ticks >= long.MinValue && ticks <= long.MaxValue ? (long)ticks : throw OutOfRange();
    }

    public static long To(long ticks, TimeUnit unit)
    {
        if (unit != TimeUnit.Nanosecond)
        {
            // The earlier unit also before 1970.
            long perUnit = TimeSpan.TicksPerSecond / unit.PerSecond();
            return (ticks / perUnit) - (ticks % perUnit < 0 ? 1 : 0);
        }

        Int128 nanoseconds = (Int128)ticks * 100;
        return nanoseconds >= long.MinValue && nanoseconds <= long.MaxValue ? (long)nanoseconds : throw new UserValueException("a timestamp is outside of what nanoseconds reach.");
    }

    public static long SinceYearOne(long value, TimeUnit unit)
    {
        Int128 ticks = (Int128)Of(value, unit) + DateTime.UnixEpoch.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? (long)ticks : throw OutOfRange();
    }

    private static UserValueException OutOfRange() => new("a timestamp is outside of the years 1 to 9999.");
}
