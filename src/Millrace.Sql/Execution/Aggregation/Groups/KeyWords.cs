using System.Runtime.CompilerServices;
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

    /// <summary>
    /// The words of texts of at most 7 bytes, of which the last byte is the length. Longer ones are noted in
    /// <paramref name="odd"/> and have any word.
    /// </summary>
    public static ulong* OfText(BinaryColumn column, GrowingArray<ulong> scratch, bool* odd)
    {
        const int longest = 7;
        int rows = column.Length;
        scratch.Resize(rows);
        ulong* words = scratch.Pointer;
        fixed (int* offsets = column.Offsets)
        fixed (byte* data = column.Data)
        {
            byte* end = data + column.Data.Length;
            if (rows > 0 && offsets[1] - offsets[0] <= longest && AreEven(offsets, rows))
            {
                Even(data + offsets[0], end, offsets[1] - offsets[0], rows, words);
                return words;
            }

            for (int row = 0; row < rows; row++)
            {
                byte* value = data + offsets[row];
                int length = offsets[row + 1] - offsets[row];
                if (length > longest)
                {
                    odd[row] = true;
                    words[row] = 0;
                    continue;
                }

                ulong word = end - value >= sizeof(ulong) ? Unsafe.ReadUnaligned<ulong>(value) & ((1UL << (8 * length)) - 1) : Tail(value, length);
                words[row] = word | ((ulong)length << 56);
            }
        }

        return words;
    }

    // Whether all values are as long as the first, as codes and flags are.
    private static bool AreEven(int* offsets, int rows)
    {
        int length = offsets[1] - offsets[0];
        if (offsets[rows] - offsets[0] != (long)length * rows)
        {
            return false;
        }

        int odd = 0;
        for (int row = 0; row < rows; row++)
        {
            odd |= (offsets[row + 1] - offsets[row]) ^ length;
        }

        return odd == 0;
    }

    private static void Even(byte* value, byte* end, int length, int rows, ulong* words)
    {
        ulong mark = (ulong)length << 56;
        if (length == 1)
        {
            for (int i = 0; i < rows; i++)
            {
                words[i] = value[i] | mark;
            }

            return;
        }

        ulong mask = (1UL << (8 * length)) - 1;
        int row = 0;
        for (; row < rows && end - value >= sizeof(ulong); row++, value += length)
        {
            words[row] = (Unsafe.ReadUnaligned<ulong>(value) & mask) | mark;
        }

        for (; row < rows; row++, value += length)
        {
            words[row] = Tail(value, length) | mark;
        }
    }

    // Close to the end of the memory, where a whole word cannot be read.
    private static ulong Tail(byte* value, int length)
    {
        ulong word = 0;
        for (int i = 0; i < length; i++)
        {
            word |= (ulong)value[i] << (8 * i);
        }

        return word;
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
