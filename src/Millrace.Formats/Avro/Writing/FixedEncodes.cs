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

/// <summary>Seconds, which Avro has no word for, as milliseconds; see <see cref="AvroStandIns"/>.</summary>
internal sealed class SecondsEncode(string field) : EncodeNode
{
    private FixedColumn<long> _column = null!;

    public override void Bind(Column column) => _column = (FixedColumn<long>)column;

    public override void Write(AvroOutput output, int row)
    {
        long seconds = _column.Values[row];
        long millis = seconds * 1000;
        if (millis / 1000 != seconds)
        {
            throw AvroErrors.Encode(field, $"{seconds} seconds do not fit 64 bits as milliseconds");
        }

        output.WriteLong(millis);
    }
}

/// <summary>Times in milliseconds, which are an int in the file.</summary>
internal sealed class TimeMillisEncode(string field, int factor) : EncodeNode
{
    private FixedColumn<long> _column = null!;

    public override void Bind(Column column) => _column = (FixedColumn<long>)column;

    public override void Write(AvroOutput output, int row)
    {
        long value = _column.Values[row];
        if (value < 0 || value > int.MaxValue / factor)
        {
            throw AvroErrors.Encode(field, $"the time {value} is not within a day");
        }

        output.WriteLong(value * factor);
    }
}
