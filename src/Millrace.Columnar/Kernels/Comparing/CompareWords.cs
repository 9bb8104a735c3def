using System.Numerics;
using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>The two tests that all operators are made of, for columns of any type. Nulls are looked at elsewhere.</summary>
internal static unsafe class CompareWords
{
    /// <summary>Whether left equals right, or is less.</summary>
    /// <param name="left">Rows, or one row that stands for all.</param>
    /// <param name="right">As <paramref name="left"/>, of the same type.</param>
    /// <param name="rows">How many.</param>
    /// <param name="target">A word for each 64 rows; bits past the last row are zero.</param>
    /// <typeparam name="TTest">Which of the two.</typeparam>
    public static void Test<TTest>(Side left, Side right, int rows, ulong* target)
        where TTest : struct, IValueTest
    {
        switch (left.Column, right.Column)
        {
            case (BooleanColumn a, BooleanColumn b): Booleans<TTest>(a, left.IsConstant, b, right.IsConstant, rows, target); break;
            case (BinaryColumn a, BinaryColumn b): Strings<OffsetRows, TTest>(new(a), left.IsConstant, new(b), right.IsConstant, rows, target); break;
            case (FixedBinaryColumn { Width: 16 }, FixedBinaryColumn { Width: 16 }): Fixed<UInt128, Wide<UInt128, UuidOrder>, TTest>(left, right, rows, target); break;
            case (FixedBinaryColumn a, FixedBinaryColumn b): Strings<FixedRows, TTest>(new(a), left.IsConstant, new(b), right.IsConstant, rows, target); break;
            case (FixedColumn<sbyte>, FixedColumn<sbyte>): Integers<sbyte, TTest>(left, right, rows, target); break;
            case (FixedColumn<short>, FixedColumn<short>): Integers<short, TTest>(left, right, rows, target); break;
            case (FixedColumn<int>, FixedColumn<int>): Integers<int, TTest>(left, right, rows, target); break;
            case (FixedColumn<long>, FixedColumn<long>): Integers<long, TTest>(left, right, rows, target); break;
            case (FixedColumn<byte>, FixedColumn<byte>): Integers<byte, TTest>(left, right, rows, target); break;
            case (FixedColumn<ushort>, FixedColumn<ushort>): Integers<ushort, TTest>(left, right, rows, target); break;
            case (FixedColumn<uint>, FixedColumn<uint>): Integers<uint, TTest>(left, right, rows, target); break;
            case (FixedColumn<ulong>, FixedColumn<ulong>): Integers<ulong, TTest>(left, right, rows, target); break;
            case (FixedColumn<float>, FixedColumn<float>): Fixed<float, FloatOrder<float>, TTest>(left, right, rows, target); break;
            case (FixedColumn<double>, FixedColumn<double>): Fixed<double, FloatOrder<double>, TTest>(left, right, rows, target); break;
            case (FixedColumn<Int128>, FixedColumn<Int128>): Fixed<Int128, Wide<Int128, DecimalOrder>, TTest>(left, right, rows, target); break;
            case (FixedColumn<Interval>, FixedColumn<Interval>): Fixed<Interval, Wide<Interval, IntervalOrder>, TTest>(left, right, rows, target); break;
            default: RowByRow<TTest>(left, right, rows, target); break;
        }
    }

    private static void Integers<T, TTest>(Side left, Side right, int rows, ulong* target)
        where T : unmanaged, IBinaryInteger<T>
        where TTest : struct, IValueTest => Fixed<T, IntegerOrder<T>, TTest>(left, right, rows, target);

    private static void Fixed<T, TOrder, TTest>(Side left, Side right, int rows, ulong* target)
        where T : unmanaged
        where TOrder : struct, IValueOrder<T>
        where TTest : struct, IValueTest
    {
        // A constant is spread over one block, so that the loop is the same for columns and constants.
        T* leftBlock = stackalloc T[left.IsConstant ? 64 : 0];
        T* rightBlock = stackalloc T[right.IsConstant ? 64 : 0];
        T* leftValues = Spread(left, leftBlock);
        T* rightValues = Spread(right, rightBlock);
        CompareFixed.Test<T, TOrder, TTest>(leftValues, left.IsConstant ? 0 : 64, rightValues, right.IsConstant ? 0 : 64, rows, target);
    }

    private static T* Spread<T>(Side side, T* block)
        where T : unmanaged
    {
        var values = (T*)FixedMemory.Start(side.Column);
        if (!side.IsConstant)
        {
            return values;
        }

        new Span<T>(block, 64).Fill(*values);
        return block;
    }

    private static void Strings<TRows, TTest>(TRows left, bool leftConstant, TRows right, bool rightConstant, int rows, ulong* target)
        where TRows : struct, IByteRows
        where TTest : struct, IValueTest
    {
        if (leftConstant)
        {
            byte* value = left.Get(0, out int length);
            CompareBytes.Test<OneString, TRows, TTest>(new(value, length), right, rows, target);
        }
        else if (rightConstant)
        {
            byte* value = right.Get(0, out int length);
            CompareBytes.Test<TRows, OneString, TTest>(left, new(value, length), rows, target);
        }
        else
        {
            CompareBytes.Test<TRows, TRows, TTest>(left, right, rows, target);
        }
    }

    private static void Booleans<TTest>(BooleanColumn left, bool leftConstant, BooleanColumn right, bool rightConstant, int rows, ulong* target)
        where TTest : struct, IValueTest
    {
        ulong leftValue = leftConstant && left.Values[0] ? ulong.MaxValue : 0;
        ulong rightValue = rightConstant && right.Values[0] ? ulong.MaxValue : 0;
        for (int at = 0; at < rows; at += 64)
        {
            ulong a = leftConstant ? leftValue : left.Values.Word(at);
            ulong b = rightConstant ? rightValue : right.Values.Word(at);
            ulong word = TTest.IsLess ? ~a & b : ~(a ^ b);
            target[at >> 6] = rows - at >= 64 ? word : word & ((1UL << (rows - at)) - 1);
        }
    }

    private static void RowByRow<TTest>(Side left, Side right, int rows, ulong* target)
        where TTest : struct, IValueTest
    {
        RowComparer comparer = RowComparer.Create(left.Column, right.Column);
        for (int at = 0; at < rows; at += 64)
        {
            int count = Math.Min(64, rows - at);
            ulong word = 0;
            for (int i = 0; i < count; i++)
            {
                int order = comparer.CompareValues(left.IsConstant ? 0 : at + i, right.IsConstant ? 0 : at + i);
                word |= (ulong)Unsafe.BitCast<bool, byte>(TTest.IsLess ? order < 0 : order == 0) << i;
            }

            target[at >> 6] = word;
        }
    }

    /// <summary>One side of a comparison.</summary>
    /// <param name="Column">The rows, or one row for all.</param>
    /// <param name="IsConstant">Whether row 0 stands for all.</param>
    internal readonly record struct Side(Column Column, bool IsConstant);
}
