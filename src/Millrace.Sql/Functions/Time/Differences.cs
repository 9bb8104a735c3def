using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>How far apart dates and times are.</summary>
internal static class Differences
{
    /// <summary>
    /// <c>datediff(part, start, end)</c>: how many boundaries of the part lie between. Hours and less between two instants are those
    /// that pass, whatever the clock does meanwhile.
    /// </summary>
    public static ScalarKernel Boundaries(ScalarCallSite site)
    {
        var name = new FieldName();
        bool areInstants = site.Types[1].TimeZone is not null && site.Types[2].TimeZone is not null;
        return (in KernelCall call) => Rows.Fixed<long, BoundariesRow>(call, new BoundariesRow(call, name, areInstants));
    }

    /// <summary><c>datediff(end, start)</c>: days.</summary>
    public static Column Days(in KernelCall call) => Rows.Fixed<long, DaysRow>(call, new DaysRow(call));

    /// <summary><c>age(end, start)</c>, in years, months, days and time; with one argument, from it to the statement's day.</summary>
    public static Column Age(in KernelCall call) => Rows.Fixed<Interval, AgeRow>(call, new AgeRow(call));

    private readonly ref struct DaysRow(in KernelCall call) : IFixedRow<long>
    {
        private readonly TimeArgument _end = new(call, 0);
        private readonly TimeArgument _start = new(call, 1);

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!_end.TryGet(row, out LocalTime end) || !_start.TryGet(row, out LocalTime start))
            {
                return false;
            }

            value = end.Days - start.Days;
            return true;
        }
    }

    private readonly ref struct BoundariesRow(in KernelCall call, FieldName name, bool areInstants) : IFixedRow<long>
    {
        private readonly TextArgument _field = call.Text(0);
        private readonly TimeArgument _start = new(call, 1);
        private readonly TimeArgument _end = new(call, 2);
        private readonly FieldName _name = name;
        private readonly bool _areInstants = areInstants;
        private readonly RowFaults _faults = call.Faults;

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!_start.TryGet(row, out LocalTime start) || !_end.TryGet(row, out LocalTime end))
            {
                return false;
            }

            if (!_name.TryFind(_field[row], out TimeField field) || !TryNumber(start, field, 0, out Int128 first))
            {
                _faults.Add(row, FunctionErrors.TimeFieldCode, $"datediff: {FunctionErrors.Show(_field[row])} is not a period.");
                return false;
            }

            TryNumber(end, field, _areInstants ? start.OffsetSeconds - end.OffsetSeconds : 0, out Int128 last);
            value = (long)(last - first);
            return true;
        }

        /// <summary>The number of the period that a time lies in; those of hours and less are of a clock that is so many seconds ahead.</summary>
        private static bool TryNumber(LocalTime time, TimeField field, int ahead, out Int128 number)
        {
            Int128 seconds = ((Int128)time.Days * 86_400) + time.SecondOfDay + ahead;
            (int year, int month, int _) = time.Date;
            number = field switch
            {
                TimeField.Microsecond => (seconds * 1_000_000) + (time.NanoOfSecond / 1000),
                TimeField.Millisecond => (seconds * 1000) + (time.NanoOfSecond / 1_000_000),
                TimeField.Second or TimeField.Epoch => seconds,
                TimeField.Minute => CalendarMoves.FloorDivide((long)seconds, 60),
                TimeField.Hour => CalendarMoves.FloorDivide((long)seconds, 3600),
                TimeField.Day or TimeField.DayOfWeek or TimeField.DayOfYear or TimeField.Julian => time.Days,
                TimeField.Week => CalendarMoves.FloorDivide(time.Days + 3, 7),
                TimeField.Month => (year * 12L) + month - 1,
                TimeField.Quarter => (year * 4L) + ((month - 1) / 3),
                TimeField.Year => year,
                TimeField.Decade => CalendarMoves.FloorDivide(year, 10),
                TimeField.Century => CalendarMoves.FloorDivide(year - 1, 100),
                TimeField.Millennium => CalendarMoves.FloorDivide(year - 1, 1000),
                TimeField.IsoYear => time.IsoWeek.Year,
                _ => Int128.MinValue,
            };
            return number != Int128.MinValue;
        }
    }

    private readonly ref struct AgeRow : IFixedRow<Interval>
    {
        private readonly TimeArgument _end;
        private readonly TimeArgument _start;
        private readonly bool _toToday;
        private readonly LocalTime _today;
        private readonly RowFaults _faults;

        public AgeRow(in KernelCall call)
        {
            _toToday = !call.Has(1);
            _end = new TimeArgument(call, 0);
            _start = new TimeArgument(call, _toToday ? 0 : 1);
            _today = new LocalTime(CurrentTime.Local(call.Context).Days, 0);
            _faults = call.Faults;
        }

        public bool TryValue(int row, out Interval value)
        {
            value = default;
            LocalTime end = _today;
            if ((!_toToday && !_end.TryGet(row, out end)) || !_start.TryGet(row, out LocalTime start))
            {
                return false;
            }

            bool negative = (start.Days, start.Nanos).CompareTo((end.Days, end.Nanos)) > 0;
            (LocalTime from, LocalTime to) = negative ? (end, start) : (start, end);
            (int fromYear, int fromMonth, int fromDay) = from.Date;
            (int toYear, int toMonth, int toDay) = to.Date;
            long months = ((toYear - fromYear) * 12L) + toMonth - fromMonth;
            long days = toDay - fromDay;
            long nanos = to.Nanos - from.Nanos;
            if (nanos < 0)
            {
                nanos += LocalTime.NanosPerDay;
                days--;
            }

            // As in PostgreSQL, a month is borrowed with the days of the earlier date's month.
            if (days < 0)
            {
                days += Calendar.ToDays(fromMonth == 12 ? fromYear + 1 : fromYear, fromMonth == 12 ? 1 : fromMonth + 1, 1) - Calendar.ToDays(fromYear, fromMonth, 1);
                months--;
            }

            if (months > int.MaxValue)
            {
                _faults.Add(row, FunctionErrors.TimeOutOfRangeCode, "age: the times are too far apart.");
                return false;
            }

            value = negative ? new Interval(-(int)months, -(int)days, -nanos) : new Interval((int)months, (int)days, nanos);
            return true;
        }
    }
}
