using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>ISO 8601 or a pattern.</summary>
internal readonly unsafe struct PatternDateParser(DateTimePattern pattern) : IValueParser<int>
{
    public bool TryQuick(byte* text, int length, out int value) => TryParse(new ReadOnlySpan<byte>(text, length), out value);

    public bool TryParse(ReadOnlySpan<byte> text, out int value)
        => pattern.TryParse(text, out value, out long nanos) ? nanos == 0 : DateText.TryParse(text, out value);
}

/// <inheritdoc cref="PatternDateParser"/>
internal readonly unsafe struct PatternTimestampParser(DateTimePattern pattern, TimestampParser iso, TimeUnit unit) : IValueParser<long>
{
    public bool TryQuick(byte* text, int length, out long value) => TryParse(new ReadOnlySpan<byte>(text, length), out value);

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
internal readonly unsafe struct LocalNumberParser<T, TParser>(TParser parser, int group, byte point) : IValueParser<T>
    where TParser : struct, IValueParser<T>
{
    private const int MaxLength = 400;

    public bool TryQuick(byte* text, int length, out T value) => TryParse(new ReadOnlySpan<byte>(text, length), out value);

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
