using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Bounds of frames that count in the values of the one sort key.</summary>
internal static class RangeBounds
{
    /// <summary>Writes one side of the frames.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="order">The sort key.</param>
    /// <param name="offsets">What is added to or taken from the key.</param>
    /// <param name="preceding">Whether the bound lies before the row, in the order.</param>
    /// <param name="isEnd">Whether the rows behind the frame are asked for, not the first in it.</param>
    /// <param name="target">Row numbers.</param>
    public static void Fill(WindowBlock block, OrderColumn order, Column offsets, bool preceding, bool isEnd, int[] target)
    {
        Column key = block.Rows[order.Column];
        RequireOffsets(offsets);
        if (key.Type.IsFloat || offsets.Type.IsFloat)
        {
            Search(block, key, RangeKeys.Doubles(key), Doubles(key, offsets, preceding, order.Descending), order.Descending, isEnd, target);
        }
        else
        {
            Search(block, key, RangeKeys.Whole(key, offsets.Type), Whole(key, offsets, preceding, order.Descending), order.Descending, isEnd, target);
        }
    }

    /// <summary>For each row the value at which its frame begins or ends, in floating point.</summary>
    public static double[] Doubles(Column key, Column offsets, bool preceding, bool descending)
    {
        double[] bounds = RangeKeys.Doubles(key);
        double[] distance = RangeKeys.Doubles(offsets);
        bool add = Adds(preceding, descending);
        for (int row = 0; row < bounds.Length; row++)
        {
            bounds[row] += add ? distance[row] : -distance[row];
        }

        return bounds;
    }

    /// <summary>The same in whole numbers, see <see cref="RangeKeys.Whole"/>.</summary>
    public static Int128[] Whole(Column key, Column offsets, bool preceding, bool descending)
        => RangeKeys.Moved(key, RangeKeys.Whole(key, offsets.Type), offsets, Adds(preceding, descending));

    /// <summary>Offsets are not null and not negative.</summary>
    public static void RequireOffsets(Column offsets)
    {
        for (int row = 0; row < offsets.Length; row++)
        {
            if (offsets.IsNull(row))
            {
                throw WindowErrors.FrameOffset("null");
            }

            if (RangeKeys.IsNegative(offsets, row))
            {
                throw WindowErrors.FrameOffset("negative");
            }
        }
    }

    /// <summary>The first row of a range that is not before the bound; behind it, if the end is asked for.</summary>
    public static int First<T>(T[] values, T bound, int low, int high, bool descending, bool isEnd)
        where T : IComparable<T>
    {
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            int order = values[middle].CompareTo(bound);
            order = descending ? -order : order;
            if (order < 0 || (isEnd && order == 0))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // In a descending order what precedes is greater.
    private static bool Adds(bool preceding, bool descending) => preceding == descending;

    private static void Search<T>(WindowBlock block, Column key, T[] values, T[] bounds, bool descending, bool isEnd, int[] target)
        where T : IComparable<T>
    {
        for (int p = 0; p < block.Partitions; p++)
        {
            (int start, int end) = (block.Starts[p], block.Starts[p + 1]);

            // Nulls stand together at one end.
            int first = start;
            int last = end;
            while (first < last && key.IsNull(first))
            {
                first++;
            }

            while (last > first && key.IsNull(last - 1))
            {
                last--;
            }

            for (int row = start; row < end; row++)
            {
                // A null is in reach of nulls only.
                target[row] = row < first || row >= last
                    ? (isEnd ? block.PeerEnd : block.PeerStart)[row]
                    : First(values, bounds[row], first, last, descending, isEnd);
            }
        }
    }
}
