using System.Buffers.Text;
using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>How a value of a fixed width is formatted.</summary>
internal interface IValueFormat<T>
{
    int MaxLength { get; }

    int Format(T value, Span<byte> target);
}

/// <summary>Numbers, which stand as they are, and texts of one form, which stand in quotes.</summary>
internal sealed class FixedWriter<T, TFormat>(TFormat format, bool quoted) : ValueWriter<FixedColumn<T>>
    where T : unmanaged
    where TFormat : struct, IValueFormat<T>
{
    private TFormat _format = format;

    public override bool WritesText => quoted;

    public override void WriteValue(TextOutput output, int row)
    {
        Span<byte> target = output.GetSpan(_format.MaxLength + 2);
        if (!quoted)
        {
            output.Advance(_format.Format(Column.Values[row], target));
            return;
        }

        target[0] = (byte)'"';
        int length = _format.Format(Column.Values[row], target[1..]);
        target[length + 1] = (byte)'"';
        output.Advance(length + 2);
    }
}

internal readonly struct SignedFormat<T> : IValueFormat<T>
    where T : unmanaged, System.Numerics.IBinaryInteger<T>
{
    public int MaxLength => IntegerText.MaxLength;

    public int Format(T value, Span<byte> target) => IntegerText.Format(long.CreateTruncating(value), target);
}

internal readonly struct UnsignedFormat<T> : IValueFormat<T>
    where T : unmanaged, System.Numerics.IBinaryInteger<T>
{
    public int MaxLength => IntegerText.MaxLength;

    public int Format(T value, Span<byte> target) => IntegerText.Format(ulong.CreateTruncating(value), target);
}

/// <summary>JSON has no number for NaN and the infinities, so these are texts.</summary>
internal readonly struct DoubleFormat : IValueFormat<double>
{
    public int MaxLength => FloatText.MaxLength;

    public int Format(double value, Span<byte> target)
    {
        int length = FloatText.Format(value, target);
        return double.IsFinite(value) ? length : Quotes.Add(target, length);
    }
}

internal readonly struct SingleFormat : IValueFormat<float>
{
    public int MaxLength => FloatText.MaxLength;

    public int Format(float value, Span<byte> target)
    {
        int length = FloatText.Format(value, target);
        return float.IsFinite(value) ? length : Quotes.Add(target, length);
    }
}

internal readonly struct DecimalFormat(int scale) : IValueFormat<Int128>
{
    public int MaxLength => DecimalText.MaxLength;

    public int Format(Int128 value, Span<byte> target) => DecimalText.Format(value, scale, target);
}

internal readonly struct DateFormat : IValueFormat<int>
{
    public int MaxLength => DateText.MaxLength;

    public int Format(int value, Span<byte> target) => DateText.Format(value, target);
}

internal readonly struct TimeFormat(TimeUnit unit) : IValueFormat<long>
{
    public int MaxLength => TimeText.MaxLength;

    public int Format(long value, Span<byte> target) => TimeText.Format(value, unit, target);
}

internal readonly struct TimestampFormat(TimeUnit unit, bool instant) : IValueFormat<long>
{
    public int MaxLength => TimestampText.MaxLength;

    public int Format(long value, Span<byte> target) => TimestampText.Format(value, unit, instant, target);
}

internal readonly struct IntervalFormat : IValueFormat<Interval>
{
    public int MaxLength => IntervalText.MaxLength;

    public int Format(Interval value, Span<byte> target) => IntervalText.Format(value, target);
}

internal static class Quotes
{
    /// <summary>Puts quotes around what was written; returns the length with them.</summary>
    public static int Add(Span<byte> target, int length)
    {
        target[..length].CopyTo(target[1..]);
        target[0] = (byte)'"';
        target[length + 1] = (byte)'"';
        return length + 2;
    }
}

internal sealed class BooleanWriter : ValueWriter<BooleanColumn>
{
    public override void WriteValue(TextOutput output, int row) => output.Write(Column.Values[row] ? "true"u8 : "false"u8);
}

internal sealed class UuidWriter : ValueWriter<FixedBinaryColumn>
{
    public override bool WritesText => true;

    public override void WriteValue(TextOutput output, int row)
    {
        Span<byte> target = output.GetSpan(UuidText.Length + 2);
        UuidText.Format(Column[row], target);
        output.Advance(Quotes.Add(target, UuidText.Length));
    }
}

/// <summary>Bytes as base64 or hex digits.</summary>
internal static class BytesText
{
    public static void Write(TextOutput output, ReadOnlySpan<byte> value, JsonBytes form)
    {
        output.WriteByte((byte)'"');
        if (form == JsonBytes.Base64)
        {
            Span<byte> target = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(value.Length));
            Base64.EncodeToUtf8(value, target, out _, out int written);
            output.Advance(written);
        }
        else
        {
            // The backslash of the prefix is escaped.
            output.WriteByte((byte)'\\');
            output.Advance(HexText.Format(value, output.GetSpan(HexText.FormattedLength(value.Length))));
        }

        output.WriteByte((byte)'"');
    }
}

internal sealed class BytesWriter(JsonBytes form) : ValueWriter<BinaryColumn>
{
    public override bool WritesText => true;

    public override void WriteValue(TextOutput output, int row) => BytesText.Write(output, Column[row], form);
}

internal sealed class FixedBytesWriter(JsonBytes form) : ValueWriter<FixedBinaryColumn>
{
    public override bool WritesText => true;

    public override void WriteValue(TextOutput output, int row) => BytesText.Write(output, Column[row], form);
}
