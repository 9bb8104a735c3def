using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Sort keys as numbers that offsets can be added to.</summary>
internal static class RangeKeys
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int SecondsPerDay = 86_400;

    /// <summary>Floating point; NaN becomes greater than all else, as it is sorted.</summary>
    public static double[] Doubles(Column column)
    {
        var values = new double[column.Length];
        for (int row = 0; row < values.Length; row++)
        {
            double value = column switch
            {
                FixedColumn<double> c => c.Values[row],
                FixedColumn<float> c => c.Values[row],
                FixedColumn<Int128> c => (double)c.Values[row] / Math.Pow(10, column.Type.Scale),
                _ => (double)Integer(column, row),
            };
            values[row] = double.IsNaN(value) ? double.PositiveInfinity : value;
        }

        return values;
    }

    /// <summary>Whole numbers of the smallest digit that key and offset have; days, or units of time.</summary>
    public static Int128[] Whole(Column key, DataType offset)
    {
        // Intervals move dates by parts of days too.
        Int128 factor = key.Type.Id == TypeId.Date && offset.Id == TypeId.Interval ? (Int128)SecondsPerDay * NanosecondsPerSecond : Factor(key.Type, offset);
        var values = new Int128[key.Length];
        for (int row = 0; row < values.Length; row++)
        {
            values[row] = Times(Integer(key, row), factor);
        }

        return values;
    }

    /// <summary>The keys with their offsets added or taken away; what goes too far stops at the last number.</summary>
    public static Int128[] Moved(Column key, Int128[] values, Column offsets, bool add)
    {
        var moved = new Int128[values.Length];
        if (offsets is FixedColumn<Interval> intervals)
        {
            for (int row = 0; row < moved.Length; row++)
            {
                moved[row] = key.IsNull(row) ? 0 : Plus(key.Type, values[row], intervals.Values[row], add ? 1 : -1);
            }

            return moved;
        }

        Int128 factor = Factor(offsets.Type, key.Type);
        for (int row = 0; row < moved.Length; row++)
        {
            Int128 distance = Times(Integer(offsets, row), factor);
            Int128 sum = unchecked(add ? values[row] + distance : values[row] - distance);
            bool tooFar = add ? sum < values[row] : sum > values[row];
            moved[row] = !tooFar ? sum : add ? Int128.MaxValue : Int128.MinValue;
        }

        return moved;
    }

    public static bool IsNegative(Column offsets, int row) => offsets switch
    {
        FixedColumn<double> c => !(c.Values[row] >= 0),
        FixedColumn<float> c => !(c.Values[row] >= 0),
        FixedColumn<Interval> c => c.Values[row] is { Months: < 0 } or { Days: < 0 } or { Nanoseconds: < 0 },
        _ => Int128.IsNegative(Integer(offsets, row)),
    };

    private static Int128 Integer(Column column, int row) => column switch
    {
        FixedColumn<int> c => c.Values[row],
        FixedColumn<long> c => c.Values[row],
        FixedColumn<Int128> c => c.Values[row],
        FixedColumn<short> c => c.Values[row],
        FixedColumn<sbyte> c => c.Values[row],
        FixedColumn<byte> c => c.Values[row],
        FixedColumn<ushort> c => c.Values[row],
        FixedColumn<uint> c => c.Values[row],
        FixedColumn<ulong> c => c.Values[row],
        _ => throw new System.Diagnostics.UnreachableException($"{column.Type} has no ranges."),
    };

    // What numbers of one type are multiplied with to have the digits of both.
    private static Int128 Factor(DataType type, DataType other)
    {
        Int128 factor = 1;
        for (int digits = type.Scale; digits < other.Scale; digits++)
        {
            factor *= 10;
        }

        return factor;
    }

    private static Int128 Times(Int128 value, Int128 factor)
    {
        if (factor == 1)
        {
            return value;
        }

        Int128 limit = Int128.MaxValue / factor;
        return value > limit ? Int128.MaxValue : value < -limit ? Int128.MinValue : value * factor;
    }

    private static Int128 Plus(DataType type, Int128 value, Interval interval, int sign)
        => TimeSteps.Add(type.Id == TypeId.Date ? TimeUnit.Nanosecond : type.Unit, value, interval, sign);
}
