namespace Millrace.Columnar;

/// <summary>Rows out of several batches of one schema, in any order and any number of times. Results are the caller's.</summary>
public static unsafe class Gather
{
    /// <param name="batches">At least one; borrowed.</param>
    /// <param name="batchOf">The number of the batch of each row; the caller vouches that it exists.</param>
    /// <param name="rows">The number of each row in its batch; the caller vouches that it exists.</param>
    public static RecordBatch Rows(IReadOnlyList<RecordBatch> batches, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows)
    {
        if (batches.Count == 1)
        {
            return Take.Rows(batches[0], rows);
        }

        Schema schema = batches[0].Schema;
        Column[] columns = ColumnArrays.Make(schema.Count, new Chosen(batches, batchOf, rows), static (chosen, i) => Rows([.. chosen.Batches.Select(b => b[i])], chosen.BatchOf, chosen.Rows));
        return new RecordBatch(schema, rows.Length, columns);
    }

    private static Column Rows(Column[] parts, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows) => parts[0] switch
    {
        BooleanColumn => new BooleanColumn(rows.Length, TakeBits(Array.ConvertAll(parts, p => new Source(((BooleanColumn)p).Values)), batchOf, rows), Validity(parts, batchOf, rows)),
        BinaryColumn => TakeBinary(Array.ConvertAll(parts, p => (BinaryColumn)p), batchOf, rows),
        ListColumn or StructColumn or DictionaryColumn => TakeNested(parts, batchOf, rows),
        _ => FixedMemory.Make(parts[0].Type, rows.Length, TakeFixed(parts, batchOf, rows), Validity(parts, batchOf, rows), -1),
    };

    private static NativeBuffer? Validity(Column[] parts, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows)
        => Array.Exists(parts, p => p.HasNulls) ? TakeBits(Array.ConvertAll(parts, p => new Source(p.Validity)), batchOf, rows) : null;

    private static NativeBuffer TakeBits(Source[] sources, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows)
    {
        NativeBuffer result = BufferPool.Rent(Bits.ByteCount(rows.Length));
        byte* target = result.Pointer;
        for (int start = 0; start < rows.Length; start += 8)
        {
            int count = Math.Min(8, rows.Length - start);
            int word = 0;
            for (int i = 0; i < count; i++)
            {
                Source source = sources[batchOf[start + i]];
                int at = source.Offset + rows[start + i];
                word |= (source.Start == null ? 1 : (source.Start[at >> 3] >> (at & 7)) & 1) << i;
            }

            target[start >> 3] = (byte)word;
        }

        return result;
    }

    private static NativeBuffer TakeFixed(Column[] parts, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows)
    {
        DataType type = parts[0].Type;
        int width = type.ByteWidth;
        NativeBuffer result = KernelMemory.RentValues(rows.Length, width, type);
        Source[] sources = Array.ConvertAll(parts, p => new Source(FixedMemory.Start(p)));
        switch (width)
        {
            case 1: Copy<byte>(sources, batchOf, rows, result.Pointer); break;
            case 2: Copy<short>(sources, batchOf, rows, result.Pointer); break;
            case 4: Copy<int>(sources, batchOf, rows, result.Pointer); break;
            case 8: Copy<long>(sources, batchOf, rows, result.Pointer); break;
            case 16: Copy<Int128>(sources, batchOf, rows, result.Pointer); break;
            default:
                for (int i = 0; i < rows.Length; i++)
                {
                    new ReadOnlySpan<byte>(sources[batchOf[i]].Start + ((long)rows[i] * width), width).CopyTo(new Span<byte>(result.Pointer + ((long)i * width), width));
                }

                break;
        }

        return result;
    }

    private static void Copy<T>(Source[] sources, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows, byte* target)
        where T : unmanaged
    {
        var to = (T*)target;
        for (int i = 0; i < rows.Length; i++)
        {
            to[i] = ((T*)sources[batchOf[i]].Start)[rows[i]];
        }
    }

    private static BinaryColumn TakeBinary(BinaryColumn[] parts, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows)
    {
        DataType type = parts[0].Type;
        NativeBuffer offsets = KernelMemory.RentValues(rows.Length + 1, sizeof(int), type);
        NativeBuffer? data = null;
        NativeBuffer? validity = null;
        try
        {
            Source[] ends = Array.ConvertAll(parts, p => new Source(p.OffsetsBuffer.Pointer, p.Offset));
            int* to = (int*)offsets.Pointer;
            long total = 0;
            to[0] = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                Source end = ends[batchOf[i]];
                int* from = (int*)end.Start + end.Offset + rows[i];
                total += from[1] - from[0];
                to[i + 1] = (int)total;
            }

            data = KernelMemory.RentValues((int)Math.Min(total, int.MaxValue), 1, type);
            for (int i = 0; i < rows.Length; i++)
            {
                parts[batchOf[i]][rows[i]].CopyTo(new Span<byte>(data.Pointer + to[i], to[i + 1] - to[i]));
            }

            validity = Validity(parts, batchOf, rows);
            return new BinaryColumn(type, rows.Length, offsets.Share(), data.Share(), validity?.Share());
        }
        finally
        {
            offsets.Dispose();
            data?.Dispose();
            validity?.Dispose();
        }
    }

    // Part by part, and then into the order that was asked for.
    private static Column TakeNested(Column[] parts, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows)
    {
        var chosen = new List<int>[parts.Length];
        var firsts = new int[parts.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            (chosen[batchOf[i]] ??= []).Add(rows[i]);
        }

        for (int part = 1; part < parts.Length; part++)
        {
            firsts[part] = firsts[part - 1] + (chosen[part - 1]?.Count ?? 0);
        }

        var order = new int[rows.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = firsts[batchOf[i]]++;
        }

        Column[] taken = ColumnArrays.Make(parts.Length, (parts, chosen), static (s, i) => Take.Rows(s.parts[i], s.chosen[i]?.ToArray()));
        try
        {
            using Column all = Concat.Columns(taken);
            return Take.Rows(all, order);
        }
        finally
        {
            Array.ForEach(taken, c => c.Dispose());
        }
    }

    // Where values of a part begin; bits from an offset on. Lives as long as the column.
    private readonly struct Source(byte* start, int offset = 0)
    {
        public Source(Bitmap bits)
            : this(bits.Pointer, bits.Offset)
        {
        }

        public byte* Start { get; } = start;

        public int Offset { get; } = offset;
    }

    private readonly ref struct Chosen(IReadOnlyList<RecordBatch> batches, ReadOnlySpan<int> batchOf, ReadOnlySpan<int> rows)
    {
        public IReadOnlyList<RecordBatch> Batches { get; } = batches;

        public ReadOnlySpan<int> BatchOf { get; } = batchOf;

        public ReadOnlySpan<int> Rows { get; } = rows;
    }
}
