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
    private readonly ByteBuffer _views = scratch.Views;

    public static BytesSource For(LeafLayout leaf, WriteScratch scratch) => leaf.Type.Id switch
    {
        TypeId.Decimal => new ConvertedBytesSource<Int128, DecimalBytes>(leaf.Width, scratch),
        TypeId.Interval => new ConvertedBytesSource<Interval, IntervalBytes>(leaf.Width, scratch),
        _ => leaf.Width > 0 ? new FixedBytesSource(scratch) : new VariableBytesSource(scratch),
    };

    /// <summary>End of the memory that holds the values read last.</summary>
    public byte* End { get; protected set; }

    public ReadOnlySpan<ByteView> Read(Column column, RowSelection rows)
    {
        _views.Truncate();
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
