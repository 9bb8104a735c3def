using System.Numerics;

namespace Millrace.Columnar;

/// <summary>
/// 64-bit words that order as the values do. Where a value does not fit a word, its word orders it against most others,
/// and equal words say nothing.
/// </summary>
internal static unsafe class SortWords
{
    private const ulong Sign = 1UL << 63;
    private const int BytesPerWord = 7;

    /// <summary>Whether there are words for more of a value than its first bytes.</summary>
    public static bool HasMore(Column column) => column is BinaryColumn or FixedBinaryColumn || (column is DictionaryColumn d && HasMore(d.Dictionary));

    /// <summary>Writes the words of some rows, none of them null. Returns whether equal words mean equal values.</summary>
    /// <param name="column">The values.</param>
    /// <param name="rows">The rows, in any order.</param>
    /// <param name="words">A word for each.</param>
    /// <param name="part">0, or which of the following seven bytes, if the values <see cref="HasMore"/> and are equal before.</param>
    public static bool Write(Column column, ReadOnlySpan<int> rows, ulong* words, int part)
    {
        switch (column)
        {
            case FixedColumn<sbyte> c: return Signed(c, rows, words);
            case FixedColumn<short> c: return Signed(c, rows, words);
            case FixedColumn<int> c: return Signed(c, rows, words);
            case FixedColumn<long> c: return Signed(c, rows, words);
            case FixedColumn<byte> c: return Unsigned(c, rows, words);
            case FixedColumn<ushort> c: return Unsigned(c, rows, words);
            case FixedColumn<uint> c: return Unsigned(c, rows, words);
            case FixedColumn<ulong> c: return Unsigned(c, rows, words);
            case FixedColumn<float> c: return Floats(c, rows, words);
            case FixedColumn<double> c: return Floats(c, rows, words);
            case FixedColumn<Int128> c: return Decimals(c, rows, words);
            case FixedColumn<Interval> c: return Intervals(c, rows, words);
            case BooleanColumn c: return Booleans(c, rows, words);
            case BinaryColumn c: return Bytes(new OffsetRows(c), rows, words, part);
            case FixedBinaryColumn c: return Bytes(new FixedRows(c), rows, words, part);
            case DictionaryColumn c: return Dictionary(c, rows, words, part);
            default:
                new Span<ulong>(words, rows.Length).Clear();
                return false;
        }
    }

    private static bool Signed<T>(FixedColumn<T> column, ReadOnlySpan<int> rows, ulong* words)
        where T : unmanaged, IBinaryInteger<T>
    {
        var values = (T*)FixedMemory.Start(column);
        foreach (int row in rows)
        {
            *words++ = ulong.CreateTruncating(values[row]) ^ Sign;
        }

        return true;
    }

    private static bool Unsigned<T>(FixedColumn<T> column, ReadOnlySpan<int> rows, ulong* words)
        where T : unmanaged, IBinaryInteger<T>
    {
        var values = (T*)FixedMemory.Start(column);
        foreach (int row in rows)
        {
            *words++ = ulong.CreateTruncating(values[row]);
        }

        return true;
    }

    // Of negative numbers all bits are turned round, of others the sign; NaN is above all.
    private static bool Floats<T>(FixedColumn<T> column, ReadOnlySpan<int> rows, ulong* words)
        where T : unmanaged, IFloatingPoint<T>
    {
        var values = (T*)FixedMemory.Start(column);
        foreach (int row in rows)
        {
            double value = double.CreateTruncating(values[row]);
            long bits = BitConverter.DoubleToInt64Bits(value + 0.0);
            *words++ = double.IsNaN(value) ? ulong.MaxValue : (ulong)bits ^ ((ulong)(bits >> 63) | Sign);
        }

        return true;
    }

    private static bool Decimals(FixedColumn<Int128> column, ReadOnlySpan<int> rows, ulong* words)
    {
        var values = (Int128*)FixedMemory.Start(column);
        bool exact = true;
        foreach (int row in rows)
        {
            *words++ = Saturated(values[row], ref exact);
        }

        return exact;
    }

    private static bool Intervals(FixedColumn<Interval> column, ReadOnlySpan<int> rows, ulong* words)
    {
        var values = (Interval*)FixedMemory.Start(column);
        bool exact = true;
        foreach (int row in rows)
        {
            *words++ = Saturated(IntervalOrder.Length(values[row]), ref exact);
        }

        return exact;
    }

    private static ulong Saturated(Int128 value, ref bool exact)
    {
        long word = value < long.MinValue ? long.MinValue : value > long.MaxValue ? long.MaxValue : (long)value;
        exact &= word == value;
        return (ulong)word ^ Sign;
    }

    private static bool Booleans(BooleanColumn column, ReadOnlySpan<int> rows, ulong* words)
    {
        Bitmap values = column.Values;
        foreach (int row in rows)
        {
            *words++ = values[row] ? 1UL : 0;
        }

        return true;
    }

    // Seven bytes and the length, of which all above seven count as eight: equal words of shorter strings are equal strings.
    private static bool Bytes<TRows>(TRows source, ReadOnlySpan<int> rows, ulong* words, int part)
        where TRows : struct, IByteRows
    {
        int longest = 0;
        int before = part * BytesPerWord;
        foreach (int row in rows)
        {
            byte* value = source.Get(row, out int length);
            value += Math.Min(before, length);
            length = Math.Max(length - before, 0);
            longest = Math.Max(longest, length);
            *words++ = (ByteStrings.Prefix(value, length) & ~0xFFUL) | (uint)Math.Min(length, BytesPerWord + 1);
        }

        return longest <= BytesPerWord;
    }

    private static bool Dictionary(DictionaryColumn column, ReadOnlySpan<int> rows, ulong* words, int part)
    {
        using NativeBuffer scratch = BufferPool.Rent(rows.Length * sizeof(int));
        var mapped = new Span<int>((int*)scratch.Pointer, rows.Length);
        ReadOnlySpan<int> indices = column.Indices;
        for (int i = 0; i < rows.Length; i++)
        {
            mapped[i] = indices[rows[i]];
        }

        return Write(column.Dictionary, mapped, words, part);
    }
}
