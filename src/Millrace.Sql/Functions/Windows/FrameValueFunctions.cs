using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Functions;

/// <summary>Values of rows by their place in the frame.</summary>
internal static class FrameValueFunctions
{
    private static readonly TypePattern Value = TypePattern.Variable("T");

    public static IReadOnlyList<WindowFunction> All { get; } =
    [
        new("first_value", "The value of the first row of the frame.", [new WindowOverload { Parameters = [Value], Returns = Value, Kernel = _ => First, Paged = () => PagedValueFunctions.First }])
        {
            UsesFrame = true,
            Examples = [new("SELECT max(p) FROM (SELECT first_value(x) OVER (ORDER BY x) AS p FROM (VALUES (5), (7)) AS t(x)) AS r", "5")],
        },
        new("last_value", "The value of the last row of the frame, which ends at the current row and its equals if not said otherwise.", [new WindowOverload { Parameters = [Value], Returns = Value, Kernel = _ => Last, Paged = () => PagedValueFunctions.Last }])
        {
            UsesFrame = true,
            Examples = [new("SELECT min(p) FROM (SELECT last_value(x) OVER (ORDER BY x ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS p FROM (VALUES (5), (7)) AS t(x)) AS r", "7")],
        },
        new("nth_value", "The value of the row of the frame with a number, from 1; null where the frame has fewer rows.", [new WindowOverload { Parameters = [Value, DataType.Int64], Returns = Value, Kernel = _ => Nth, Paged = () => PagedValueFunctions.Nth }])
        {
            UsesFrame = true,
            Examples = [new("SELECT max(p) FROM (SELECT nth_value(x, 2) OVER (ORDER BY x) AS p FROM (VALUES (5), (7)) AS t(x)) AS r", "7")],
        },
    ];

    /// <summary>The number that <c>nth_value</c> is asked for in a row; 0 for none.</summary>
    public static long NumberOf(Vector? numbers, int row)
    {
        Vector vector = numbers!.Value;
        if (vector.IsNull(row))
        {
            return 0;
        }

        long number = ((FixedColumn<long>)vector.Column).Values[row * vector.Step];
        return number > 0 ? number : throw WindowFunctionErrors.Position(number);
    }

    private static void First(in WindowCall call, ColumnBuilder results) => Pick(call, results, static (_, _) => 1);

    private static void Last(in WindowCall call, ColumnBuilder results) => Pick(call, results, static (_, _) => -1);

    private static void Nth(in WindowCall call, ColumnBuilder results)
        => Pick(call, results, NumberOf);

    // Number 1 is the frame's first row, -1 its last, 0 none.
    private static void Pick(in WindowCall call, ColumnBuilder results, Func<Vector?, int, long> number)
    {
        var rows = new int[call.Rows];
        Vector? second = call.Arguments.Length > 1 ? call.Arguments[1] : null;

        // How many values come before each row, so that nulls are passed over without looking at each.
        int[]? valuesBefore = call.IgnoreNulls ? ValuesBefore(call.Arguments[0], call.Rows, out int[] places) : Nothing(out places);
        Span<(int Start, int End)> ranges = stackalloc (int, int)[3];
        for (int row = 0; row < rows.Length; row++)
        {
            int count = Ranges(call, row, ranges);
            rows[row] = Find(ranges[..count], number(second, row), valuesBefore, places);
        }

        RowPicker.Append(results, call.Arguments[0], rows);
    }

    private static int Find(ReadOnlySpan<(int Start, int End)> ranges, long number, int[]? valuesBefore, int[] places)
    {
        long left = Math.Abs(number) - 1;
        for (int i = 0; i < ranges.Length && left >= 0; i++)
        {
            (int start, int end) = number > 0 ? ranges[i] : ranges[^(i + 1)];
            if (valuesBefore is not null)
            {
                (start, end) = (valuesBefore[start], valuesBefore[end]);
            }

            int length = Math.Max(0, end - start);
            if (left < length)
            {
                int at = number > 0 ? start + (int)left : end - 1 - (int)left;
                return valuesBefore is null ? at : places[at];
            }

            left -= length;
        }

        return RowPicker.None;
    }

    private static int Ranges(in WindowCall call, int row, Span<(int Start, int End)> ranges)
    {
        (int start, int end) = (call.FrameStart[row], call.FrameEnd[row]);
        if (call.Exclusion == FrameExclusion.NoOthers)
        {
            ranges[0] = (start, end);
            return 1;
        }

        (int outStart, int outEnd) = call.Exclusion == FrameExclusion.CurrentRow ? (row, row + 1) : (call.PeerStart[row], call.PeerEnd[row]);
        int count = 0;
        if (start < outStart)
        {
            ranges[count++] = (start, Math.Min(end, outStart));
        }

        if (call.Exclusion == FrameExclusion.Ties && start <= row && row < end)
        {
            ranges[count++] = (row, row + 1);
        }

        if (outEnd < end)
        {
            ranges[count++] = (Math.Max(start, outEnd), end);
        }

        return count;
    }

    private static int[] ValuesBefore(Vector values, int rows, out int[] places)
    {
        var before = new int[rows + 1];
        var found = new List<int>();
        for (int row = 0; row < rows; row++)
        {
            before[row] = found.Count;
            if (!values.IsNull(row))
            {
                found.Add(row);
            }
        }

        before[rows] = found.Count;
        places = [.. found];
        return before;
    }

    private static int[]? Nothing(out int[] places)
    {
        places = [];
        return null;
    }
}
