using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Values of at most 8 bytes as words such that equal values, and only those, have equal words. Nulls have any word.</summary>
internal static unsafe class KeyWords
{
    public static bool Fit(DataType type) => type.Layout == TypeLayout.Bit || (type.Layout == TypeLayout.Fixed && type.ByteWidth <= 8 && type.Id != TypeId.FixedBinary);

    /// <summary>The words of a column: its own memory where its values are words already, otherwise written to <paramref name="scratch"/>.</summary>
    public static ulong* Of(Column column, GrowingArray<ulong> scratch)
    {
        if (column is FixedColumn<long> or FixedColumn<ulong>)
        {
            return (ulong*)FixedMemory.Start(column);
        }

        scratch.Resize(column.Length);
        ulong* words = scratch.Pointer;
        int rows = column.Length;
        switch (column)
        {
            case BooleanColumn booleans:
                Bitmap values = booleans.Values;
                for (int i = 0; i < rows; i++)
                {
                    words[i] = values[i] ? 1UL : 0;
                }

                break;
            case FixedColumn<float> floats:
                Floats(floats.Values, words);
                break;
            case FixedColumn<double> doubles:
                Doubles(doubles.Values, words);
                break;
            default:
                Integers(FixedMemory.Start(column), column.Type.ByteWidth, rows, words);
                break;
        }

        return words;
    }

    private static void Integers(byte* source, int width, int rows, ulong* words)
    {
        switch (width)
        {
            case 1:
                for (int i = 0; i < rows; i++)
                {
                    words[i] = source[i];
                }

                break;
            case 2:
                for (int i = 0; i < rows; i++)
                {
                    words[i] = ((ushort*)source)[i];
                }

                break;
            default:
                for (int i = 0; i < rows; i++)
                {
                    words[i] = ((uint*)source)[i];
                }

                break;
        }
    }

    // One word for both zeros and one for all NaN, as they are equal.
    private static void Doubles(ReadOnlySpan<double> values, ulong* words)
    {
        foreach (double value in values)
        {
            *words++ = Word(value);
        }
    }

    private static void Floats(ReadOnlySpan<float> values, ulong* words)
    {
        foreach (float value in values)
        {
            *words++ = Word(value);
        }
    }

    /// <summary>The word of a number.</summary>
    public static ulong Word(double value) => BitConverter.DoubleToUInt64Bits(double.IsNaN(value) ? double.NaN : value + 0.0);
}
