using System.Numerics;

namespace Millrace.Columnar.Tests.Kernels;

/// <summary>The rules of order and equality over boxed values, one row at a time: what the kernels are held against.</summary>
internal static class Model
{
    /// <summary>A value as a .NET object: null, bool, BigInteger, double, byte[], or a list of such.</summary>
    public static object? Value(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return null;
        }

        return column switch
        {
            BooleanColumn c => c.Values[row],
            DictionaryColumn c => Value(c.Dictionary, c.Indices[row]),
            BinaryColumn c => c[row].ToArray(),
            FixedBinaryColumn c => c[row].ToArray(),
            FixedColumn<float> c => (double)c.Values[row],
            FixedColumn<double> c => c.Values[row],
            FixedColumn<Int128> c => (BigInteger)c.Values[row],
            FixedColumn<sbyte> c => (BigInteger)c.Values[row],
            FixedColumn<short> c => (BigInteger)c.Values[row],
            FixedColumn<int> c => (BigInteger)c.Values[row],
            FixedColumn<long> c => (BigInteger)c.Values[row],
            FixedColumn<byte> c => (BigInteger)c.Values[row],
            FixedColumn<ushort> c => (BigInteger)c.Values[row],
            FixedColumn<uint> c => (BigInteger)c.Values[row],
            FixedColumn<ulong> c => (BigInteger)c.Values[row],
            FixedColumn<Interval> c => ((((BigInteger)c.Values[row].Months * 30) + c.Values[row].Days) * 86_400_000_000_000) + c.Values[row].Nanoseconds,
            StructColumn c => c.Fields.Select(f => Value(f, row)).ToList(),
            ListColumn c => Enumerable.Range(c.Offsets[row], c.Offsets[row + 1] - c.Offsets[row]).Select(i => Value(c.Items, i)).ToList(),
            _ => throw new ArgumentException(column.Type.ToString()),
        };
    }

    /// <summary>All values of a column.</summary>
    public static object?[] Values(Column column) => [.. Enumerable.Range(0, column.Length).Select(i => Value(column, i))];

    /// <summary>Null equals null and comes last; NaN equals NaN and comes after all numbers.</summary>
    public static int Compare(object? left, object? right)
    {
        switch (left, right)
        {
            case (null, null): return 0;
            case (null, _): return 1;
            case (_, null): return -1;
            case (double a, double b) when double.IsNaN(a) || double.IsNaN(b): return double.IsNaN(a).CompareTo(double.IsNaN(b));
            case (double a, double b): return a < b ? -1 : a > b ? 1 : 0;
            case (BigInteger a, BigInteger b): return a.CompareTo(b);
            case (bool a, bool b): return a.CompareTo(b);
            case (byte[] a, byte[] b):
                for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
                {
                    if (a[i] != b[i])
                    {
                        return a[i].CompareTo(b[i]);
                    }
                }

                return a.Length.CompareTo(b.Length);
            case (List<object?> a, List<object?> b):
                for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
                {
                    int order = Compare(a[i], b[i]);
                    if (order != 0)
                    {
                        return order;
                    }
                }

                return a.Count.CompareTo(b.Count);
            default: throw new ArgumentException($"{left} against {right}");
        }
    }

    public static bool? Apply(object? left, CompareOperator op, object? right)
    {
        if (op is CompareOperator.DistinctFrom)
        {
            return Compare(left, right) != 0;
        }

        if (op is CompareOperator.NotDistinctFrom)
        {
            return Compare(left, right) == 0;
        }

        if (left is null || right is null)
        {
            return null;
        }

        int order = Compare(left, right);
        return op switch
        {
            CompareOperator.Equal => order == 0,
            CompareOperator.NotEqual => order != 0,
            CompareOperator.Less => order < 0,
            CompareOperator.LessOrEqual => order <= 0,
            CompareOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    /// <summary>The values of a boolean column.</summary>
    public static bool?[] Booleans(BooleanColumn column)
        => [.. Enumerable.Range(0, column.Length).Select(i => column.IsNull(i) ? (bool?)null : column.Values[i])];
}
