using System.Numerics;
using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>
/// A 64-bit word for each value, such that equal values of a type have equal words wherever they stand: in a slice, in a
/// dictionary, nested. Whole numbers of all widths have the same word for the same number.
/// </summary>
internal static unsafe class HashWords
{
    private const ulong Null = 0xA5F3_06C4_9D1B_E827;
    private const ulong Struct = 0x51ED_270B_4C9F_3A61;
    private const ulong List = 0xC2B2_AE3D_27D4_EB4F;

    /// <summary>Writes a word for each row.</summary>
    public static void Write(Column column, ulong* words)
    {
        Values(column, words);
        if (!column.HasNulls)
        {
            return;
        }

        for (int at = 0; at < column.Length; at += 64)
        {
            ulong nulls = ~column.Validity.Word(at);
            int end = Math.Min(64, column.Length - at);
            for (; nulls != 0 && BitOperations.TrailingZeroCount(nulls) < end; nulls &= nulls - 1)
            {
                words[at + BitOperations.TrailingZeroCount(nulls)] = Null;
            }
        }
    }

    private static void Values(Column column, ulong* words)
    {
        switch (column)
        {
            case FixedColumn<long> c: c.Values.CopyTo(new Span<long>(words, c.Length)); break;
            case FixedColumn<ulong> c: c.Values.CopyTo(new Span<ulong>(words, c.Length)); break;
            case FixedColumn<int> c: Widen((int*)FixedMemory.Start(c), c.Length, (long*)words); break;
            case FixedColumn<sbyte> c: Numbers(c, words); break;
            case FixedColumn<short> c: Numbers(c, words); break;
            case FixedColumn<byte> c: Numbers(c, words); break;
            case FixedColumn<ushort> c: Numbers(c, words); break;
            case FixedColumn<uint> c: Numbers(c, words); break;
            case FixedColumn<float> c: Floats(c, words); break;
            case FixedColumn<double> c: Floats(c, words); break;
            case FixedColumn<Int128> c: Decimals(c, words); break;
            case FixedColumn<Interval> c: Intervals(c, words); break;
            case BooleanColumn c: Booleans(c, words); break;
            case BinaryColumn c: Bytes(new OffsetRows(c), c.Length, words); break;
            case FixedBinaryColumn c: Bytes(new FixedRows(c), c.Length, words); break;
            case DictionaryColumn c: Dictionary(c, words); break;
            case StructColumn c: Structs(c, words); break;
            case ListColumn c: Lists(c, words); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void Widen(int* source, int rows, long* target)
    {
        int row = 0;
        for (; row <= rows - Vector256<int>.Count; row += Vector256<int>.Count)
        {
            (Vector256<long> lower, Vector256<long> upper) = Vector256.Widen(Vector256.Load(source + row));
            lower.Store(target + row);
            upper.Store(target + row + Vector256<long>.Count);
        }

        for (; row < rows; row++)
        {
            target[row] = source[row];
        }
    }

    private static void Numbers<T>(FixedColumn<T> column, ulong* words)
        where T : unmanaged, IBinaryInteger<T>
    {
        foreach (T value in column.Values)
        {
            *words++ = ulong.CreateTruncating(value);
        }
    }

    // One word for both zeros and one for all NaN, as they are equal.
    private static void Floats<T>(FixedColumn<T> column, ulong* words)
        where T : unmanaged, IFloatingPoint<T>
    {
        foreach (T value in column.Values)
        {
            double wide = double.CreateTruncating(value);
            *words++ = double.IsNaN(wide) ? BitConverter.DoubleToUInt64Bits(double.NaN) : BitConverter.DoubleToUInt64Bits(wide + 0.0);
        }
    }

    private static void Decimals(FixedColumn<Int128> column, ulong* words)
    {
        foreach (Int128 value in column.Values)
        {
            *words++ = Wide(value);
        }
    }

    private static void Intervals(FixedColumn<Interval> column, ulong* words)
    {
        foreach (Interval value in column.Values)
        {
            *words++ = Wide(IntervalOrder.Length(value));
        }
    }

    private static ulong Wide(Int128 value) => Mixer.Fold((ulong)value ^ Struct, (ulong)(value >> 64) ^ List);

    private static void Booleans(BooleanColumn column, ulong* words)
    {
        Bitmap values = column.Values;
        for (int row = 0; row < column.Length; row++)
        {
            words[row] = values[row] ? 1UL : 0;
        }
    }

    private static void Bytes<TRows>(TRows source, int rows, ulong* words)
        where TRows : struct, IByteRows
    {
        for (int row = 0; row < rows; row++)
        {
            byte* value = source.Get(row, out int length);
            words[row] = Mixer.Bytes(value, length);
        }
    }

    private static void Dictionary(DictionaryColumn column, ulong* words)
    {
        using NativeBuffer scratch = KernelMemory.Rent((long)column.Dictionary.Length * sizeof(ulong), column.Type);
        var values = (ulong*)scratch.Pointer;
        Write(column.Dictionary, values);
        foreach (int index in column.Indices)
        {
            *words++ = values[index];
        }
    }

    private static void Structs(StructColumn column, ulong* words)
    {
        new Span<ulong>(words, column.Length).Fill(Struct);
        using NativeBuffer scratch = KernelMemory.Rent((long)column.Length * sizeof(ulong), column.Type);
        foreach (Column field in column.Fields)
        {
            Write(field, (ulong*)scratch.Pointer);
            Mixer.Step(words, (ulong*)scratch.Pointer, column.Length);
        }
    }

    private static void Lists(ListColumn column, ulong* words)
    {
        ReadOnlySpan<int> offsets = column.Offsets;
        int first = offsets[0];
        using Column used = column.Items.Slice(first, offsets[^1] - first);
        using NativeBuffer scratch = KernelMemory.Rent((long)used.Length * sizeof(ulong), column.Type);
        var items = (ulong*)scratch.Pointer;
        Write(used, items);
        for (int row = 0; row < column.Length; row++)
        {
            ulong hash = List;
            for (int i = offsets[row]; i < offsets[row + 1]; i++)
            {
                hash = Mixer.Step(hash, items[i - first]);
            }

            words[row] = hash;
        }
    }
}
