using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Dates, times and intervals from their parts.</summary>
internal static class Making
{
    public static Column Date(in KernelCall call) => Rows.Fixed<int, DateRow>(call, new DateRow(call));

    public static Column Time(in KernelCall call) => Rows.Fixed<long, TimeRow>(call, new TimeRow(call));

    public static Column Timestamp(in KernelCall call) => Rows.Fixed<long, TimestampRow>(call, new TimestampRow(call, new ZoneName(), isInstant: false));

    public static ScalarKernel Instant(ScalarCallSite site)
    {
        var zone = new ZoneName();
        return (in KernelCall call) => Rows.Fixed<long, TimestampRow>(call, new TimestampRow(call, zone, isInstant: true));
    }

    public static Column IntervalOf(in KernelCall call) => Rows.Fixed<Interval, IntervalRow>(call, new IntervalRow(call));

    private static bool TryDate(long year, long month, long day, out long days)
    {
        // Negative years are BC, and there is no year 0.
        days = 0;
        if (year == 0 || Math.Abs(year) > 5_000_000 || month is < 1 or > 12 || day is < 1 or > 31)
        {
            return false;
        }

        int calendarYear = (int)(year < 0 ? year + 1 : year);
        if (!Calendar.IsValid(calendarYear, (int)month, (int)day))
        {
            return false;
        }

        days = Calendar.ToDays(calendarYear, (int)month, (int)day);
        return true;
    }

    // 24:00:00 is the end of the day.
    private static bool TryTime(long hour, long minute, double second, out long micros)
    {
        double rounded = Math.Round(second * 1_000_000);
        bool valid = hour is >= 0 and <= 24 && minute is >= 0 and < 60 && second is >= 0 and <= 60;
        micros = valid ? (((hour * 60) + minute) * 60_000_000) + (long)rounded : 0;
        return valid && micros <= 86_400_000_000;
    }

    private static bool Fails(int row, string message, RowFaults faults)
    {
        faults.Add(row, FunctionErrors.TimeOutOfRangeCode, message);
        return false;
    }

    private readonly ref struct DateRow(in KernelCall call) : IFixedRow<int>
    {
        private readonly FixedArgument<long> _year = call.Fixed<long>(0);
        private readonly FixedArgument<long> _month = call.Fixed<long>(1);
        private readonly FixedArgument<long> _day = call.Fixed<long>(2);
        private readonly RowFaults _faults = call.Faults;

        public bool TryValue(int row, out int value)
        {
            bool valid = TryDate(_year[row], _month[row], _day[row], out long days);
            value = (int)days;
            return valid || Fails(row, $"make_date: there is no day {_year[row]}-{_month[row]}-{_day[row]}.", _faults);
        }
    }

    private readonly ref struct TimeRow(in KernelCall call) : IFixedRow<long>
    {
        private readonly FixedArgument<long> _hour = call.Fixed<long>(0);
        private readonly FixedArgument<long> _minute = call.Fixed<long>(1);
        private readonly FixedArgument<double> _second = call.Fixed<double>(2);
        private readonly RowFaults _faults = call.Faults;

        public bool TryValue(int row, out long value)
            => TryTime(_hour[row], _minute[row], _second[row], out value) || Fails(row, $"make_time: there is no time {_hour[row]}:{_minute[row]}:{_second[row]}.", _faults);
    }

    private readonly ref struct TimestampRow : IFixedRow<long>
    {
        private readonly FixedArgument<long> _year;
        private readonly FixedArgument<long> _month;
        private readonly FixedArgument<long> _day;
        private readonly FixedArgument<long> _hour;
        private readonly FixedArgument<long> _minute;
        private readonly FixedArgument<double> _second;
        private readonly TextArgument? _zone;
        private readonly ZoneName _zoneName;
        private readonly TimeZoneInfo? _ownZone;
        private readonly RowFaults _faults;

        public TimestampRow(in KernelCall call, ZoneName zone, bool isInstant)
        {
            _year = call.Fixed<long>(0);
            _month = call.Fixed<long>(1);
            _day = call.Fixed<long>(2);
            _hour = call.Fixed<long>(3);
            _minute = call.Fixed<long>(4);
            _second = call.Fixed<double>(5);
            _zone = call.Has(6) ? call.Text(6) : null;
            _zoneName = zone;
            _ownZone = isInstant ? call.Context.TimeZone : null;
            _faults = call.Faults;
        }

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!TryDate(_year[row], _month[row], _day[row], out long days) || !TryTime(_hour[row], _minute[row], _second[row], out long micros))
            {
                return Fails(row, $"make_timestamp: there is no time {_year[row]}-{_month[row]}-{_day[row]} {_hour[row]}:{_minute[row]}:{_second[row]}.", _faults);
            }

            if (Math.Abs(days) > long.MaxValue / 86_400_000_000 - 2)
            {
                return Fails(row, "make_timestamp: the year is out of the range of timestamps.", _faults);
            }

            value = (days * 86_400_000_000) + micros;
            TimeZoneInfo? zone = _ownZone;
            if (_zone is { } given && (zone = _zoneName.Find(given[row])) is null)
            {
                return _zoneName.Fails(row, given[row], _faults);
            }

            return zone is null || ZoneTime.TryToInstant(value, 1_000_000, zone, out value);
        }
    }

    private readonly ref struct IntervalRow : IFixedRow<Interval>
    {
        private readonly FixedArgument<long> _years;
        private readonly FixedArgument<long> _months;
        private readonly FixedArgument<long> _weeks;
        private readonly FixedArgument<long> _days;
        private readonly FixedArgument<long> _hours;
        private readonly FixedArgument<long> _minutes;
        private readonly FixedArgument<double> _seconds;
        private readonly int _given;
        private readonly RowFaults _faults;

        public IntervalRow(in KernelCall call)
        {
            _given = call.Arguments.Length;
            _years = _given > 0 ? call.Fixed<long>(0) : default;
            _months = _given > 1 ? call.Fixed<long>(1) : default;
            _weeks = _given > 2 ? call.Fixed<long>(2) : default;
            _days = _given > 3 ? call.Fixed<long>(3) : default;
            _hours = _given > 4 ? call.Fixed<long>(4) : default;
            _minutes = _given > 5 ? call.Fixed<long>(5) : default;
            _seconds = _given > 6 ? call.Fixed<double>(6) : default;
            _faults = call.Faults;
        }

        public bool TryValue(int row, out Interval value)
        {
            Int128 months = (_given > 0 ? (Int128)_years[row] * 12 : 0) + (_given > 1 ? _months[row] : 0);
            Int128 days = (_given > 2 ? (Int128)_weeks[row] * 7 : 0) + (_given > 3 ? _days[row] : 0);
            Int128 nanos = (_given > 4 ? (Int128)_hours[row] * 3600 * LocalTime.NanosPerSecond : 0)
                + (_given > 5 ? (Int128)_minutes[row] * 60 * LocalTime.NanosPerSecond : 0);
            double seconds = _given > 6 ? _seconds[row] : 0;
            bool valid = Math.Abs(seconds) < 1e10;
            nanos += valid ? (Int128)Math.Round(seconds * 1e6) * 1000 : 0;
            value = new Interval((int)months, (int)days, (long)nanos);
            return (valid && value.Months == months && value.Days == days && value.Nanoseconds == nanos) || Fails(row, "make_interval: the interval is too long.", _faults);
        }
    }
}
