using System.Numerics;
using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>The rows of the smallest and the largest value, in the order of <see cref="Compare"/>; nulls do not count.</summary>
public static unsafe class MinMax
{
    /// <summary>Finds the first row of each; false if every row is null or there is none.</summary>
    public static bool TryFind(Column column, out int minRow, out int maxRow)
    {
        minRow = -1;
        maxRow = -1;
        if (column.NullCount == column.Length)
        {
            return false;
        }

        switch (column)
        {
            case FixedColumn<sbyte> c: Integers(c, out minRow, out maxRow); break;
            case FixedColumn<short> c: Integers(c, out minRow, out maxRow); break;
            case FixedColumn<int> c: Integers(c, out minRow, out maxRow); break;
            case FixedColumn<long> c: Integers(c, out minRow, out maxRow); break;
            case FixedColumn<byte> c: Integers(c, out minRow, out maxRow); break;
            case FixedColumn<ushort> c: Integers(c, out minRow, out maxRow); break;
            case FixedColumn<uint> c: Integers(c, out minRow, out maxRow); break;
            case FixedColumn<ulong> c: Integers(c, out minRow, out maxRow); break;
            case FixedColumn<float> c: Fixed<float, FloatOrder<float>>(c, out minRow, out maxRow); break;
            case FixedColumn<double> c: Fixed<double, FloatOrder<double>>(c, out minRow, out maxRow); break;
            case FixedColumn<Int128> c: Fixed<Int128, Wide<Int128, DecimalOrder>>(c, out minRow, out maxRow); break;
            case FixedColumn<Interval> c: Fixed<Interval, Wide<Interval, IntervalOrder>>(c, out minRow, out maxRow); break;
            case BinaryColumn c: Bytes(c, new OffsetRows(c), out minRow, out maxRow); break;
            case FixedBinaryColumn c: Bytes(c, new FixedRows(c), out minRow, out maxRow); break;
            default: RowByRow(column, out minRow, out maxRow); break;
        }

        return true;
    }

    private static void Integers<T>(FixedColumn<T> column, out int minRow, out int maxRow)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (column.HasNulls || column.Length < Vector256<T>.Count)
        {
            Fixed<T, IntegerOrder<T>>(column, out minRow, out maxRow);
            return;
        }

        ReadOnlySpan<T> values = column.Values;
        var at = (T*)FixedMemory.Start(column);
        T* last = at + values.Length - Vector256<T>.Count;

        // The last vector overlaps the one before, which does not change the result.
        Vector256<T> least = Vector256.Load(last);
        Vector256<T> most = least;
        for (; at < last; at += Vector256<T>.Count)
        {
            Vector256<T> next = Vector256.Load(at);
            least = Vector256.Min(least, next);
            most = Vector256.Max(most, next);
        }

        T min = least[0];
        T max = most[0];
        for (int i = 1; i < Vector256<T>.Count; i++)
        {
            min = T.Min(min, least[i]);
            max = T.Max(max, most[i]);
        }

        minRow = values.IndexOf(min);
        maxRow = values.IndexOf(max);
    }

    private static void Fixed<T, TOrder>(FixedColumn<T> column, out int minRow, out int maxRow)
        where T : unmanaged
        where TOrder : struct, IValueOrder<T>
    {
        var values = (T*)FixedMemory.Start(column);
        var valid = new BitRuns(column.Validity);
        minRow = -1;
        maxRow = -1;
        while (valid.Next(out int start, out int count))
        {
            for (int row = start; row < start + count; row++)
            {
                if (minRow < 0)
                {
                    minRow = maxRow = row;
                }
                else if (TOrder.Less(values[row], values[minRow]))
                {
                    minRow = row;
                }
                else if (TOrder.Less(values[maxRow], values[row]))
                {
                    maxRow = row;
                }
            }
        }
    }

    private static void Bytes<TRows>(Column column, TRows values, out int minRow, out int maxRow)
        where TRows : struct, IByteRows
    {
        var valid = new BitRuns(column.Validity);
        minRow = -1;
        maxRow = -1;
        byte* min = null;
        byte* max = null;
        int minLength = 0;
        int maxLength = 0;
        while (valid.Next(out int start, out int count))
        {
            for (int row = start; row < start + count; row++)
            {
                byte* value = values.Get(row, out int length);
                if (minRow < 0 || ByteStrings.Less(value, length, min, minLength))
                {
                    minRow = row;
                    min = value;
                    minLength = length;
                }

                if (maxRow < 0 || ByteStrings.Less(max, maxLength, value, length))
                {
                    maxRow = row;
                    max = value;
                    maxLength = length;
                }
            }
        }
    }

    private static void RowByRow(Column column, out int minRow, out int maxRow)
    {
        RowComparer comparer = RowComparer.Create(column, column);
        var valid = new BitRuns(column.Validity);
        minRow = -1;
        maxRow = -1;
        while (valid.Next(out int start, out int count))
        {
            for (int row = start; row < start + count; row++)
            {
                minRow = minRow < 0 || comparer.CompareValues(row, minRow) < 0 ? row : minRow;
                maxRow = maxRow < 0 || comparer.CompareValues(maxRow, row) < 0 ? row : maxRow;
            }
        }
    }
}
