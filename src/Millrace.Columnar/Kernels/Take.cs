using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>Rows of a column by number, in any order and any number of times. Results are the caller's.</summary>
public static unsafe class Take
{
    /// <summary>The rows of every column.</summary>
    public static RecordBatch Rows(RecordBatch batch, ReadOnlySpan<int> rows)
        => new(batch.Schema, rows.Length, All(batch.Columns, rows));

    /// <param name="column">Borrowed.</param>
    /// <param name="rows">Numbers of rows of <paramref name="column"/>; the caller vouches that they exist.</param>
    public static Column Rows(Column column, ReadOnlySpan<int> rows) => column switch
    {
        BooleanColumn booleans => new BooleanColumn(rows.Length, TakeBits(booleans.Values, rows), Validity(column, rows)),
        FixedBinaryColumn binary => new FixedBinaryColumn(column.Type, rows.Length, TakeWide(binary, rows), Validity(column, rows)),
        BinaryColumn binary => TakeBinary(binary, rows),
        ListColumn list => TakeList(list, rows),
        StructColumn structs => TakeStruct(structs, rows),
        DictionaryColumn dictionary => TakeDictionary(dictionary, rows),
        _ => FixedType.Dispatch<FixedVisitor, Column>(column.Type, new FixedVisitor(column, rows)),
    };

    private static NativeBuffer? Validity(Column column, ReadOnlySpan<int> rows)
        => column.HasNulls ? TakeBits(column.Validity, rows) : null;

    private static NativeBuffer TakeBits(Bitmap bits, ReadOnlySpan<int> rows)
    {
        NativeBuffer result = KernelMemory.RentBits(rows.Length);
        if (bits.Length <= 2 * rows.Length)
        {
            // Few bits are worth a copy that begins with a whole word.
            using NativeBuffer few = KernelMemory.RentBits(bits.Length);
            Bits.Copy(bits.Pointer, bits.Offset, few.Pointer, 0, bits.Length);
            GatherBits.Write(few.Pointer, rows, (ulong*)result.Pointer);
            return result;
        }

        byte* target = result.Pointer;
        byte* source = bits.Pointer;
        int offset = bits.Offset;
        for (int start = 0; start < rows.Length; start += 8)
        {
            int count = Math.Min(8, rows.Length - start);
            int word = 0;
            for (int i = 0; i < count; i++)
            {
                int at = offset + rows[start + i];
                word |= ((source[at >> 3] >> (at & 7)) & 1) << i;
            }

            target[start >> 3] = (byte)word;
        }

        return result;
    }

    private static NativeBuffer TakeWide(FixedBinaryColumn column, ReadOnlySpan<int> rows)
    {
        int width = column.Width;
        NativeBuffer result = KernelMemory.RentValues(rows.Length, width, column.Type);
        byte* target = result.Pointer;
        foreach (int row in rows)
        {
            column[row].CopyTo(new Span<byte>(target, width));
            target += width;
        }

        return result;
    }

    private static BinaryColumn TakeBinary(BinaryColumn column, ReadOnlySpan<int> rows)
    {
        ReadOnlySpan<int> offsets = column.Offsets;
        NativeBuffer newOffsets = BufferPool.Rent((rows.Length + 1) * sizeof(int));
        int* to = (int*)newOffsets.Pointer;
        long total = 0;
        to[0] = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            total += offsets[rows[i] + 1] - offsets[rows[i]];
            to[i + 1] = (int)total;
        }

        if (total > BufferPool.MaxCapacity - KernelMemory.Slack)
        {
            newOffsets.Dispose();
            throw ColumnarErrors.ColumnTooLarge(column.Type.ToString());
        }

        NativeBuffer data = KernelMemory.Rent(total, column.Type);
        byte* source = column.DataBuffer.Pointer;
        int lastWhole = column.DataBuffer.Capacity - Vector128<byte>.Count;
        byte* target = data.Pointer;
        for (int i = 0; i < rows.Length; i++)
        {
            int start = offsets[rows[i]];
            int length = offsets[rows[i] + 1] - start;
            // There is room behind the last value, so a short one is one vector.
            if (length <= Vector128<byte>.Count && start <= lastWhole)
            {
                Vector128.Load(source + start).Store(target);
            }
            else
            {
                Buffer.MemoryCopy(source + start, target, length, length);
            }

            target += length;
        }

        return new BinaryColumn(column.Type, rows.Length, newOffsets, data, Validity(column, rows));
    }

    private static ListColumn TakeList(ListColumn column, ReadOnlySpan<int> rows)
    {
        ReadOnlySpan<int> offsets = column.Offsets;
        NativeBuffer newOffsets = BufferPool.Rent((rows.Length + 1) * sizeof(int));
        NativeBuffer? items = null;
        try
        {
            int* to = (int*)newOffsets.Pointer;
            long total = 0;
            to[0] = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                total += offsets[rows[i] + 1] - offsets[rows[i]];
                to[i + 1] = (int)total;
            }

            items = KernelMemory.RentValues((int)Math.Min(total, int.MaxValue), sizeof(int), column.Type);
            int count = (int)total;
            int* item = (int*)items.Pointer;
            foreach (int row in rows)
            {
                for (int i = offsets[row]; i < offsets[row + 1]; i++)
                {
                    *item++ = i;
                }
            }

            Column taken = Rows(column.Items, new ReadOnlySpan<int>(items.Pointer, count));
            var result = new ListColumn(column.Type, rows.Length, newOffsets.Share(), taken, Validity(column, rows));
            return result;
        }
        finally
        {
            items?.Dispose();
            newOffsets.Dispose();
        }
    }

    private static StructColumn TakeStruct(StructColumn column, ReadOnlySpan<int> rows)
        => new(column.Type, rows.Length, All(column.Fields, rows), Validity(column, rows));

    private static Column[] All(IReadOnlyList<Column> columns, ReadOnlySpan<int> rows)
        => ColumnArrays.Make(columns.Count, new Chosen(columns, rows), static (chosen, i) => Rows(chosen.Columns[i], chosen.Rows));

    private static DictionaryColumn TakeDictionary(DictionaryColumn column, ReadOnlySpan<int> rows)
        => new(column.Type, rows.Length, TakeValues(column.Type, column.Indices, rows), column.Dictionary.Share(), Validity(column, rows));

    private static NativeBuffer TakeValues<T>(DataType type, ReadOnlySpan<T> values, ReadOnlySpan<int> rows)
        where T : unmanaged
    {
        NativeBuffer result = KernelMemory.RentValues(rows.Length, sizeof(T), type);
        T* target = (T*)result.Pointer;
        for (int i = 0; i < rows.Length; i++)
        {
            target[i] = values[rows[i]];
        }

        return result;
    }

    private readonly ref struct Chosen(IReadOnlyList<Column> columns, ReadOnlySpan<int> rows)
    {
        public IReadOnlyList<Column> Columns { get; } = columns;

        public ReadOnlySpan<int> Rows { get; } = rows;
    }

    private readonly ref struct FixedVisitor(Column column, ReadOnlySpan<int> rows) : IFixedVisitor<Column>
    {
        private readonly ReadOnlySpan<int> _rows = rows;

        public Column Visit<T>(DataType type)
            where T : unmanaged
            => new FixedColumn<T>(type, _rows.Length, TakeValues(type, ((FixedColumn<T>)column).Values, _rows), Validity(column, _rows));

        public Column VisitBinary(DataType type) => throw new System.Diagnostics.UnreachableException();
    }
}
