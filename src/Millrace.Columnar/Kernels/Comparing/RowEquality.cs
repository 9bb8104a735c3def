using System.Numerics;

namespace Millrace.Columnar;

/// <summary>Whether rows of one batch equal rows of another, column by column; null equals null. Equality is that of <see cref="Compare"/>.</summary>
public static unsafe class RowEquality
{
    /// <summary>Compares pairs of rows by number.</summary>
    /// <param name="left">Columns of equal length.</param>
    /// <param name="leftRows">The left row of each pair; the caller vouches that they exist.</param>
    /// <param name="right">Columns of the same types.</param>
    /// <param name="rightRows">The right row of each pair.</param>
    /// <param name="equal">A result for each pair.</param>
    public static void Test(ReadOnlySpan<Column> left, ReadOnlySpan<int> leftRows, ReadOnlySpan<Column> right, ReadOnlySpan<int> rightRows, Span<bool> equal)
    {
        if (left.Length != right.Length || leftRows.Length != rightRows.Length || leftRows.Length != equal.Length)
        {
            throw new ArgumentException("Columns, row numbers and results do not go in pairs.");
        }

        equal.Fill(true);
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i].HasNulls || right[i].HasNulls)
            {
                Nulls(left[i].Validity, leftRows, right[i].Validity, rightRows, equal);
            }

            Values(left[i], leftRows, right[i], rightRows, equal);
        }
    }

    // Unlike nullness makes a pair unequal; Values then looks at pairs of values only.
    private static void Nulls(Bitmap left, ReadOnlySpan<int> leftRows, Bitmap right, ReadOnlySpan<int> rightRows, Span<bool> equal)
    {
        for (int i = 0; i < equal.Length; i++)
        {
            equal[i] &= left[leftRows[i]] == right[rightRows[i]];
        }
    }

    private static void Values(Column left, ReadOnlySpan<int> leftRows, Column right, ReadOnlySpan<int> rightRows, Span<bool> equal)
    {
        switch (left, right)
        {
            case (FixedColumn<sbyte> a, FixedColumn<sbyte> b): Integers(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<short> a, FixedColumn<short> b): Integers(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<int> a, FixedColumn<int> b): Integers(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<long> a, FixedColumn<long> b): Integers(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<byte> a, FixedColumn<byte> b): Integers(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<ushort> a, FixedColumn<ushort> b): Integers(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<uint> a, FixedColumn<uint> b): Integers(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<ulong> a, FixedColumn<ulong> b): Integers(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<float> a, FixedColumn<float> b): Fixed<float, FloatOrder<float>>(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<double> a, FixedColumn<double> b): Fixed<double, FloatOrder<double>>(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<Int128> a, FixedColumn<Int128> b): Fixed<Int128, Wide<Int128, DecimalOrder>>(a, leftRows, b, rightRows, equal); break;
            case (FixedColumn<Interval> a, FixedColumn<Interval> b): Fixed<Interval, Wide<Interval, IntervalOrder>>(a, leftRows, b, rightRows, equal); break;
            case (BinaryColumn a, BinaryColumn b): Bytes(a, new OffsetRows(a), leftRows, new OffsetRows(b), rightRows, equal); break;
            case (FixedBinaryColumn a, FixedBinaryColumn b): Bytes(a, new FixedRows(a), leftRows, new FixedRows(b), rightRows, equal); break;
            default: RowByRow(left, leftRows, right, rightRows, equal); break;
        }
    }

    private static void Integers<T>(FixedColumn<T> left, ReadOnlySpan<int> leftRows, FixedColumn<T> right, ReadOnlySpan<int> rightRows, Span<bool> equal)
        where T : unmanaged, IBinaryInteger<T> => Fixed<T, IntegerOrder<T>>(left, leftRows, right, rightRows, equal);

    private static void Fixed<T, TOrder>(FixedColumn<T> left, ReadOnlySpan<int> leftRows, FixedColumn<T> right, ReadOnlySpan<int> rightRows, Span<bool> equal)
        where T : unmanaged
        where TOrder : struct, IValueOrder<T>
    {
        var a = (T*)FixedMemory.Start(left);
        var b = (T*)FixedMemory.Start(right);
        if (!left.HasNulls)
        {
            for (int i = 0; i < equal.Length; i++)
            {
                equal[i] &= TOrder.Equal(a[leftRows[i]], b[rightRows[i]]);
            }

            return;
        }

        Bitmap valid = left.Validity;
        for (int i = 0; i < equal.Length; i++)
        {
            equal[i] &= TOrder.Equal(a[leftRows[i]], b[rightRows[i]]) | !valid[leftRows[i]];
        }
    }

    private static void Bytes<TRows>(Column left, TRows leftValues, ReadOnlySpan<int> leftRows, TRows rightValues, ReadOnlySpan<int> rightRows, Span<bool> equal)
        where TRows : struct, IByteRows
    {
        Bitmap valid = left.Validity;
        for (int i = 0; i < equal.Length; i++)
        {
            if (equal[i] && valid[leftRows[i]])
            {
                byte* a = leftValues.Get(leftRows[i], out int aLength);
                byte* b = rightValues.Get(rightRows[i], out int bLength);
                equal[i] = ByteStrings.Equal(a, aLength, b, bLength);
            }
        }
    }

    private static void RowByRow(Column left, ReadOnlySpan<int> leftRows, Column right, ReadOnlySpan<int> rightRows, Span<bool> equal)
    {
        RowComparer comparer = RowComparer.Create(left, right);
        for (int i = 0; i < equal.Length; i++)
        {
            equal[i] = equal[i] && comparer.Compare(leftRows[i], rightRows[i]) == 0;
        }
    }
}
