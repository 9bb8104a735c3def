using System.Text.Unicode;

namespace Millrace.Columnar.Interop;

/// <summary>Foreign byte strings with offsets of 32 or 64 bits.</summary>
internal static unsafe class ForeignBinary
{
    public static Column Import(ForeignRows window, ShapeNode node)
    {
        NativeBuffer offsets = window.Offsets(1);
        NativeBuffer? data = null;
        try
        {
            int end = ForeignRows.CheckOffsets((int*)offsets.Pointer + window.Offset, window.Length);
            data = window.Data(2, 0, end);
            return Checked(new BinaryColumn(node.Type, window.Length, offsets, data, window.Validity(), window.Offset));
        }
        catch (MillraceException) when (data is null)
        {
            offsets.Dispose();
            throw;
        }
    }

    public static Column ImportLarge(ForeignRows window, ShapeNode node)
    {
        NativeBuffer offsets = NarrowOffsets(window, node, out long first);
        int end = ((int*)offsets.Pointer)[window.Length];
        NativeBuffer? data = null;
        try
        {
            data = window.Data(2, first, end);
            return Checked(new BinaryColumn(node.Type, window.Length, offsets, data, window.ValidityFromZero()));
        }
        catch (MillraceException) when (data is null)
        {
            offsets.Dispose();
            throw;
        }
    }

    /// <summary>Offsets of 64 bits as ones of 32 that begin at 0.</summary>
    public static NativeBuffer NarrowOffsets(ForeignRows window, ShapeNode node, out long first)
    {
        (first, long count) = LargeRange(window);
        if (count > BufferPool.MaxCapacity)
        {
            throw ColumnarErrors.ColumnTooLarge(node.Type.ToString());
        }

        var source = (long*)window.Start(1, sizeof(long));
        NativeBuffer offsets = KernelMemory.Rent((window.Length + 1L) * sizeof(int), node.Type);
        var target = (int*)offsets.Pointer;
        target[0] = 0;
        for (int i = 1; i <= window.Length; i++)
        {
            target[i] = (int)(source[i] - first);
        }

        return offsets;
    }

    /// <summary>What offsets of 64 bits span; they must ascend from 0 or more.</summary>
    public static (long First, long Count) LargeRange(ForeignRows window)
    {
        if (window.Length == 0)
        {
            return (0, 0);
        }

        var source = (long*)window.Start(1, sizeof(long));
        long previous = source[0];
        long signs = previous;
        for (int i = 1; i <= window.Length; i++)
        {
            signs |= source[i] | (source[i] - previous);
            previous = source[i];
        }

        return signs >= 0 ? (source[0], previous - source[0]) : throw ArrowErrors.Invalid("Offsets descend or are negative");
    }

    /// <summary>Refuses text that is not UTF-8 where it is seen; under nulls there may be anything.</summary>
    public static Column Checked(BinaryColumn column)
    {
        if (!column.Type.IsText || IsText(column))
        {
            return column;
        }

        for (int row = 0; row < column.Length; row++)
        {
            if (!column.IsNull(row) && !Utf8.IsValid(column[row]))
            {
                column.Dispose();
                throw ArrowErrors.Invalid($"Row {row} of a text column is not UTF-8");
            }
        }

        return column;
    }

    // All bytes together, then that no string begins within a character.
    private static bool IsText(BinaryColumn column)
    {
        ReadOnlySpan<int> offsets = column.Offsets;
        ReadOnlySpan<byte> data = column.Data;
        if (!Utf8.IsValid(data[offsets[0]..]))
        {
            return false;
        }

        foreach (int offset in offsets)
        {
            if (offset < data.Length && (data[offset] & 0xC0) == 0x80)
            {
                return false;
            }
        }

        return true;
    }
}
