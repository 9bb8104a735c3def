using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Reads one value of a type from its text. A struct, so that a column's loop contains the parser.</summary>
internal interface IValueParser<T>
{
    bool TryParse(ReadOnlySpan<byte> text, out T value);
}

internal readonly struct IntegerParser<T> : IValueParser<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public bool TryParse(ReadOnlySpan<byte> text, out T value) => IntegerText.TryParse(text, out value);
}

internal readonly struct DoubleParser : IValueParser<double>
{
    public bool TryParse(ReadOnlySpan<byte> text, out double value) => FloatText.TryParse(text, out value);
}

internal readonly struct FloatParser : IValueParser<float>
{
    public bool TryParse(ReadOnlySpan<byte> text, out float value) => FloatText.TryParse(text, out value);
}

internal readonly struct DecimalParser(int precision, int scale) : IValueParser<Int128>
{
    public bool TryParse(ReadOnlySpan<byte> text, out Int128 value) => DecimalText.TryParse(text, precision, scale, out value);
}

internal readonly struct DateParser : IValueParser<int>
{
    public bool TryParse(ReadOnlySpan<byte> text, out int value) => DateText.TryParse(text, out value);
}

internal readonly struct TimeParser(TimeUnit unit) : IValueParser<long>
{
    public bool TryParse(ReadOnlySpan<byte> text, out long value) => TimeText.TryParse(text, unit, out value);
}

/// <param name="refuseZone">A text with a zone is no value of the column.</param>
internal readonly struct TimestampParser(TimeUnit unit, bool instant, bool refuseZone) : IValueParser<long>
{
    public bool TryParse(ReadOnlySpan<byte> text, out long value)
        => TimestampText.TryParse(text, unit, instant, out value, out bool hasZone) && !(hasZone && refuseZone);
}

internal readonly struct IntervalParser : IValueParser<Interval>
{
    public bool TryParse(ReadOnlySpan<byte> text, out Interval value) => IntervalText.TryParse(text, out value);
}

/// <summary>ISO 8601 or a pattern.</summary>
internal readonly struct PatternDateParser(DateTimePattern pattern) : IValueParser<int>
{
    public bool TryParse(ReadOnlySpan<byte> text, out int value)
        => pattern.TryParse(text, out value, out long nanos) ? nanos == 0 : DateText.TryParse(text, out value);
}

/// <inheritdoc cref="PatternDateParser"/>
internal readonly struct PatternTimestampParser(DateTimePattern pattern, TimestampParser iso, TimeUnit unit) : IValueParser<long>
{
    public bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        if (!pattern.TryParse(text, out int days, out long nanos))
        {
            return iso.TryParse(text, out value);
        }

        long perSecond = unit.PerSecond();
        long nanosPerUnit = 1_000_000_000 / perSecond;
        Int128 whole = ((Int128)days * 86_400 * perSecond) + (long)Math.Floor((decimal)nanos / nanosPerUnit);
        value = (long)whole;
        return value == whole;
    }
}

/// <summary>Numbers with a comma before the decimals, or with a character between groups of digits.</summary>
/// <param name="group">The character between groups, or -1.</param>
/// <param name="point">The character before the decimals.</param>
internal readonly struct LocalNumberParser<T, TParser>(TParser parser, int group, byte point) : IValueParser<T>
    where TParser : struct, IValueParser<T>
{
    private const int MaxLength = 400;

    public bool TryParse(ReadOnlySpan<byte> text, out T value)
    {
        if (text.Length > MaxLength)
        {
            value = default!;
            return false;
        }

        Span<byte> plain = stackalloc byte[text.Length];
        int length = 0;
        bool fraction = false;
        foreach (byte c in text)
        {
            if (c == group && !fraction && length > 0)
            {
                continue;
            }

            // A point is no digit, so a text that has one where it has no meaning is refused further on.
            fraction |= c == point;
            plain[length++] = c == point ? (byte)'.' : c == '.' ? (byte)'?' : c;
        }

        return parser.TryParse(plain[..length], out value);
    }
}
