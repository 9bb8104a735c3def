using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Values of rows so many places away.</summary>
internal static class OffsetFunctions
{
    private static readonly TypePattern Value = TypePattern.Variable("T");

    /// <summary><c>lag</c>, for plans that look at the row before.</summary>
    public static WindowFunction Lag { get; } = Of("lag", "The value of the row so many rows before, one if not said; the last argument where there is none.", -1,
            new("SELECT max(p) FROM (SELECT lag(x) OVER (ORDER BY x) AS p FROM (VALUES (5), (7)) AS t(x)) AS r", "5"));

    public static IReadOnlyList<WindowFunction> All { get; } =
    [
        Lag,
        Of("lead", "The value of the row so many rows behind, one if not said; the last argument where there is none.", 1,
            new("SELECT min(p) FROM (SELECT lead(x, 1, 0) OVER (ORDER BY x) AS p FROM (VALUES (5), (7)) AS t(x)) AS r", "0")),
    ];

    private static WindowFunction Of(string name, string doc, int direction, FunctionExample example)
        => new(name, doc,
        [
            new WindowOverload { Parameters = [Value, DataType.Int64, Value], Optional = 2, Returns = Value, Kernel = _ => (in WindowCall call, ColumnBuilder results) => Shift(call, results, direction), Paged = () => PagedValueFunctions.Shift(direction) },
        ])
        {
            Examples = [example],
        };

    private static void Shift(in WindowCall call, ColumnBuilder results, int direction)
    {
        var rows = new int[call.Rows];
        int[]? places = call.IgnoreNulls ? Places(call.Arguments[0], call.Rows) : null;
        bool missing = false;
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = Target(call, row, direction, places);
            missing |= rows[row] == RowPicker.None;
        }

        int start = results.Length;
        RowPicker.Append(results, call.Arguments[0], rows);
        if (missing && call.Arguments.Length > 2)
        {
            Replace(call.Arguments, results, rows, start);
        }
    }

    private static int Target(in WindowCall call, int row, int direction, int[]? places)
    {
        long distance = 1;
        if (call.Arguments.Length > 1)
        {
            Vector offset = call.Arguments[1];
            if (offset.IsNull(row))
            {
                return RowPicker.None;
            }

            distance = ((FixedColumn<long>)offset.Column).Values[row * offset.Step];
        }

        Int128 steps = (Int128)distance * direction;
        if (places is not null && steps != 0)
        {
            return AmongValues(places, row, steps);
        }

        Int128 target = row + steps;
        return target >= 0 && target < call.Rows ? (int)target : RowPicker.None;
    }

    // Rows with values, and where each row stands among them.
    private static int[] Places(Vector values, int rows)
    {
        var places = new List<int>();
        for (int row = 0; row < rows; row++)
        {
            if (!values.IsNull(row))
            {
                places.Add(row);
            }
        }

        return [.. places];
    }

    private static int AmongValues(int[] places, int row, Int128 steps)
    {
        int at = Array.BinarySearch(places, row);
        Int128 target = at >= 0 ? at + steps : steps > 0 ? ~at + steps - 1 : ~at + steps;
        return target >= 0 && target < places.Length ? places[(int)target] : RowPicker.None;
    }

    /// <summary>Puts the default, the third argument, where there is no row. A null offset gives null all the same.</summary>
    public static void Replace(ReadOnlySpan<Vector> arguments, ColumnBuilder results, int[] rows, int start)
    {
        Vector defaults = arguments[2];
        Vector offsets = arguments[1];
        using Column found = results.Build();
        results.AppendRange(found, 0, start);
        for (int row = 0; row < rows.Length;)
        {
            bool takes = rows[row] == RowPicker.None && !offsets.IsNull(row);
            int end = row + 1;
            while (end < rows.Length && takes == (rows[end] == RowPicker.None && !offsets.IsNull(end)))
            {
                end++;
            }

            if (!takes)
            {
                results.AppendRange(found, start + row, end - row);
            }
            else if (!defaults.IsConstant)
            {
                results.AppendRange(defaults.Column, row, end - row);
            }
            else
            {
                for (int i = row; i < end; i++)
                {
                    results.AppendRange(defaults.Column, 0, 1);
                }
            }

            row = end;
        }
    }
}
