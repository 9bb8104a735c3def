using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Parts of dates, times and intervals as numbers.</summary>
internal static class DateParts
{
    /// <summary>A whole number for whole parts, where the part is known beforehand; else a double.</summary>
    public static DataType Type(ScalarCallSite site)
        => site.TryConstant(0, out string? name) && TimeFields.TryParse(name!, out TimeField field) && TimeFields.IsWhole(field) ? DataType.Int64 : DataType.Float64;

    public static ScalarKernel OfTime(ScalarCallSite site)
    {
        bool hasTime = site.Types[1].Id != TypeId.Date;
        bool hasZone = site.Types[1].TimeZone is not null;
        var name = new FieldName();
        return (in KernelCall call) => call.Type.Id == TypeId.Int64
            ? Rows.Fixed<long, TimePartRow>(call, new TimePartRow(call, name, hasTime, hasZone))
            : Rows.Fixed<double, TimePartRow>(call, new TimePartRow(call, name, hasTime, hasZone));
    }

    public static ScalarKernel OfInterval(ScalarCallSite site)
    {
        var name = new FieldName();
        return (in KernelCall call) => call.Type.Id == TypeId.Int64
            ? Rows.Fixed<long, IntervalPartRow>(call, new IntervalPartRow(call, name))
            : Rows.Fixed<double, IntervalPartRow>(call, new IntervalPartRow(call, name));
    }

    public static ScalarKernel OfTimeOfDay(ScalarCallSite site)
    {
        var name = new FieldName();
        return (in KernelCall call) => call.Type.Id == TypeId.Int64
            ? Rows.Fixed<long, TimeOfDayPartRow>(call, new TimeOfDayPartRow(call, name))
            : Rows.Fixed<double, TimeOfDayPartRow>(call, new TimeOfDayPartRow(call, name));
    }

    /// <summary>One part of dates and timestamps: <c>year(d)</c>.</summary>
    public static ScalarKernel One(TimeField field) => (in KernelCall call) => Rows.Fixed<long, OnePartRow>(call, new OnePartRow(call, field));

    private static bool UnknownField(int row, ReadOnlySpan<byte> name, string of, RowFaults faults)
    {
        faults.Add(row, FunctionErrors.TimeFieldCode, $"{FunctionErrors.Show(name)} is not a part of {of}.");
        return false;
    }

    /// <summary>A whole part.</summary>
    private static long Whole(LocalTime time, TimeField field)
    {
        (int year, int month, int day) = time.Date;
        return field switch
        {
            TimeField.Microsecond => ((long)time.Second * 1_000_000) + (time.NanoOfSecond / 1000),
            TimeField.Second => time.Second,
            TimeField.Minute => time.Minute,
            TimeField.Hour => time.Hour,
            TimeField.Day => day,
            TimeField.Week => time.IsoWeek.Week,
            TimeField.Month => month,
            TimeField.Quarter => ((month - 1) / 3) + 1,
            TimeField.Year => Shown(year),
            TimeField.Decade => CalendarMoves.FloorDivide(year, 10),
            TimeField.Century => year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100),
            TimeField.Millennium => year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000),
            TimeField.DayOfWeek => time.DayOfWeek,
            TimeField.IsoDayOfWeek => time.IsoDayOfWeek,
            TimeField.DayOfYear => time.DayOfYear,
            TimeField.IsoYear => Shown(time.IsoWeek.Year),
            TimeField.Timezone => time.OffsetSeconds,
            TimeField.TimezoneHour => time.OffsetSeconds / 3600,
            _ => time.OffsetSeconds / 60 % 60,
        };
    }

    private static double Fractional(LocalTime time, TimeField field) => field switch
    {
        TimeField.Second => time.Second + (time.NanoOfSecond / 1e9),
        TimeField.Millisecond => (time.Second * 1000) + (time.NanoOfSecond / 1e6),
        TimeField.Julian => time.Days + 2_440_588 + (time.Nanos / (double)LocalTime.NanosPerDay),
        TimeField.Epoch => ((time.Days * 86_400.0) + time.SecondOfDay - time.OffsetSeconds) + (time.NanoOfSecond / 1e9),
        _ => Whole(time, field),
    };

    // There is no year 0: the year before 1 is 1 BC, shown as -1.
    private static long Shown(int year) => year > 0 ? year : year - 1;

    private readonly ref struct TimePartRow(in KernelCall call, FieldName name, bool hasTime, bool hasZone) : IFixedRow<long>, IFixedRow<double>
    {
        private readonly TextArgument _field = call.Text(0);
        private readonly TimeArgument _time = new(call, 1);
        private readonly RowFaults _faults = call.Faults;
        private readonly FieldName _name = name;
        private readonly bool _hasTime = hasTime;
        private readonly bool _hasZone = hasZone;

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!TryField(row, out TimeField field) || !_time.TryGet(row, out LocalTime time))
            {
                return false;
            }

            value = Whole(time, field);
            return true;
        }

        public bool TryValue(int row, out double value)
        {
            value = 0;
            if (!TryField(row, out TimeField field) || !_time.TryGet(row, out LocalTime time))
            {
                return false;
            }

            value = Fractional(time, field);
            return true;
        }

        private bool TryField(int row, out TimeField field)
        {
            bool known = _name.TryFind(_field[row], out field)
                && (_hasZone || field < TimeField.Timezone)
                && (_hasTime || field > TimeField.Hour);
            return known || UnknownField(row, _field[row], _hasZone ? "a timestamp with a zone" : _hasTime ? "a timestamp" : "a date", _faults);
        }
    }

    private readonly ref struct OnePartRow(in KernelCall call, TimeField field) : IFixedRow<long>
    {
        private readonly TimeArgument _time = new(call, 0);
        private readonly TimeField _field = field;

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!_time.TryGet(row, out LocalTime time))
            {
                return false;
            }

            value = _field == TimeField.Millisecond ? (long)Fractional(time, _field) : Whole(time, _field);
            return true;
        }
    }

    private readonly ref struct TimeOfDayPartRow(in KernelCall call, FieldName name) : IFixedRow<long>, IFixedRow<double>
    {
        private readonly TextArgument _field = call.Text(0);
        private readonly FixedArgument<long> _time = call.Fixed<long>(1);
        private readonly long _nanosPerUnit = LocalTime.NanosPerSecond / call.Arguments[1].Type.Unit.PerSecond();
        private readonly RowFaults _faults = call.Faults;
        private readonly FieldName _name = name;

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!TryField(row, out TimeField field))
            {
                return false;
            }

            value = Whole(Time(row), field);
            return true;
        }

        public bool TryValue(int row, out double value)
        {
            value = 0;
            if (!TryField(row, out TimeField field))
            {
                return false;
            }

            value = Fractional(Time(row), field);
            return true;
        }

        private LocalTime Time(int row) => new(0, _time[row] * _nanosPerUnit);

        private bool TryField(int row, out TimeField field)
            => (_name.TryFind(_field[row], out field) && (field <= TimeField.Hour || field == TimeField.Epoch)) || UnknownField(row, _field[row], "a time", _faults);
    }

    private readonly ref struct IntervalPartRow(in KernelCall call, FieldName name) : IFixedRow<long>, IFixedRow<double>
    {
        private readonly TextArgument _field = call.Text(0);
        private readonly FixedArgument<Interval> _interval = call.Fixed<Interval>(1);
        private readonly RowFaults _faults = call.Faults;
        private readonly FieldName _name = name;

        public bool TryValue(int row, out long value)
        {
            bool has = TryValue(row, out double number);
            value = (long)number;
            return has;
        }

        public bool TryValue(int row, out double value)
        {
            Interval interval = _interval[row];
            long nanos = interval.Nanoseconds;
            double? part = !_name.TryFind(_field[row], out TimeField field) ? null : field switch
            {
                TimeField.Microsecond => nanos % (60 * LocalTime.NanosPerSecond) / 1000,
                TimeField.Millisecond => nanos % (60 * LocalTime.NanosPerSecond) / 1e6,
                TimeField.Second => nanos % (60 * LocalTime.NanosPerSecond) / 1e9,
                TimeField.Minute => nanos / (60 * LocalTime.NanosPerSecond) % 60,
                TimeField.Hour => nanos / (3600 * LocalTime.NanosPerSecond),
                TimeField.Day => interval.Days,
                TimeField.Month => interval.Months % 12,
                TimeField.Quarter => (interval.Months % 12 / 3) + 1,
                TimeField.Year => interval.Months / 12,
                TimeField.Decade => interval.Months / 120,
                TimeField.Century => interval.Months / 1200,
                TimeField.Millennium => interval.Months / 12_000,
                // A year counts as 365.25 days and a month beyond years as 30.
                TimeField.Epoch => (((interval.Months / 12 * 365.25) + (interval.Months % 12 * 30.0) + interval.Days) * 86_400) + (nanos / 1e9),
                _ => null,
            };
            value = part ?? 0;
            return part is not null || UnknownField(row, _field[row], "an interval", _faults);
        }
    }
}
