using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>A lane of a series of timestamps, or of instants, whose days and months are those of the statement's zone.</summary>
internal sealed class TimeSeriesLane(SeriesNode node, DataType type, LaneOperator output, QueryContext context) : LaneOperator
{
    private readonly FixedBuilder<long> _values = new(type);
    private readonly TimeZoneInfo? _zone = type.TimeZone is null || context.Evaluation.TimeZone.Equals(TimeZoneInfo.Utc) ? null : context.Evaluation.TimeZone;
    private RowMultiplier? _rows;

    public override bool IsSatisfied => output.IsSatisfied;

    public override void Push(Chunk chunk)
    {
        _rows ??= new RowMultiplier(node.Schema, node.Width, output, context.Cancellation, _values);
        (Column from, Column to, Column step) = (chunk.Rows[node.From], chunk.Rows[node.To], chunk.Rows[node.Step]);
        for (int row = 0; row < chunk.Rows.Length; row++)
        {
            if (from.IsNull(row) || to.IsNull(row) || step.IsNull(row))
            {
                continue;
            }

            Interval distance = ((FixedColumn<Interval>)step).Values[row];
            long last = ((FixedColumn<long>)to).Values[row];
            Int128 value = ((FixedColumn<long>)from).Values[row];
            (Int128 origin, long steps) = node.IsGap && distance.Months != 0 ? Origin(value, last, distance) : (value, 0);
            bool counts = node.IsGap && distance.Months != 0;
            bool up = Move(value, distance) > value;
            if (Move(value, distance) == value)
            {
                throw SetErrors.ZeroStep();
            }

            while (up ? value <= last : value >= last)
            {
                _rows.Add(row);
                _values.Append((long)value);
                if (_rows.IsFull && !_rows.Flush(chunk))
                {
                    return;
                }

                Int128 next = counts ? Move(origin, distance, ++steps) : Move(value, distance);
                if (up ? next <= value : next >= value)
                {
                    throw SetErrors.ZeroStep();
                }

                value = next;
            }
        }

        _rows.Flush(chunk);
    }

    public override void Finish() => output.Finish();

    public override void Dispose() => _values.Dispose();

    // Months have ends of their own: steps are counted from the end of the gap whose day of the month the other one has lost.
    private (Int128 Origin, long Steps) Origin(Int128 from, long to, Interval step)
    {
        long months = MonthOf(to) - MonthOf(from);
        long steps = months / step.Months;
        return step is { Days: 0, Nanoseconds: 0 } && months % step.Months == 0 && Move(to, step, -steps) == from ? (to, -steps) : (from, 0);
    }

    private long MonthOf(Int128 time)
    {
        Int128 local = _zone is not null && ZoneTime.TryToLocal((long)time, type.Unit.PerSecond(), _zone, out long wall) ? wall : time;
        (int year, int month, _) = Calendar.FromDays((long)TimeSteps.DivideDown(local, (Int128)86_400 * type.Unit.PerSecond()));
        return (year * 12L) + month;
    }

    private Int128 Move(Int128 time, Interval distance, long times = 1)
    {
        long perSecond = type.Unit.PerSecond();
        return _zone is not null && (distance.Months != 0 || distance.Days != 0) && time == (long)time
            && ZoneTime.TryToLocal((long)time, perSecond, _zone, out long local)
            && TimeSteps.Add(type.Unit, local, new Interval(distance.Months, distance.Days, 0), times) is var moved && moved == (long)moved
            && ZoneTime.TryToInstant((long)moved, perSecond, _zone, out long instant)
            ? TimeSteps.Add(type.Unit, instant, new Interval(0, 0, distance.Nanoseconds), times)
            : TimeSteps.Add(type.Unit, time, distance, times);
    }
}
