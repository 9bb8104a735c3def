using System.Diagnostics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Compares a row of a column with a row of a builder of the same type, neither of them null; below zero if the column's comes first.</summary>
internal delegate int StoredComparison(Column column, int row, ColumnBuilder stored, int at);

/// <summary>Comparisons in the order of SQL.</summary>
internal static class StoredComparer
{
    /// <summary>The comparison of a type; null for nested types, which have none here.</summary>
    public static StoredComparison? Create(DataType type) => type.Layout switch
    {
        TypeLayout.VarBinary => static (column, row, stored, at) => ((BinaryColumn)column)[row].SequenceCompareTo(((BinaryBuilder)stored)[at]),
        TypeLayout.Fixed when type.Id is TypeId.FixedBinary or TypeId.Uuid => static (column, row, stored, at) => ((FixedBinaryColumn)column)[row].SequenceCompareTo(((FixedBinaryBuilder)stored)[at]),
        TypeLayout.Bit => static (column, row, stored, at) => ((BooleanColumn)column).Values[row].CompareTo(((BooleanBuilder)stored)[at]),
        TypeLayout.Fixed => FixedType.Dispatch<Visitor, StoredComparison>(type, default),
        _ => null,
    };

    private static int Order(double a, double b) => double.IsNaN(a) ? (double.IsNaN(b) ? 0 : 1) : double.IsNaN(b) ? -1 : a < b ? -1 : a > b ? 1 : 0;

    private static Int128 Length(Interval value)
    {
        const long day = 86_400_000_000_000;
        return ((((Int128)value.Months * 30) + value.Days) * day) + value.Nanoseconds;
    }

    private readonly struct Visitor : IFixedVisitor<StoredComparison>
    {
        public StoredComparison Visit<T>(DataType type)
            where T : unmanaged
        {
            if (typeof(T) == typeof(double) || typeof(T) == typeof(float))
            {
                return static (column, row, stored, at) => Order(Number<T>(((FixedColumn<T>)column).Values[row]), Number<T>(((FixedBuilder<T>)stored).Values[at]));
            }

            if (typeof(T) == typeof(Interval))
            {
                return static (column, row, stored, at) => Length(((FixedColumn<Interval>)column).Values[row]).CompareTo(Length(((FixedBuilder<Interval>)stored).Values[at]));
            }

            return static (column, row, stored, at) => Comparer<T>.Default.Compare(((FixedColumn<T>)column).Values[row], ((FixedBuilder<T>)stored).Values[at]);
        }

        public StoredComparison VisitBinary(DataType type) => throw new UnreachableException();

        private static double Number<T>(T value)
            where T : unmanaged => value is double number ? number : (float)(object)value;
    }
}
