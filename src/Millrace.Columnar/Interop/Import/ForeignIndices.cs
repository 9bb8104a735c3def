namespace Millrace.Columnar.Interop;

/// <summary>Foreign dictionaries: indices of any width, made ours.</summary>
internal static unsafe class ForeignIndices
{
    /// <summary>Takes over <paramref name="values"/>.</summary>
    public static Column Import(ForeignRows window, ShapeNode node, Column values)
    {
        NativeBuffer? indices = null;
        NativeBuffer? validity = null;
        int count = values.Length;
        try
        {
            if (count == 0)
            {
                values = OneNull(values);
            }

            indices = KernelMemory.Rent((long)window.Length * sizeof(int), node.Type);
            validity = window.ValidityFromZero();
            Copy(window, node.Source, (int*)indices.Pointer);
            Check(window, (int*)indices.Pointer, values, count, ref validity);
            return new DictionaryColumn(node.Type, window.Length, indices, values, validity);
        }
        catch
        {
            indices?.Dispose();
            validity?.Dispose();
            values.Dispose();
            throw;
        }
    }

    // Null rows carry index 0, which has to exist.
    private static Column OneNull(Column values)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(values.Type, 1);
        builder.AppendNull();
        values.Dispose();
        return builder.Build();
    }

    // Indices that do not fit become -1, which no dictionary has.
    private static void Copy(ForeignRows window, string format, int* target)
    {
        int rows = window.Length;
        switch (format)
        {
            case "c": Widen((sbyte*)window.Start(1, 1), rows, target); break;
            case "C": Widen((byte*)window.Start(1, 1), rows, target); break;
            case "s": Widen((short*)window.Start(1, 2), rows, target); break;
            case "S": Widen((ushort*)window.Start(1, 2), rows, target); break;
            case "i": Widen((int*)window.Start(1, 4), rows, target); break;
            case "I": Widen((uint*)window.Start(1, 4), rows, target); break;
            case "l": Widen((long*)window.Start(1, 8), rows, target); break;
            default: Widen((ulong*)window.Start(1, 8), rows, target); break;
        }
    }

    private static void Widen<T>(T* source, int rows, int* target)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (int i = 0; i < rows; i++)
        {
            long value = long.CreateSaturating(source[i]);
            target[i] = value is >= 0 and <= int.MaxValue ? (int)value : -1;
        }
    }

    // A row whose value in the dictionary is null is null itself.
    private static void Check(ForeignRows window, int* indices, Column values, int count, ref NativeBuffer? validity)
    {
        bool nullValues = values.HasNulls;
        for (int row = 0; row < window.Length; row++)
        {
            if (validity is not null && !Bits.Get(validity.Pointer, row))
            {
                indices[row] = 0;
                continue;
            }

            int index = indices[row];
            if ((uint)index >= (uint)count)
            {
                throw ArrowErrors.Invalid($"Row {row} points outside its dictionary of {count} values");
            }

            if (nullValues && values.IsNull(index))
            {
                if (validity is null)
                {
                    validity = KernelMemory.RentBits(window.Length);
                    Bits.Fill(validity.Pointer, 0, window.Length, true);
                }

                Bits.Clear(validity.Pointer, row);
            }
        }
    }
}
