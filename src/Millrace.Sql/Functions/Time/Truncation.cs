using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary><c>date_trunc</c>: dates and times cut down to a part.</summary>
internal static class Truncation
{
    public static ScalarKernel OfTime(ScalarCallSite site)
    {
        var name = new FieldName();
        return (in KernelCall call) => Rows.Fixed<long, TruncateRow>(call, new TruncateRow(call, name));
    }

    public static ScalarKernel OfInterval(ScalarCallSite site)
    {
        var name = new FieldName();
        return (in KernelCall call) => Rows.Fixed<Interval, TruncateIntervalRow>(call, new TruncateIntervalRow(call, name));
    }

    public static Column LastDay(in KernelCall call) => Rows.Fixed<int, LastDayRow>(call, new LastDayRow(call));

    /// <summary>The beginning of the part that a time lies in; null for parts that are not periods.</summary>
    public static LocalTime? Truncate(LocalTime time, TimeField field)
    {
        if (field <= TimeField.Hour)
        {
            long size = field switch
            {
                TimeField.Microsecond => 1000,
                TimeField.Millisecond => 1_000_000,
                TimeField.Second => LocalTime.NanosPerSecond,
                TimeField.Minute => 60 * LocalTime.NanosPerSecond,
                _ => 3600 * LocalTime.NanosPerSecond,
            };
            return time with { Nanos = time.Nanos - (time.Nanos % size) };
        }

        (int year, int month, int _) = time.Date;
        long? days = field switch
        {
            TimeField.Day => time.Days,
            TimeField.Week => time.Days + 1 - time.IsoDayOfWeek,
            TimeField.Month => Calendar.ToDays(year, month, 1),
            TimeField.Quarter => Calendar.ToDays(year, ((month - 1) / 3 * 3) + 1, 1),
            TimeField.Year => Calendar.ToDays(year, 1, 1),
            TimeField.Decade => Calendar.ToDays((int)CalendarMoves.FloorDivide(year, 10) * 10, 1, 1),
            // The first century began with the year 1.
            TimeField.Century => Calendar.ToDays(((int)CalendarMoves.FloorDivide(year - 1, 100) * 100) + 1, 1, 1),
            TimeField.Millennium => Calendar.ToDays(((int)CalendarMoves.FloorDivide(year - 1, 1000) * 1000) + 1, 1, 1),
            TimeField.IsoYear => new LocalTime(Calendar.ToDays(time.IsoWeek.Year, 1, 4), 0) is var fourth ? fourth.Days + 1 - fourth.IsoDayOfWeek : null,
            _ => null,
        };
        return days is { } start ? time with { Days = start, Nanos = 0 } : null;
    }

    private readonly ref struct TruncateRow : IFixedRow<long>
    {
        private readonly TextArgument _field;
        private readonly TimeArgument _time;
        private readonly FieldName _name;
        private readonly RowFaults _faults;
        private readonly long _perSecond;
        private readonly TimeZoneInfo? _zone;

        public TruncateRow(in KernelCall call, FieldName name)
        {
            _field = call.Text(0);
            _time = new TimeArgument(call, 1);
            _name = name;
            _faults = call.Faults;
            _perSecond = call.Type.Unit.PerSecond();
            _zone = call.Type.TimeZone is null ? null : call.Context.TimeZone;
        }

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!_time.TryGet(row, out LocalTime time))
            {
                return false;
            }

            if (!_name.TryFind(_field[row], out TimeField field) || Truncate(time, field) is not { } start)
            {
                _faults.Add(row, FunctionErrors.TimeFieldCode, $"date_trunc: {FunctionErrors.Show(_field[row])} is not a period.");
                return false;
            }

            if (!start.TryToUnits(_perSecond, out value) || (_zone is not null && !TryToInstant(start, field, value, out value)))
            {
                _faults.Add(row, FunctionErrors.TimeOutOfRangeCode, "date_trunc: the beginning of the period is out of range.");
                return false;
            }

            return true;
        }

        // Within a day the offset stays that of the time itself, so that an hour which the clock shows twice is cut right.
        private bool TryToInstant(LocalTime start, TimeField field, long local, out long instant)
        {
            instant = local - (start.OffsetSeconds * _perSecond);
            return field <= TimeField.Hour || ZoneTime.TryToInstant(local, _perSecond, _zone!, out instant);
        }
    }

    private readonly ref struct TruncateIntervalRow(in KernelCall call, FieldName name) : IFixedRow<Interval>
    {
        private readonly TextArgument _field = call.Text(0);
        private readonly FixedArgument<Interval> _interval = call.Fixed<Interval>(1);
        private readonly FieldName _name = name;
        private readonly RowFaults _faults = call.Faults;

        public bool TryValue(int row, out Interval value)
        {
            value = _interval[row];
            if (!_name.TryFind(_field[row], out TimeField field) || field > TimeField.Millennium || field == TimeField.Week)
            {
                _faults.Add(row, FunctionErrors.TimeFieldCode, $"date_trunc: {FunctionErrors.Show(_field[row])} is not a part at which an interval can be cut.");
                return false;
            }

            if (field < TimeField.Day)
            {
                long nanos = Truncate(new LocalTime(0, Math.Abs(value.Nanoseconds == long.MinValue ? long.MaxValue : value.Nanoseconds)), field)!.Value.Nanos;
                value = value with { Nanoseconds = value.Nanoseconds < 0 ? -nanos : nanos };
                return true;
            }

            int months = field switch
            {
                TimeField.Day or TimeField.Month => 1,
                TimeField.Quarter => 3,
                TimeField.Year => 12,
                TimeField.Decade => 120,
                TimeField.Century => 1200,
                _ => 12_000,
            };
            value = new Interval(value.Months / months * months, field == TimeField.Day ? value.Days : 0, 0);
            return true;
        }
    }

    private readonly ref struct LastDayRow(in KernelCall call) : IFixedRow<int>
    {
        private readonly TimeArgument _time = new(call, 0);

        public bool TryValue(int row, out int value)
        {
            value = 0;
            if (!_time.TryGet(row, out LocalTime time))
            {
                return false;
            }

            (int year, int month, int day) = time.Date;
            while (Calendar.IsValid(year, month, day + 1))
            {
                day++;
            }

            value = (int)Calendar.ToDays(year, month, day);
            return true;
        }
    }
}
