using Millrace.Columnar;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Order of single values by their meaning, independent of the engine's kernels.</summary>
internal static class Values
{
    public static int Compare(Column left, int a, Column right, int b) => (left, right) switch
    {
        (BooleanColumn x, BooleanColumn y) => x.Values[a].CompareTo(y.Values[b]),
        (FixedColumn<int> x, FixedColumn<int> y) => x.Values[a].CompareTo(y.Values[b]),
        (FixedColumn<long> x, FixedColumn<long> y) => x.Values[a].CompareTo(y.Values[b]),
        (FixedColumn<Int128> x, FixedColumn<Int128> y) => x.Values[a].CompareTo(y.Values[b]),
        (FixedColumn<double> x, FixedColumn<double> y) => Doubles(x.Values[a], y.Values[b]),
        (BinaryColumn x, BinaryColumn y) => x[a].SequenceCompareTo(y[b]),
        (ListColumn x, ListColumn y) => Lists(x, a, y, b),
        (StructColumn x, StructColumn y) => x.Fields.Select((f, i) => Nulls(f, a, y.Fields[i], b)).FirstOrDefault(c => c != 0),
        _ => throw new ArgumentException($"{left.Type} and {right.Type}"),
    };

    public static int Nulls(Column left, int a, Column right, int b)
        => left.IsNull(a) || right.IsNull(b) ? left.IsNull(a).CompareTo(right.IsNull(b)) : Compare(left, a, right, b);

    private static int Lists(ListColumn left, int a, ListColumn right, int b)
    {
        int aLength = left.Offsets[a + 1] - left.Offsets[a];
        int bLength = right.Offsets[b + 1] - right.Offsets[b];
        for (int i = 0; i < Math.Min(aLength, bLength); i++)
        {
            int order = Nulls(left.Items, left.Offsets[a] + i, right.Items, right.Offsets[b] + i);
            if (order != 0)
            {
                return order;
            }
        }

        return aLength.CompareTo(bLength);
    }

    // NaN is greater than all else and equals itself; the zeros are equal.
    private static int Doubles(double a, double b)
        => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a < b ? -1 : a > b ? 1 : 0;
}
