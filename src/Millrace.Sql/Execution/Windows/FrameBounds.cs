using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>First row of each row's frame, and the row behind it, in the block. Exclusion is not in it.</summary>
internal sealed class FrameBounds
{
    /// <summary>Bounds that are still to be written.</summary>
    public FrameBounds(int rows)
    {
        Start = new int[rows];
        End = new int[rows];
    }

    public int[] Start { get; }

    public int[] End { get; }

    public static FrameBounds Of(WindowBlock block, WindowFrame frame, IReadOnlyList<OrderColumn> order)
    {
        var bounds = new FrameBounds(block.Rows.Length);
        Side(block, frame.Unit, frame.Start, frame.StartOffset, isEnd: false, order, bounds.Start);
        Side(block, frame.Unit, frame.End, frame.EndOffset, isEnd: true, order, bounds.End);
        for (int row = 0; row < bounds.Start.Length; row++)
        {
            // A frame that ends before it begins is empty.
            bounds.End[row] = Math.Max(bounds.Start[row], bounds.End[row]);
        }

        return bounds;
    }

    private static void Side(WindowBlock block, FrameUnit unit, FrameBoundKind kind, int? offset, bool isEnd, IReadOnlyList<OrderColumn> order, int[] target)
    {
        switch (kind)
        {
            case FrameBoundKind.UnboundedPreceding or FrameBoundKind.UnboundedFollowing:
                int edge = kind == FrameBoundKind.UnboundedPreceding ? 0 : 1;
                for (int p = 0; p < block.Partitions; p++)
                {
                    target.AsSpan(block.Starts[p]..block.Starts[p + 1]).Fill(block.Starts[p + edge]);
                }

                break;
            case FrameBoundKind.CurrentRow when unit == FrameUnit.Rows:
                for (int row = 0; row < target.Length; row++)
                {
                    target[row] = row + (isEnd ? 1 : 0);
                }

                break;
            case FrameBoundKind.CurrentRow:
                (isEnd ? block.PeerEnd : block.PeerStart).CopyTo(target, 0);
                break;
            case FrameBoundKind.Preceding or FrameBoundKind.Following when unit == FrameUnit.Range:
                RangeBounds.Fill(block, order[0], block.Rows[offset!.Value], kind == FrameBoundKind.Preceding, isEnd, target);
                break;
            default:
                long[] offsets = Offsets(block.Rows[offset!.Value], kind == FrameBoundKind.Preceding);
                if (unit == FrameUnit.Rows)
                {
                    ByRows(block, offsets, isEnd, target);
                }
                else
                {
                    ByGroups(block, offsets, isEnd, target);
                }

                break;
        }
    }

    /// <summary>How many rows or groups a bound lies behind each row; before it if negative.</summary>
    public static long[] Offsets(Column column, bool preceding)
    {
        ReadOnlySpan<long> values = ((FixedColumn<long>)column).Values;
        var offsets = new long[values.Length];
        for (int row = 0; row < offsets.Length; row++)
        {
            if (column.IsNull(row) || values[row] < 0)
            {
                throw WindowErrors.FrameOffset(column.IsNull(row) ? "null" : values[row].ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            offsets[row] = preceding ? -values[row] : values[row];
        }

        return offsets;
    }

    private static void ByRows(WindowBlock block, long[] offsets, bool isEnd, int[] target)
    {
        for (int p = 0; p < block.Partitions; p++)
        {
            (int start, int end) = (block.Starts[p], block.Starts[p + 1]);
            for (int row = start; row < end; row++)
            {
                target[row] = (int)Int128.Clamp((Int128)row + offsets[row] + (isEnd ? 1 : 0), start, end);
            }
        }
    }

    private static void ByGroups(WindowBlock block, long[] offsets, bool isEnd, int[] target)
    {
        var groups = new List<int>();
        for (int p = 0; p < block.Partitions; p++)
        {
            (int start, int end) = (block.Starts[p], block.Starts[p + 1]);
            groups.Clear();
            for (int row = start; row < end; row = block.PeerEnd[row])
            {
                groups.Add(row);
            }

            int count = groups.Count;
            groups.Add(end);
            int group = 0;
            for (int row = start; row < end; row++)
            {
                group += row == groups[group + 1] ? 1 : 0;
                target[row] = groups[(int)Int128.Clamp((Int128)group + offsets[row] + (isEnd ? 1 : 0), 0, count)];
            }
        }
    }
}
