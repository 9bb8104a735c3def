using System.Numerics;

namespace Millrace.Columnar;

/// <summary>The one place that goes from a type to the text form of its values.</summary>
public static class TextForms
{
    /// <summary>Calls the visitor with the form of a number, decimal, date, time, timestamp or interval.</summary>
    /// <param name="type">The type.</param>
    /// <param name="visitor">Is called with the form.</param>
    /// <param name="timeSeparator">What stands between date and time of a timestamp that is written; both forms are read.</param>
    public static TResult Dispatch<TVisitor, TResult>(DataType type, TVisitor visitor, byte timeSeparator = (byte)'T')
        where TVisitor : struct, ITextFormVisitor<TResult>, allows ref struct => type.Id switch
        {
            TypeId.Int8 => visitor.Visit<sbyte, SignedForm<sbyte>>(default),
            TypeId.Int16 => visitor.Visit<short, SignedForm<short>>(default),
            TypeId.Int32 => visitor.Visit<int, SignedForm<int>>(default),
            TypeId.Int64 => visitor.Visit<long, SignedForm<long>>(default),
            TypeId.UInt8 => visitor.Visit<byte, UnsignedForm<byte>>(default),
            TypeId.UInt16 => visitor.Visit<ushort, UnsignedForm<ushort>>(default),
            TypeId.UInt32 => visitor.Visit<uint, UnsignedForm<uint>>(default),
            TypeId.UInt64 => visitor.Visit<ulong, UnsignedForm<ulong>>(default),
            TypeId.Float32 => visitor.Visit<float, SingleForm>(default),
            TypeId.Float64 => visitor.Visit<double, DoubleForm>(default),
            TypeId.Decimal => visitor.Visit<Int128, DecimalForm>(new DecimalForm(type.Precision, type.Scale)),
            TypeId.Date => visitor.Visit<int, DateForm>(default),
            TypeId.Time => visitor.Visit<long, TimeForm>(new TimeForm(type.Unit)),
            TypeId.Timestamp => visitor.Visit<long, TimestampForm>(new TimestampForm(type.Unit, type.TimeZone is not null, timeSeparator)),
            TypeId.Interval => visitor.Visit<Interval, IntervalForm>(default),
            _ => throw new ArgumentException($"{type} has no text form of fixed length."),
        };

    private readonly struct SignedForm<T> : ITextForm<T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public int MaxLength => IntegerText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out T value) => IntegerText.TryParse(text, out value);

        public int Format(T value, Span<byte> target) => IntegerText.Format(long.CreateTruncating(value), target);
    }

    private readonly struct UnsignedForm<T> : ITextForm<T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public int MaxLength => IntegerText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out T value) => IntegerText.TryParse(text, out value);

        public int Format(T value, Span<byte> target) => IntegerText.Format(ulong.CreateTruncating(value), target);
    }

    private readonly struct SingleForm : ITextForm<float>
    {
        public int MaxLength => FloatText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out float value) => FloatText.TryParse(text, out value);

        public int Format(float value, Span<byte> target) => FloatText.Format(value, target);
    }

    private readonly struct DoubleForm : ITextForm<double>
    {
        public int MaxLength => FloatText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out double value) => FloatText.TryParse(text, out value);

        public int Format(double value, Span<byte> target) => FloatText.Format(value, target);
    }

    private readonly struct DecimalForm(int precision, int scale) : ITextForm<Int128>
    {
        public int MaxLength => DecimalText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out Int128 value) => DecimalText.TryParseRounded(text, precision, scale, out value);

        public int Format(Int128 value, Span<byte> target) => DecimalText.Format(value, scale, target);
    }

    private readonly struct DateForm : ITextForm<int>
    {
        public int MaxLength => DateText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out int value) => DateText.TryParse(text, out value);

        public int Format(int value, Span<byte> target) => DateText.Format(value, target);
    }

    private readonly struct TimeForm(TimeUnit unit) : ITextForm<long>
    {
        public int MaxLength => TimeText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out long value) => TimeText.TryParse(text, unit, out value);

        public int Format(long value, Span<byte> target) => TimeText.Format(value, unit, target);
    }

    private readonly struct TimestampForm(TimeUnit unit, bool instant, byte separator) : ITextForm<long>
    {
        public int MaxLength => TimestampText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out long value) => TimestampText.TryParse(text, unit, instant, out value, out _);

        public int Format(long value, Span<byte> target) => TimestampText.Format(value, unit, instant, target, separator);
    }

    private readonly struct IntervalForm : ITextForm<Interval>
    {
        public int MaxLength => IntervalText.MaxLength;

        public bool TryParse(ReadOnlySpan<byte> text, out Interval value) => IntervalText.TryParse(text, out value);

        public int Format(Interval value, Span<byte> target) => IntervalText.Format(value, target);
    }
}
