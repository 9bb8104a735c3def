using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Helpers for measurements over time. Rows stand in the order of the window.</summary>
internal static class TimeSeriesFunctions
{
    public static IReadOnlyList<WindowFunction> All { get; } =
    [
        Of("rate", "Increase per second of a counter from the first to the last row of the frame; a counter that falls began anew at zero.", [DataType.Float64, TypePattern.Timestamp], Rate, usesFrame: true,
            new("SELECT max(r) FROM (SELECT rate(x, t) OVER (ORDER BY t) AS r FROM (VALUES (10, timestamp '2024-01-01 00:00:00'), (30, timestamp '2024-01-01 00:00:10')) AS v(x, t)) AS q", "2")),
        Of("derivative", "Change per second since the row before.", [DataType.Float64, TypePattern.Timestamp], Derivative, usesFrame: false,
            new("SELECT max(r) FROM (SELECT derivative(x, t) OVER (ORDER BY t) AS r FROM (VALUES (10, timestamp '2024-01-01 00:00:00'), (30, timestamp '2024-01-01 00:00:10')) AS v(x, t)) AS q", "2"), looksBack: 1),
        Of("ema", "Exponential moving average: each value counts with the factor, what was before with the rest. Nulls keep the average as it is.", [DataType.Float64, DataType.Float64], MovingAverage, usesFrame: false,
            new("SELECT max(r) FROM (SELECT ema(x, 0.5) OVER (ORDER BY x) AS r FROM (VALUES (1), (3)) AS v(x)) AS q", "2"), paged: PagedMovingAverage),
        Of("z_score", "How many standard deviations of the frame's values the value lies above their mean.", [DataType.Float64], ZScore, usesFrame: true,
            new("SELECT max(r) FROM (SELECT z_score(x) OVER () AS r FROM (VALUES (1), (2), (3)) AS v(x)) AS q", "1")),
        Of("percent_change", "Change since the row before in percent of that row's value; null where that is null or zero.", [DataType.Float64], PercentChange, usesFrame: false,
            new("SELECT max(r) FROM (SELECT percent_change(x) OVER (ORDER BY x) AS r FROM (VALUES (4), (5)) AS v(x)) AS q", "25"), looksBack: 1),
    ];

    private static WindowFunction Of(string name, string doc, IReadOnlyList<TypePattern> parameters, WindowKernel kernel, bool usesFrame, FunctionExample example, int? looksBack = null, Func<PagedWindowKernel>? paged = null)
        => new(name, doc, [new WindowOverload { Parameters = parameters, Returns = DataType.Float64, Kernel = _ => kernel, LooksBack = looksBack, Paged = paged }]) { UsesFrame = usesFrame, Category = FunctionCategory.TimeSeries, Examples = [example] };

    private static void Derivative(in WindowCall call, ColumnBuilder results)
    {
        var target = (FixedBuilder<double>)results;
        double perSecond = call.Arguments[1].Type.Unit.PerSecond();
        for (int row = 0; row < call.Rows; row++)
        {
            double? now = Number(call, row);
            double? before = row > 0 ? Number(call, row - 1) : null;
            double seconds = row > 0 ? Elapsed(call, row - 1, row, perSecond) : double.NaN;
            Append(target, seconds > 0 ? (now - before) / seconds : null);
        }
    }

    private static void PercentChange(in WindowCall call, ColumnBuilder results)
    {
        var target = (FixedBuilder<double>)results;
        for (int row = 0; row < call.Rows; row++)
        {
            double? before = row > 0 ? Number(call, row - 1) : null;
            Append(target, before is null or 0 ? null : (Number(call, row) - before) / before * 100);
        }
    }

    private static void MovingAverage(in WindowCall call, ColumnBuilder results)
    {
        double? average = null;
        MovingAverage(call.Arguments[0], call.Arguments[1], call.Rows, ref average, (FixedBuilder<double>)results);
    }

    private static PagedWindowKernel PagedMovingAverage()
    {
        double? average = null;
        return (call, results) => MovingAverage(call.Arguments[0], call.Arguments[1], call.Rows, ref average, (FixedBuilder<double>)results);
    }

    private static void MovingAverage(Vector values, Vector factors, int rows, ref double? average, FixedBuilder<double> target)
    {
        for (int row = 0; row < rows; row++)
        {
            if (Number(values, row) is { } value && Number(factors, row) is { } factor)
            {
                if (!(factor > 0 && factor <= 1))
                {
                    throw WindowFunctionErrors.Smoothing(factor);
                }

                average = average is { } old ? (factor * value) + ((1 - factor) * old) : value;
            }

            Append(target, average);
        }
    }

    // Increases summed from the start of the partition: a frame's increase is a difference of two sums.
    private static void Rate(in WindowCall call, ColumnBuilder results)
    {
        var target = (FixedBuilder<double>)results;
        double perSecond = call.Arguments[1].Type.Unit.PerSecond();
        var increase = new double[call.Rows];
        var lastWithValue = new int[call.Rows];
        var nextWithValue = new int[call.Rows + 1];
        double sum = 0;
        int last = RowPicker.None;
        for (int row = 0; row < call.Rows; row++)
        {
            if (Number(call, row) is { } value && !call.Arguments[1].IsNull(row))
            {
                double before = last == RowPicker.None ? value : Number(call, last)!.Value;
                sum += value >= before ? value - before : value;
                last = row;
            }

            increase[row] = sum;
            lastWithValue[row] = last;
        }

        nextWithValue[call.Rows] = call.Rows;
        for (int row = call.Rows - 1; row >= 0; row--)
        {
            nextWithValue[row] = lastWithValue[row] == row ? row : nextWithValue[row + 1];
        }

        for (int row = 0; row < call.Rows; row++)
        {
            (int start, int end) = (call.FrameStart[row], call.FrameEnd[row]);
            int first = start < end ? nextWithValue[start] : call.Rows;
            int final = start < end ? lastWithValue[end - 1] : RowPicker.None;
            double seconds = first < final ? Elapsed(call, first, final, perSecond) : double.NaN;
            Append(target, seconds > 0 ? (increase[final] - increase[first]) / seconds : null);
        }
    }

    private static void ZScore(in WindowCall call, ColumnBuilder results)
    {
        var target = (FixedBuilder<double>)results;
        var moments = default(Moments);
        (int start, int end) = (0, 0);
        for (int row = 0; row < call.Rows; row++)
        {
            // A frame that grew goes on from the last one.
            if (call.FrameStart[row] != start || call.FrameEnd[row] < end)
            {
                moments = default;
                (start, end) = (call.FrameStart[row], call.FrameStart[row]);
            }

            for (; end < call.FrameEnd[row]; end++)
            {
                if (Number(call, end) is { } value)
                {
                    moments.Add(value);
                }
            }

            Append(target, moments.Deviation is > 0 and var deviation ? (Number(call, row) - moments.Mean) / deviation : null);
        }
    }

    private static double? Number(in WindowCall call, int row) => Number(call.Arguments[0], row);

    private static double? Number(Vector values, int row)
        => values.IsNull(row) ? null : ((FixedColumn<double>)values.Column).Values[row * values.Step];

    private static double Elapsed(in WindowCall call, int from, int to, double perSecond)
    {
        Vector times = call.Arguments[1];
        if (times.IsNull(from) || times.IsNull(to))
        {
            return double.NaN;
        }

        ReadOnlySpan<long> values = ((FixedColumn<long>)times.Column).Values;
        return (double)((Int128)values[to * times.Step] - values[from * times.Step]) / perSecond;
    }

    private static void Append(FixedBuilder<double> target, double? value)
    {
        if (value is { } number)
        {
            target.Append(number);
        }
        else
        {
            target.AppendNull();
        }
    }

    /// <summary>Mean and spread of values one by one, without large sums (Welford).</summary>
    private struct Moments
    {
        private long _count;
        private double _squares;

        public double Mean { get; private set; }

        public readonly double Deviation => _count > 1 ? Math.Sqrt(_squares / (_count - 1)) : 0;

        public void Add(double value)
        {
            _count++;
            double distance = value - Mean;
            Mean += distance / _count;
            _squares += distance * (value - Mean);
        }
    }
}
