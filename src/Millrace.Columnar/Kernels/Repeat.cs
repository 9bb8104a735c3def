namespace Millrace.Columnar;

/// <summary>One value as a column of many rows. The caller owns the result.</summary>
public static unsafe class Repeat
{
    /// <param name="value">Borrowed; its first row is repeated.</param>
    /// <param name="rows">Rows of the result.</param>
    public static Column Row(Column value, int rows)
    {
        switch (value)
        {
            case DictionaryColumn:
            case BinaryColumn:
            case ListColumn:
            case StructColumn:
                using (NativeBuffer zeros = BufferPool.RentZeroed(checked(rows * sizeof(int))))
                {
                    return Take.Rows(value, new ReadOnlySpan<int>(zeros.Pointer, rows));
                }

            case BooleanColumn booleans:
                NativeBuffer bits = KernelMemory.RentBits(rows);
                Bits.Fill(bits.Pointer, 0, rows, booleans.Values[0]);
                return new BooleanColumn(rows, bits, Validity(value, rows), nullCount: value.IsNull(0) ? rows : 0);
            default:
                int width = value.Type.ByteWidth;
                NativeBuffer values = KernelMemory.RentValues(rows, width, value.Type);
                Fill(FixedMemory.Start(value), width, values.Pointer, rows);
                return FixedMemory.Make(value.Type, rows, values, Validity(value, rows), value.IsNull(0) ? rows : 0);
        }
    }

    private static void Fill(byte* value, int width, byte* target, int rows)
    {
        switch (width)
        {
            case 4: new Span<int>(target, rows).Fill(*(int*)value); break;
            case 8: new Span<long>(target, rows).Fill(*(long*)value); break;
            default:
                for (int row = 0; row < rows; row++)
                {
                    new ReadOnlySpan<byte>(value, width).CopyTo(new Span<byte>(target + ((long)row * width), width));
                }

                break;
        }
    }

    private static NativeBuffer? Validity(Column value, int rows)
    {
        if (!value.IsNull(0))
        {
            return null;
        }

        NativeBuffer validity = KernelMemory.RentBits(rows);
        Bits.Fill(validity.Pointer, 0, rows, false);
        return validity;
    }
}
