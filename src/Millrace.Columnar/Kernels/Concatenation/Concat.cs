namespace Millrace.Columnar;

/// <summary>Puts columns or batches one after the other. The caller owns the result; the inputs are borrowed.</summary>
public static unsafe class Concat
{
    /// <summary>Batches of one schema as one batch. A single batch is shared, not copied.</summary>
    public static RecordBatch Batches(IReadOnlyList<RecordBatch> batches)
    {
        RequireAny(batches.Count);
        if (batches.Count == 1)
        {
            return batches[0].Share();
        }

        Schema schema = batches[0].Schema;
        Column[] columns = ColumnArrays.Make(schema.Count, batches, static (b, i) => Columns([.. b.Select(x => x[i])]));
        return new RecordBatch(schema, batches.Sum(b => b.Length), columns);
    }

    /// <summary>Columns of one type as one column. A single column is shared, not copied.</summary>
    public static Column Columns(IReadOnlyList<Column> columns)
    {
        RequireAny(columns.Count);
        Column first = columns[0];
        if (columns.Count == 1)
        {
            return first.Share();
        }

        long rows = 0;
        foreach (Column column in columns)
        {
            if (!column.Type.Equals(first.Type))
            {
                throw new ArgumentException($"A column of {column.Type} cannot follow one of {first.Type}.");
            }

            rows += column.Length;
        }

        if (rows > int.MaxValue)
        {
            throw ColumnarErrors.ColumnTooLarge(first.Type.ToString());
        }

        return first switch
        {
            ListColumn => Lists(columns, (int)rows),
            StructColumn => Structs(columns, (int)rows),
            DictionaryColumn d when columns.All(c => ReferenceEquals(((DictionaryColumn)c).Dictionary, d.Dictionary)) => OneDictionary(columns, (int)rows),
            DictionaryColumn => Dictionaries(columns, (int)rows),
            _ => Plain(columns, (int)rows),
        };
    }

    private static Column Plain(IReadOnlyList<Column> columns, int rows)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(columns[0].Type, columns[0] is BinaryColumn ? 0 : rows);
        if (builder is BinaryBuilder binary)
        {
            long bytes = columns.Sum(c => (long)((BinaryColumn)c).DataLength);
            binary.Reserve(rows, bytes <= BufferPool.MaxCapacity ? (int)bytes : throw ColumnarErrors.ColumnTooLarge(builder.Type.ToString()));
        }

        foreach (Column column in columns)
        {
            builder.AppendRange(column, 0, column.Length);
        }

        return builder.Build();
    }

    private static StructColumn Structs(IReadOnlyList<Column> columns, int rows)
    {
        Column[] fields = ColumnArrays.Make(columns[0].Type.Children.Count, columns, static (all, i) => Columns([.. all.Select(c => ((StructColumn)c).Fields[i])]));
        NativeBuffer? validity = Validity(columns, rows, out int nulls);
        return new StructColumn(columns[0].Type, rows, fields, validity, nullCount: nulls);
    }

    private static ListColumn Lists(IReadOnlyList<Column> columns, int rows)
    {
        // Only the items in use: a slice carries those of its neighbours too.
        Column[] used = ColumnArrays.Make(columns.Count, columns, static (all, i) => UsedItems((ListColumn)all[i]));
        try
        {
            Column items = Columns(used);
            NativeBuffer offsets = KernelMemory.Rent((rows + 1L) * sizeof(int), columns[0].Type);
            int* target = (int*)offsets.Pointer;
            *target++ = 0;
            int before = 0;
            foreach (Column column in columns)
            {
                ReadOnlySpan<int> source = ((ListColumn)column).Offsets;
                int shift = before - source[0];
                for (int i = 1; i < source.Length; i++)
                {
                    *target++ = source[i] + shift;
                }

                before += source[^1] - source[0];
            }

            NativeBuffer? validity = Validity(columns, rows, out int nulls);
            return new ListColumn(columns[0].Type, rows, offsets, items, validity, nullCount: nulls);
        }
        finally
        {
            foreach (Column column in used)
            {
                column.Dispose();
            }
        }
    }

    private static Column UsedItems(ListColumn column)
    {
        ReadOnlySpan<int> offsets = column.Offsets;
        return column.Items.Slice(offsets[0], offsets[^1] - offsets[0]);
    }

    private static DictionaryColumn OneDictionary(IReadOnlyList<Column> columns, int rows)
        => Indexed(columns, rows, ((DictionaryColumn)columns[0]).Dictionary.Share(), shifted: false);

    private static DictionaryColumn Dictionaries(IReadOnlyList<Column> columns, int rows)
        => Indexed(columns, rows, Columns([.. columns.Select(c => ((DictionaryColumn)c).Dictionary)]), shifted: true);

    private static DictionaryColumn Indexed(IReadOnlyList<Column> columns, int rows, Column dictionary, bool shifted)
    {
        NativeBuffer indices = KernelMemory.Rent((long)rows * sizeof(int), columns[0].Type);
        int* target = (int*)indices.Pointer;
        int shift = 0;
        foreach (DictionaryColumn column in columns.Cast<DictionaryColumn>())
        {
            foreach (int index in column.Indices)
            {
                *target++ = index + shift;
            }

            shift += shifted ? column.Dictionary.Length : 0;
        }

        NativeBuffer? validity = Validity(columns, rows, out int nulls);
        return new DictionaryColumn(columns[0].Type, rows, indices, dictionary, validity, nullCount: nulls);
    }

    private static NativeBuffer? Validity(IReadOnlyList<Column> columns, int rows, out int nulls)
    {
        nulls = columns.Sum(c => c.NullCount);
        if (nulls == 0)
        {
            return null;
        }

        NativeBuffer validity = KernelMemory.RentBits(rows);
        int at = 0;
        foreach (Column column in columns)
        {
            Bitmap source = column.Validity;
            if (source.IsAbsent)
            {
                Bits.Fill(validity.Pointer, at, column.Length, true);
            }
            else
            {
                Bits.Copy(source.Pointer, source.Offset, validity.Pointer, at, column.Length);
            }

            at += column.Length;
        }

        return validity;
    }

    private static void RequireAny(int count)
    {
        if (count == 0)
        {
            throw new ArgumentException("There is nothing to put together.");
        }
    }
}
