using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

internal interface IFixedWrite<T>
    where T : unmanaged
{
    static abstract void Write(AvroOutput output, T value);
}

internal sealed unsafe class FixedEncode<T, TWrite> : EncodeNode
    where T : unmanaged
    where TWrite : struct, IFixedWrite<T>
{
    // Columns lie in native memory, which does not move.
    private T* _values;

    public override void Bind(Column column)
        => _values = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(((FixedColumn<T>)column).Values));

    public override void Write(AvroOutput output, int row) => TWrite.Write(output, _values[row]);
}

/// <summary>Whole numbers that fit a long.</summary>
internal readonly struct WholeWrite<T> : IFixedWrite<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static void Write(AvroOutput output, T value) => output.WriteLong(long.CreateTruncating(value));
}

internal readonly struct RawWrite<T> : IFixedWrite<T>
    where T : unmanaged
{
    public static void Write(AvroOutput output, T value) => output.WriteRaw(value);
}

/// <summary>The unscaled number in as few bytes as hold it, highest first.</summary>
internal readonly struct DecimalWrite : IFixedWrite<Int128>
{
    public static void Write(AvroOutput output, Int128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(bytes, value);

        // One bit more than the number has, for the sign.
        Int128 magnitude = value < 0 ? ~value : value;
        int bits = 129 - (int)Int128.LeadingZeroCount(magnitude);
        output.WriteBytes(bytes[(16 - ((bits + 7) / 8))..]);
    }
}

internal readonly struct UnsignedWrite : IFixedWrite<ulong>
{
    public static void Write(AvroOutput output, ulong value) => DecimalWrite.Write(output, value);
}

internal readonly struct IntervalWrite : IFixedWrite<Interval>
{
    public static void Write(AvroOutput output, Interval value)
    {
        Span<byte> text = stackalloc byte[IntervalText.MaxLength];
        output.WriteBytes(text[..IntervalText.Format(value, text)]);
    }
}

internal readonly struct DoubleWrite : IFixedWrite<float>
{
    public static void Write(AvroOutput output, float value) => output.WriteRaw((double)value);
}

/// <summary>Times and timestamps in a finer unit than the column's.</summary>
internal sealed class ScaledEncode(int factor, long max, string field) : EncodeNode
{
    private FixedColumn<long> _column = null!;

    public override void Bind(Column column) => _column = (FixedColumn<long>)column;

    public override void Write(AvroOutput output, int row)
    {
        long value = _column.Values[row];
        Int128 scaled = (Int128)value * factor;
        if (scaled > max || scaled < -max)
        {
            throw AvroErrors.Encode(field, $"the time {value} does not fit the unit of the schema");
        }

        output.WriteLong((long)scaled);
    }
}

/// <summary>Months, days and milliseconds, none of them negative.</summary>
internal sealed class DurationEncode(string field) : EncodeNode
{
    private const long NanosPerMilli = 1_000_000;

    private FixedColumn<Interval> _column = null!;

    public override void Bind(Column column) => _column = (FixedColumn<Interval>)column;

    public override void Write(AvroOutput output, int row)
    {
        Interval value = _column.Values[row];
        (long millis, long rest) = long.DivRem(value.Nanoseconds, NanosPerMilli);
        if ((value.Months | value.Days) < 0 || millis < 0 || millis > uint.MaxValue || rest != 0)
        {
            throw AvroErrors.Encode(field, "an interval has a negative part or is finer than milliseconds, which a duration cannot hold");
        }

        output.WriteRaw(value.Months);
        output.WriteRaw(value.Days);
        output.WriteRaw((uint)millis);
    }
}

/// <summary>The unscaled number in as many bytes as the fixed has, highest first.</summary>
internal sealed class FixedDecimalEncode(int size) : EncodeNode
{
    private FixedColumn<Int128> _column = null!;

    public override void Bind(Column column) => _column = (FixedColumn<Int128>)column;

    public override void Write(AvroOutput output, int row)
    {
        Int128 value = _column.Values[row];
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(bytes, value);
        for (int i = size; i > bytes.Length; i--)
        {
            output.WriteByte(value < 0 ? (byte)0xFF : (byte)0);
        }

        output.WriteFixed(bytes[Math.Max(bytes.Length - size, 0)..]);
    }
}
