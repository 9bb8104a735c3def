using System.Numerics;

namespace Millrace.Columnar;

/// <summary>
/// Orders single rows of two columns of one type, whatever the type: for what is compared seldom. Null equals null and
/// comes after every value. Lists and maps are ordered by their first difference, structs by their first fields.
/// Lives no longer than the columns.
/// </summary>
public abstract unsafe class RowComparer(Column left, Column right)
{
    /// <summary>Less than zero if the left row comes first.</summary>
    public int Compare(int leftRow, int rightRow)
    {
        bool leftNull = left.IsNull(leftRow);
        bool rightNull = right.IsNull(rightRow);
        return leftNull || rightNull ? leftNull.CompareTo(rightNull) : CompareValues(leftRow, rightRow);
    }

    /// <summary>The same for rows that are known not to be null.</summary>
    public abstract int CompareValues(int leftRow, int rightRow);

    public static RowComparer Create(Column left, Column right) => (left, right) switch
    {
        (DictionaryColumn a, _) => new LeftIndices(a, right),
        (_, DictionaryColumn b) => new RightIndices(left, b),
        (BooleanColumn a, BooleanColumn b) => new Booleans(a, b),
        (BinaryColumn a, BinaryColumn b) => new Bytes<OffsetRows>(a, new(a), b, new(b)),
        (FixedBinaryColumn a, FixedBinaryColumn b) => new Bytes<FixedRows>(a, new(a), b, new(b)),
        (ListColumn a, ListColumn b) => new Lists(a, b),
        (StructColumn a, StructColumn b) => new Structs(a, b),
        (FixedColumn<Interval> a, FixedColumn<Interval> b) => new Fixed<Interval, Wide<Interval, IntervalOrder>>(a, b),
        (FixedColumn<Int128> a, FixedColumn<Int128> b) => new Fixed<Int128, Wide<Int128, DecimalOrder>>(a, b),
        (FixedColumn<float> a, FixedColumn<float> b) => new Fixed<float, FloatOrder<float>>(a, b),
        (FixedColumn<double> a, FixedColumn<double> b) => new Fixed<double, FloatOrder<double>>(a, b),
        (FixedColumn<sbyte> a, FixedColumn<sbyte> b) => Integers(a, b),
        (FixedColumn<short> a, FixedColumn<short> b) => Integers(a, b),
        (FixedColumn<int> a, FixedColumn<int> b) => Integers(a, b),
        (FixedColumn<long> a, FixedColumn<long> b) => Integers(a, b),
        (FixedColumn<byte> a, FixedColumn<byte> b) => Integers(a, b),
        (FixedColumn<ushort> a, FixedColumn<ushort> b) => Integers(a, b),
        (FixedColumn<uint> a, FixedColumn<uint> b) => Integers(a, b),
        (FixedColumn<ulong> a, FixedColumn<ulong> b) => Integers(a, b),
        _ => throw new ArgumentException($"{left.Type} and {right.Type} are not comparable."),
    };

    private static Fixed<T, IntegerOrder<T>> Integers<T>(FixedColumn<T> left, FixedColumn<T> right)
        where T : unmanaged, IBinaryInteger<T> => new(left, right);

    private sealed class Fixed<T, TOrder>(FixedColumn<T> left, FixedColumn<T> right) : RowComparer(left, right)
        where T : unmanaged
        where TOrder : struct, IValueOrder<T>
    {
        private readonly T* _left = (T*)FixedMemory.Start(left);
        private readonly T* _right = (T*)FixedMemory.Start(right);

        public override int CompareValues(int leftRow, int rightRow)
        {
            T a = _left[leftRow];
            T b = _right[rightRow];
            return TOrder.Less(a, b) ? -1 : TOrder.Less(b, a) ? 1 : 0;
        }
    }

    private sealed class Bytes<TRows>(Column left, TRows leftRows, Column right, TRows rightRows) : RowComparer(left, right)
        where TRows : struct, IByteRows
    {
        public override int CompareValues(int leftRow, int rightRow)
        {
            byte* a = leftRows.Get(leftRow, out int aLength);
            byte* b = rightRows.Get(rightRow, out int bLength);
            return ByteStrings.Compare(a, aLength, b, bLength);
        }
    }

    private sealed class Booleans(BooleanColumn left, BooleanColumn right) : RowComparer(left, right)
    {
        public override int CompareValues(int leftRow, int rightRow) => left.Values[leftRow].CompareTo(right.Values[rightRow]);
    }

    private sealed class LeftIndices(DictionaryColumn left, Column right) : RowComparer(left, right)
    {
        private readonly RowComparer _values = Create(left.Dictionary, right);

        public override int CompareValues(int leftRow, int rightRow) => _values.CompareValues(left.Indices[leftRow], rightRow);
    }

    private sealed class RightIndices(Column left, DictionaryColumn right) : RowComparer(left, right)
    {
        private readonly RowComparer _values = Create(left, right.Dictionary);

        public override int CompareValues(int leftRow, int rightRow) => _values.CompareValues(leftRow, right.Indices[rightRow]);
    }

    private sealed class Lists(ListColumn left, ListColumn right) : RowComparer(left, right)
    {
        private readonly RowComparer _items = Create(left.Items, right.Items);

        public override int CompareValues(int leftRow, int rightRow)
        {
            (int a, int aEnd) = (left.Offsets[leftRow], left.Offsets[leftRow + 1]);
            (int b, int bEnd) = (right.Offsets[rightRow], right.Offsets[rightRow + 1]);
            for (; a < aEnd && b < bEnd; a++, b++)
            {
                int order = _items.Compare(a, b);
                if (order != 0)
                {
                    return order;
                }
            }

            return (aEnd - a).CompareTo(bEnd - b);
        }
    }

    private sealed class Structs(StructColumn left, StructColumn right) : RowComparer(left, right)
    {
        private readonly RowComparer[] _fields = [.. left.Fields.Zip(right.Fields, Create)];

        public override int CompareValues(int leftRow, int rightRow)
        {
            foreach (RowComparer field in _fields)
            {
                int order = field.Compare(leftRow, rightRow);
                if (order != 0)
                {
                    return order;
                }
            }

            return 0;
        }
    }
}
