using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Reads one value of a type from its text. A struct, so that a column's loop contains the parser.</summary>
internal unsafe interface IValueParser<T>
{
    /// <summary>Reads the usual form of a value; false says that <see cref="TryParse"/> has to decide.</summary>
    /// <param name="text">At least one byte; <see cref="QuickText.Readable"/> bytes can be read whatever the length.</param>
    bool TryQuick(byte* text, int length, out T value);

    bool TryParse(ReadOnlySpan<byte> text, out T value);
}

internal readonly unsafe struct IntegerParser<T> : IValueParser<T>
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryQuick(byte* text, int length, out T value)
    {
        bool ok = QuickText.TryParse(text, length, out long number);
        value = T.CreateTruncating(number);
        return ok && (typeof(T) == typeof(ulong) ? number >= 0 : long.CreateTruncating(value) == number);
    }

    public bool TryParse(ReadOnlySpan<byte> text, out T value) => IntegerText.TryParse(text, out value);
}

internal readonly unsafe struct DoubleParser : IValueParser<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryQuick(byte* text, int length, out double value) => QuickText.TryParse(text, length, out value);

    public bool TryParse(ReadOnlySpan<byte> text, out double value) => FloatText.TryParse(text, out value);
}

/// <summary>Doubles whose type was found out: a text with digits that a double does not keep asks for a wider type.</summary>
internal readonly unsafe struct ExactDoubleParser : IValueParser<double>
{
    // So few digits are always kept.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryQuick(byte* text, int length, out double value) => QuickText.TryParse(text, length, out value);

    public bool TryParse(ReadOnlySpan<byte> text, out double value) => FloatText.TryParse(text, out value, out bool keepsDigits) && keepsDigits;
}

internal readonly unsafe struct FloatParser : IValueParser<float>
{
    public bool TryQuick(byte* text, int length, out float value) => TryParse(new ReadOnlySpan<byte>(text, length), out value);

    public bool TryParse(ReadOnlySpan<byte> text, out float value) => FloatText.TryParse(text, out value);
}

internal readonly unsafe struct DecimalParser(int precision, int scale) : IValueParser<Int128>
{
    private readonly ulong _limit = (ulong)DecimalMath.Power(Math.Min(precision, 18));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryQuick(byte* text, int length, out Int128 value)
    {
        bool ok = QuickText.TryParse(text, length, scale, _limit, out long number);
        value = number;
        return ok;
    }

    public bool TryParse(ReadOnlySpan<byte> text, out Int128 value) => DecimalText.TryParse(text, precision, scale, out value);
}

internal readonly unsafe struct DateParser : IValueParser<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryQuick(byte* text, int length, out int value) => QuickText.TryParseDate(text, length, out value);

    public bool TryParse(ReadOnlySpan<byte> text, out int value) => DateText.TryParse(text, out value);
}

/// <param name="inferred">The type was found out: a text with more digits of a second asks for a wider type.</param>
internal readonly unsafe struct TimeParser(TimeUnit unit, bool inferred) : IValueParser<long>
{
    public bool TryQuick(byte* text, int length, out long value) => TryParse(new ReadOnlySpan<byte>(text, length), out value);

    public bool TryParse(ReadOnlySpan<byte> text, out long value)
        => TimeText.TryParse(text, unit, out value) && !(inferred && SecondDigits.Of(text) > unit.Digits());
}

/// <param name="inferred">The type was found out: a text with a zone where the column has none, without one where it has, or with more digits of a second asks for a wider type.</param>
internal readonly unsafe struct TimestampParser(TimeUnit unit, bool instant, bool inferred) : IValueParser<long>
{
    public bool TryQuick(byte* text, int length, out long value) => TryParse(new ReadOnlySpan<byte>(text, length), out value);

    public bool TryParse(ReadOnlySpan<byte> text, out long value)
        => TimestampText.TryParse(text, unit, instant, out value, out bool hasZone)
            && !(inferred && (hasZone != instant || SecondDigits.Of(text) > unit.Digits()));
}

internal readonly unsafe struct IntervalParser : IValueParser<Interval>
{
    public bool TryQuick(byte* text, int length, out Interval value) => TryParse(new ReadOnlySpan<byte>(text, length), out value);

    public bool TryParse(ReadOnlySpan<byte> text, out Interval value) => IntervalText.TryParse(text, out value);
}
