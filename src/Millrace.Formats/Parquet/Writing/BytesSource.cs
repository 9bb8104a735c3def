using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Fetches the values of a column that a leaf stores as byte strings. The views live until the next call, or until the
/// column goes.
/// </summary>
internal abstract unsafe class BytesSource(WriteScratch scratch)
{
    private readonly EncodedBuffer _views = scratch.Views;

    public static BytesSource For(LeafLayout leaf, WriteScratch scratch) => leaf.Type.Id switch
    {
        TypeId.Decimal => new DecimalBytesSource(leaf.Width, scratch),
        TypeId.Interval => new IntervalBytesSource(scratch),
        _ => leaf.Width > 0 ? new FixedBytesSource(scratch) : new VariableBytesSource(scratch),
    };

    /// <summary>End of the memory that holds the values read last.</summary>
    public byte* End { get; protected set; }

    public ReadOnlySpan<ByteView> Read(Column column, RowSelection rows)
    {
        _views.Clear();
        var views = (ByteView*)_views.Reserve(checked(rows.Count * sizeof(ByteView)));
        Fill(column, rows, views);
        return new(views, rows.Count);
    }

    protected abstract void Fill(Column column, RowSelection rows, ByteView* views);

    // Columns lie in native memory, which does not move.
    protected static T* Pointer<T>(ReadOnlySpan<T> span)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
}

internal sealed unsafe class VariableBytesSource(WriteScratch scratch) : BytesSource(scratch)
{
    protected override void Fill(Column column, RowSelection rows, ByteView* views)
    {
        var bytes = (BinaryColumn)column;
        byte* data = Pointer(bytes.Data);
        int* offsets = Pointer(bytes.Offsets);
        End = data + bytes.Data.Length;
        int* row = rows.Rows;
        for (int i = 0; i < rows.Count; i++)
        {
            int at = row == null ? rows.Start + i : row[i];
            int start = offsets[at];
            views[i].Data = data + start;
            views[i].Length = offsets[at + 1] - start;
        }
    }
}

internal sealed unsafe class FixedBytesSource(WriteScratch scratch) : BytesSource(scratch)
{
    protected override void Fill(Column column, RowSelection rows, ByteView* views)
    {
        var bytes = (FixedBinaryColumn)column;
        byte* data = Pointer(bytes.Bytes);
        int width = bytes.Width;
        End = data + bytes.Bytes.Length;
        int* row = rows.Rows;
        for (int i = 0; i < rows.Count; i++)
        {
            views[i].Data = data + ((long)(row == null ? rows.Start + i : row[i]) * width);
            views[i].Length = width;
        }
    }
}

/// <summary>Byte strings of one length that are made of other values.</summary>
internal abstract unsafe class ConvertedBytesSource<T>(int width, WriteScratch scratch) : BytesSource(scratch)
    where T : unmanaged
{
    private readonly EncodedBuffer _bytes = scratch.Values;

    protected int Width => width;

    protected override void Fill(Column column, RowSelection rows, ByteView* views)
    {
        T* values = Pointer(((FixedColumn<T>)column).Values);
        _bytes.Clear();
        byte* data = _bytes.Reserve(checked(rows.Count * width));
        End = data + (rows.Count * width);
        int* row = rows.Rows;
        for (int i = 0; i < rows.Count; i++)
        {
            Store(values[row == null ? rows.Start + i : row[i]], new Span<byte>(data, width));
            views[i].Data = data;
            views[i].Length = width;
            data += width;
        }
    }

    protected abstract void Store(T value, Span<byte> target);
}

/// <summary>Unscaled numbers, big-endian with a sign.</summary>
internal sealed class DecimalBytesSource(int width, WriteScratch scratch) : ConvertedBytesSource<Int128>(width, scratch)
{
    protected override void Store(Int128 value, Span<byte> target)
    {
        Span<byte> whole = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(whole, value);
        whole[(16 - Width)..].CopyTo(target);
        int spare = 128 - (Width * 8);
        if (value << spare >> spare != value)
        {
            throw ParquetWriteErrors.Decimal(value, DataType.Decimal(DataType.MaxDecimalPrecision, 0));
        }
    }
}

/// <summary>Months, days and milliseconds, little-endian without sign.</summary>
internal sealed class IntervalBytesSource(WriteScratch scratch) : ConvertedBytesSource<Interval>(StoredTypes.IntervalWidth, scratch)
{
    private const long NanosPerMilli = 1_000_000;

    protected override void Store(Interval value, Span<byte> target)
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

        BinaryPrimitives.WriteInt32LittleEndian(target, value.Months);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], value.Days);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)millis);
    }
}
