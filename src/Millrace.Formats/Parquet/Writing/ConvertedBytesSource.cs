using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>How a value of a column becomes a byte string of one length.</summary>
internal unsafe interface IStoredBytes<T>
{
    static abstract void Store(T value, byte* target, int width);
}

/// <summary>Byte strings of one length that are made of other values.</summary>
internal sealed unsafe class ConvertedBytesSource<T, TForm>(int width, WriteScratch scratch) : BytesSource(scratch)
    where T : unmanaged
    where TForm : struct, IStoredBytes<T>
{
    private readonly ByteBuffer _bytes = scratch.Values;

    protected override void Fill(Column column, RowSelection rows, ByteView* views)
    {
        T* values = Pointer(((FixedColumn<T>)column).Values);
        _bytes.Truncate();
        byte* data = _bytes.Reserve(checked(rows.Count * width));
        End = data + (rows.Count * width);
        int* row = rows.Rows;
        for (int i = 0; i < rows.Count; i++)
        {
            TForm.Store(values[row == null ? rows.Start + i : row[i]], data, width);
            views[i].Data = data;
            views[i].Length = width;
            data += width;
        }
    }
}

/// <summary>Unscaled numbers of more than 18 digits, big-endian with a sign, which take 9 to 16 bytes.</summary>
internal readonly unsafe struct DecimalBytes : IStoredBytes<Int128>
{
    public static void Store(Int128 value, byte* target, int width)
    {
        ulong low = (ulong)value;
        long high = (long)(value >> 64);
        int spare = 128 - (width * 8);
        if (high << spare >> spare != high)
        {
            throw ParquetWriteErrors.Decimal(value, DataType.Decimal(DataType.MaxDecimalPrecision, 0));
        }

        // The bytes of the upper half that count end where the lower half begins.
        byte* split = target + width - sizeof(ulong);
        Unsafe.WriteUnaligned(split, BinaryPrimitives.ReverseEndianness(low));
        for (byte* at = split - 1; at >= target; at--)
        {
            *at = (byte)high;
            high >>= 8;
        }
    }
}

/// <summary>Months, days and milliseconds, little-endian without sign.</summary>
internal readonly unsafe struct IntervalBytes : IStoredBytes<Interval>
{
    private const long NanosPerMilli = 1_000_000;

    public static void Store(Interval value, byte* target, int width)
    {
        if (value.Months < 0 || value.Days < 0 || value.Nanoseconds < 0)
        {
            throw ParquetWriteErrors.NegativeInterval(value);
        }

        (long millis, long rest) = Math.DivRem(value.Nanoseconds, NanosPerMilli);
        if (rest != 0 || millis > uint.MaxValue)
        {
            throw ParquetWriteErrors.FineInterval(value.Nanoseconds);
        }

        Unsafe.WriteUnaligned(target, value.Months);
        Unsafe.WriteUnaligned(target + 4, value.Days);
        Unsafe.WriteUnaligned(target + 8, (uint)millis);
    }
}
