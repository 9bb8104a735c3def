using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>The functions of <see cref="OffsetFunctions"/> and <see cref="FrameValueFunctions"/> for partitions on disk.</summary>
internal static class PagedValueFunctions
{
    public static PagedWindowKernel Shift(int direction) => (call, results) =>
    {
        var rows = new long[call.Rows];
        bool missing = false;
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = Target(call, row, direction);
            missing |= rows[row] == PartitionValues.None;
        }

        call.Values.Append(results, 0, rows);
        if (missing && call.Arguments.Length > 2)
        {
            OffsetFunctions.Replace(call.Arguments, results, [.. rows.Select(r => r == PartitionValues.None ? RowPicker.None : 0)], 0);
        }
    };

    public static void First(PagedWindowCall call, ColumnBuilder results) => Pick(call, results, static (_, _) => 1);

    public static void Last(PagedWindowCall call, ColumnBuilder results) => Pick(call, results, static (_, _) => -1);

    public static void Nth(PagedWindowCall call, ColumnBuilder results) => Pick(call, results, FrameValueFunctions.NumberOf);

    /// <summary>The value or the last one in front.</summary>
    public static void CarryForward(PagedWindowCall call, ColumnBuilder results)
    {
        var rows = new long[call.Rows];
        for (int row = 0; row < rows.Length; row++)
        {
            bool repeats = row > 0 && call.Arguments[0].IsNull(row);
            rows[row] = repeats ? rows[row - 1] : call.Values.PlaceOf(call.Values.ValuesBefore(call.First + row + 1) - 1);
        }

        call.Values.Append(results, 0, rows);
    }

    private static long Target(PagedWindowCall call, int row, int direction)
    {
        long distance = 1;
        if (call.Arguments.Length > 1)
        {
            Vector offset = call.Arguments[1];
            if (offset.IsNull(row))
            {
                return PartitionValues.None;
            }

            distance = ((FixedColumn<long>)offset.Column).Values[row * offset.Step];
        }

        Int128 steps = (Int128)distance * direction;
        if (!call.IgnoreNulls || steps == 0)
        {
            Int128 target = call.First + row + steps;
            return target >= 0 && target < call.PartitionRows ? (long)target : PartitionValues.None;
        }

        // Behind a row without a value the next one is the first step.
        Int128 number = call.Values.ValuesBefore(call.First + row) + steps - (steps > 0 && call.Arguments[0].IsNull(row) ? 1 : 0);
        return number >= 0 && number < call.Values.Count ? call.Values.PlaceOf((long)number) : PartitionValues.None;
    }

    // Number 1 is the frame's first row, -1 its last, 0 none.
    private static void Pick(PagedWindowCall call, ColumnBuilder results, Func<Vector?, int, long> number)
    {
        var rows = new long[call.Rows];
        Vector? second = call.Arguments.Length > 1 ? call.Arguments[1] : null;
        Span<(long Start, long End)> ranges = stackalloc (long, long)[PageFrames.MaxRanges];
        for (int row = 0; row < rows.Length; row++)
        {
            int count = call.Frames.Ranges(row, ranges);
            rows[row] = Find(call, ranges[..count], number(second, row));
        }

        call.Values.Append(results, 0, rows);
    }

    private static long Find(PagedWindowCall call, ReadOnlySpan<(long Start, long End)> ranges, long number)
    {
        long left = Math.Abs(number) - 1;
        for (int i = 0; i < ranges.Length && left >= 0; i++)
        {
            (long start, long end) = number > 0 ? ranges[i] : ranges[^(i + 1)];
            if (call.IgnoreNulls)
            {
                (start, end) = (call.Values.ValuesBefore(start), call.Values.ValuesBefore(end));
            }

            long length = Math.Max(0, end - start);
            if (left < length)
            {
                long at = number > 0 ? start + left : end - 1 - left;
                return call.IgnoreNulls ? call.Values.PlaceOf(at) : at;
            }

            left -= length;
        }

        return PartitionValues.None;
    }
}
