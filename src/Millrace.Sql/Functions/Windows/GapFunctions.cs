using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Values for rows that have none, such as those that <c>GAP_FILL</c> adds. Rows stand in the order of the window.</summary>
internal static class GapFunctions
{
    private static readonly TypePattern Value = TypePattern.Variable("T");

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        new WindowFunction("locf", "The value, or where it is null the last one before it in the partition (last observation carried forward).",
            [new WindowOverload { Parameters = [Value], Returns = Value, Kernel = _ => CarryForward, Paged = () => PagedValueFunctions.CarryForward }])
        {
            Category = FunctionCategory.TimeSeries,
            Examples = [new("SELECT string_agg(coalesce(v::varchar, '-'), ',' ORDER BY t) FROM (SELECT t, locf(x) OVER (ORDER BY t) AS v FROM (VALUES (1, NULL), (2, 7), (3, NULL), (4, 9)) AS r(t, x)) AS q", "-,7,7,9")],
        },
        new WindowFunction("interpolate", "The value, or where it is null the one on the straight line between its neighbours in time; null before the first and behind the last value.",
            [new WindowOverload { Parameters = [DataType.Float64, TypePattern.Timestamp], Returns = DataType.Float64, Kernel = _ => Interpolate }])
        {
            Category = FunctionCategory.TimeSeries,
            Examples = [new("SELECT max(v) FROM (SELECT x, interpolate(x, t) OVER (ORDER BY t) AS v FROM (VALUES (10, timestamp '2024-01-01 00:00:00'), (NULL, timestamp '2024-01-01 00:00:10'), (40, timestamp '2024-01-01 00:00:30')) AS r(x, t)) AS q WHERE x IS NULL", "20")],
        },
        new SpecialForm("gap_fill", FunctionCategory.TimeSeries, "Rows of a table, and one for each time that is missing between them in steps; it stands in FROM.", ["GAP_FILL(TABLE t [PARTITION BY column, …], DESCRIPTOR(time), interval)"])
        {
            Examples = [new("SELECT count(*) FROM GAP_FILL((SELECT * FROM (VALUES (timestamp '2024-01-01 00:00:00', 1), (timestamp '2024-01-01 00:03:00', 4)) AS v(t, x)), DESCRIPTOR(t), INTERVAL '1' MINUTE) AS g", "4")],
        },
    ];

    private static void CarryForward(in WindowCall call, ColumnBuilder results)
    {
        var rows = new int[call.Rows];
        int last = RowPicker.None;
        for (int row = 0; row < rows.Length; row++)
        {
            last = call.Arguments[0].IsNull(row) ? last : row;
            rows[row] = last;
        }

        RowPicker.Append(results, call.Arguments[0], rows);
    }

    private static void Interpolate(in WindowCall call, ColumnBuilder results)
    {
        var target = (FixedBuilder<double>)results;
        int before = RowPicker.None;
        int next = 0;
        for (int row = 0; row < call.Rows; row++)
        {
            if (Known(call, row))
            {
                before = row;
                target.Append(Number(call, row));
                continue;
            }

            for (next = Math.Max(next, row + 1); next < call.Rows && !Known(call, next); next++)
            {
            }

            if (before == RowPicker.None || next == call.Rows || call.Arguments[1].IsNull(row))
            {
                target.AppendNull();
                continue;
            }

            double span = (double)((Int128)Time(call, next) - Time(call, before));
            double share = span > 0 ? (double)((Int128)Time(call, row) - Time(call, before)) / span : 0;
            target.Append(Number(call, before) + ((Number(call, next) - Number(call, before)) * share));
        }
    }

    // A value without a time is no neighbour.
    private static bool Known(in WindowCall call, int row) => !call.Arguments[0].IsNull(row) && !call.Arguments[1].IsNull(row);

    private static double Number(in WindowCall call, int row) => ((FixedColumn<double>)call.Arguments[0].Column).Values[row * call.Arguments[0].Step];

    private static long Time(in WindowCall call, int row) => ((FixedColumn<long>)call.Arguments[1].Column).Values[row * call.Arguments[1].Step];
}
