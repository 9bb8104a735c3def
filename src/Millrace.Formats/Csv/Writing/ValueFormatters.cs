using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Writes one value of a type as text. A struct, so that a column's loop contains it.</summary>
internal interface IValueFormatter<T>
{
    /// <summary>Bytes of the longest text.</summary>
    int MaxLength { get; }

    int Format(T value, Span<byte> target);
}

internal readonly struct IntegerFormatter<T> : IValueFormatter<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public int MaxLength => IntegerText.MaxLength;

    public int Format(T value, Span<byte> target)
        => typeof(T) == typeof(ulong) ? IntegerText.Format(ulong.CreateTruncating(value), target) : IntegerText.Format(long.CreateTruncating(value), target);
}

internal readonly struct DoubleFormatter : IValueFormatter<double>
{
    public int MaxLength => FloatText.MaxLength;

    public int Format(double value, Span<byte> target) => FloatText.Format(value, target);
}

internal readonly struct FloatFormatter : IValueFormatter<float>
{
    public int MaxLength => FloatText.MaxLength;

    public int Format(float value, Span<byte> target) => FloatText.Format(value, target);
}

internal readonly struct DecimalFormatter(int scale) : IValueFormatter<Int128>
{
    public int MaxLength => DecimalText.MaxLength;

    public int Format(Int128 value, Span<byte> target) => DecimalText.Format(value, scale, target);
}

internal readonly struct DateFormatter : IValueFormatter<int>
{
    public int MaxLength => DateText.MaxLength;

    public int Format(int value, Span<byte> target) => DateText.Format(value, target);
}

internal readonly struct TimeFormatter(TimeUnit unit) : IValueFormatter<long>
{
    public int MaxLength => TimeText.MaxLength;

    public int Format(long value, Span<byte> target) => TimeText.Format(value, unit, target);
}

internal readonly struct TimestampFormatter(TimeUnit unit, bool instant) : IValueFormatter<long>
{
    public int MaxLength => TimestampText.MaxLength;

    public int Format(long value, Span<byte> target) => TimestampText.Format(value, unit, instant, target);
}

internal readonly struct IntervalFormatter : IValueFormatter<Interval>
{
    public int MaxLength => IntervalText.MaxLength;

    public int Format(Interval value, Span<byte> target) => IntervalText.Format(value, target);
}

/// <summary>Numbers with a comma before the decimals.</summary>
internal readonly struct CommaFormatter<T, TFormatter>(TFormatter formatter) : IValueFormatter<T>
    where TFormatter : struct, IValueFormatter<T>
{
    public int MaxLength => formatter.MaxLength;

    public int Format(T value, Span<byte> target)
    {
        int length = formatter.Format(value, target);
        target[..length].Replace((byte)'.', (byte)',');
        return length;
    }
}

/// <summary>Dates in the form of a pattern.</summary>
internal readonly struct PatternDateFormatter(DateTimePattern pattern) : IValueFormatter<int>
{
    public int MaxLength => pattern.MaxLength;

    public int Format(int value, Span<byte> target) => pattern.Format(value, 0, target);
}

/// <inheritdoc cref="PatternDateFormatter"/>
internal readonly struct PatternTimestampFormatter(DateTimePattern pattern, TimeUnit unit) : IValueFormatter<long>
{
    public int MaxLength => pattern.MaxLength;

    public int Format(long value, Span<byte> target)
    {
        long perDay = 86_400 * unit.PerSecond();
        (long days, long time) = Math.DivRem(value, perDay);
        if (time < 0)
        {
            time += perDay;
            days--;
        }

        return pattern.Format(days, time * (1_000_000_000 / unit.PerSecond()), target);
    }
}
