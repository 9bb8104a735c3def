using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Numbers with a comma before the decimals.</summary>
internal readonly struct CommaFormatter<T, TFormatter>(TFormatter formatter) : IValueFormatter<T>
    where T : unmanaged
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
