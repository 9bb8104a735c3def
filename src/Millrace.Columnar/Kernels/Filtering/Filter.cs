namespace Millrace.Columnar;

/// <summary>
/// Keeps the rows at the ones of a mask. When all rows pass, the input is shared; when none does, nothing is copied;
/// dictionaries are shared. The caller owns the result.
/// </summary>
public static unsafe class Filter
{
    /// <summary>Keeps rows by a condition; null counts as false.</summary>
    public static Column Apply(Column source, BooleanColumn condition)
    {
        using NativeBuffer? scratch = TrueBits(condition, out Bitmap mask);
        return Apply(source, mask);
    }

    /// <summary>Keeps rows by a condition; null counts as false.</summary>
    public static RecordBatch Apply(RecordBatch source, BooleanColumn condition)
    {
        using NativeBuffer? scratch = TrueBits(condition, out Bitmap mask);
        return Apply(source, mask);
    }

    public static RecordBatch Apply(RecordBatch source, Bitmap mask)
    {
        RequireLength(source.Length, mask.Length);
        int count = mask.CountOnes();
        if (count == source.Length)
        {
            return source.Share();
        }

        Column[] columns = ColumnArrays.Make(source.Columns.Count, (source, new Rows(mask, count)), static (s, i) => Select(s.source[i], s.Item2));
        return new RecordBatch(source.Schema, count, columns);
    }

    public static Column Apply(Column source, Bitmap mask)
    {
        RequireLength(source.Length, mask.Length);
        return Select(source, new Rows(mask, mask.CountOnes()));
    }

    private static Column Select(Column source, Rows rows)
    {
        if (rows.Count == source.Length)
        {
            return source.Share();
        }

        if (rows.Count == 0)
        {
            return source.Slice(0, 0);
        }

        return source switch
        {
            BooleanColumn c => Booleans(c, rows),
            BinaryColumn c => Binary(c, rows),
            ListColumn c => Lists(c, rows),
            StructColumn c => Structs(c, rows),
            DictionaryColumn c => Dictionary(c, rows),
            _ => Fixed(source, rows),
        };
    }

    private static Column Fixed(Column source, Rows rows)
    {
        int width = source.Type.ByteWidth;
        NativeBuffer values = KernelMemory.Rent((long)rows.Count * width, source.Type);
        CompactFixed.Copy(FixedMemory.Start(source), width, rows.Mask, values.Pointer);
        NativeBuffer? validity = Validity(source, rows, out int nulls);
        return FixedMemory.Make(source.Type, rows.Count, values, validity, nulls);
    }

    private static BooleanColumn Booleans(BooleanColumn source, Rows rows)
    {
        NativeBuffer values = KernelMemory.RentBits(rows.Count);
        CompactBits.Copy(source.Values, rows.Mask, (ulong*)values.Pointer);
        NativeBuffer? validity = Validity(source, rows, out int nulls);
        return new BooleanColumn(rows.Count, values, validity, nullCount: nulls);
    }

    private static BinaryColumn Binary(BinaryColumn source, Rows rows)
    {
        int* from = (int*)source.OffsetsBuffer.Pointer + source.Offset;
        NativeBuffer offsets = KernelMemory.Rent((rows.Count + 1L) * sizeof(int), source.Type);
        int bytes = CompactBytes.Offsets(from, rows.Mask, (int*)offsets.Pointer);
        NativeBuffer data = KernelMemory.Rent(bytes, source.Type);
        CompactBytes.Data(source.DataBuffer.Pointer, source.DataBuffer.Capacity, from, rows.Mask, data.Pointer);
        NativeBuffer? validity = Validity(source, rows, out int nulls);
        return new BinaryColumn(source.Type, rows.Count, offsets, data, validity, nullCount: nulls);
    }

    private static ListColumn Lists(ListColumn source, Rows rows)
    {
        int* from = (int*)source.OffsetsBuffer.Pointer + source.Offset;
        using NativeBuffer chosen = BufferPool.RentZeroed(Bits.ByteCount(source.Items.Length));
        var runs = new BitRuns(rows.Mask);
        while (runs.Next(out int start, out int count))
        {
            Bits.Fill(chosen.Pointer, from[start], from[start + count] - from[start], true);
        }

        Column items = Apply(source.Items, new Bitmap(chosen.Pointer, 0, source.Items.Length));
        NativeBuffer offsets = KernelMemory.Rent((rows.Count + 1L) * sizeof(int), source.Type);
        CompactBytes.Offsets(from, rows.Mask, (int*)offsets.Pointer);
        NativeBuffer? validity = Validity(source, rows, out int nulls);
        return new ListColumn(source.Type, rows.Count, offsets, items, validity, nullCount: nulls);
    }

    private static StructColumn Structs(StructColumn source, Rows rows)
    {
        Column[] fields = ColumnArrays.Make(source.Fields.Count, (source, rows), static (s, i) => Select(s.source.Fields[i], s.rows));
        NativeBuffer? validity = Validity(source, rows, out int nulls);
        return new StructColumn(source.Type, rows.Count, fields, validity, nullCount: nulls);
    }

    private static DictionaryColumn Dictionary(DictionaryColumn source, Rows rows)
    {
        NativeBuffer indices = KernelMemory.Rent((long)rows.Count * sizeof(int), source.Type);
        CompactFixed.Copy((byte*)((int*)source.IndicesBuffer.Pointer + source.Offset), sizeof(int), rows.Mask, indices.Pointer);
        NativeBuffer? validity = Validity(source, rows, out int nulls);
        return new DictionaryColumn(source.Type, rows.Count, indices, source.Dictionary.Share(), validity, nullCount: nulls);
    }

    private static NativeBuffer? Validity(Column source, Rows rows, out int nulls)
    {
        nulls = 0;
        if (!source.HasNulls)
        {
            return null;
        }

        NativeBuffer validity = KernelMemory.RentBits(rows.Count);
        nulls = rows.Count - CompactBits.Copy(source.Validity, rows.Mask, (ulong*)validity.Pointer);
        if (nulls > 0)
        {
            return validity;
        }

        validity.Dispose();
        return null;
    }

    // The rows where the condition is true and not null; scratch memory only if there are nulls.
    private static NativeBuffer? TrueBits(BooleanColumn condition, out Bitmap mask)
    {
        if (!condition.HasNulls)
        {
            mask = condition.Values;
            return null;
        }

        NativeBuffer scratch = KernelMemory.RentBits(condition.Length);
        var words = (ulong*)scratch.Pointer;
        for (int at = 0; at < condition.Length; at += 64)
        {
            words[at >> 6] = condition.Values.Word(at) & condition.Validity.Word(at);
        }

        mask = new Bitmap(scratch.Pointer, 0, condition.Length);
        return scratch;
    }

    private static void RequireLength(int rows, int mask)
    {
        if (rows != mask)
        {
            throw new ArgumentException($"A mask of {mask} rows does not fit {rows} rows.");
        }
    }

    private readonly struct Rows(Bitmap mask, int count)
    {
        public Bitmap Mask { get; } = mask;

        public int Count { get; } = count;
    }
}
