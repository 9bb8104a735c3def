using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Where a time's bin begins or ends, for bins of one width laid from an origin on.</summary>
internal static class Binning
{
    // 2000-01-03 was a Monday, so bins of a week begin on Mondays.
    private static readonly long Monday = Calendar.ToDays(2000, 1, 3);
    private static readonly long FirstOfMonth = Calendar.ToDays(2000, 1, 1);

    /// <summary><c>date_bin(width, time, origin)</c>; the origin is 1970-01-01, unless given.</summary>
    public static Column Start(in KernelCall call) => Rows.Fixed<long, BinRow>(call, new BinRow(call, width: 0, time: 1, originDays: 0, end: false));

    /// <summary><c>time_bucket(width, time, origin)</c>; unless given, the origin is Monday 2000-01-03, and of months 2000-01-01.</summary>
    public static Column Bucket(in KernelCall call) => Rows.Fixed<long, BinRow>(call, new BinRow(call, width: 0, time: 1, originDays: Monday, end: false, monthOriginDays: FirstOfMonth));

    public static Column TumbleStart(in KernelCall call) => Rows.Fixed<long, BinRow>(call, new BinRow(call, width: 1, time: 0, originDays: 0, end: false));

    public static Column TumbleEnd(in KernelCall call) => Rows.Fixed<long, BinRow>(call, new BinRow(call, width: 1, time: 0, originDays: 0, end: true));

    private readonly ref struct BinRow : IFixedRow<long>
    {
        private readonly FixedArgument<Interval> _width;
        private readonly FixedArgument<long> _time;
        private readonly FixedArgument<long> _origin;
        private readonly bool _hasOrigin;
        private readonly long _nanosPerUnit;
        private readonly long _nanosPerOriginUnit;
        private readonly long _originDays;
        private readonly long _monthOriginDays;
        private readonly bool _end;
        private readonly RowFaults _faults;

        public BinRow(in KernelCall call, int width, int time, long originDays, bool end, long monthOriginDays = 0)
        {
            _width = call.Fixed<Interval>(width);
            _time = call.Fixed<long>(time);
            _nanosPerUnit = LocalTime.NanosPerSecond / call.Arguments[time].Type.Unit.PerSecond();
            _hasOrigin = call.Has(2);
            _origin = _hasOrigin ? call.Fixed<long>(2) : default;
            _nanosPerOriginUnit = _hasOrigin ? LocalTime.NanosPerSecond / call.Arguments[2].Type.Unit.PerSecond() : 0;
            _originDays = originDays;
            _monthOriginDays = monthOriginDays;
            _end = end;
            _faults = call.Faults;
        }

        public bool TryValue(int row, out long value)
        {
            Interval width = _width[row];
            Int128 time = (Int128)_time[row] * _nanosPerUnit;
            Int128 origin = _hasOrigin ? (Int128)_origin[row] * _nanosPerOriginUnit : (Int128)(width.Months == 0 ? _originDays : _monthOriginDays) * LocalTime.NanosPerDay;
            Int128 size = ((Int128)width.Days * LocalTime.NanosPerDay) + width.Nanoseconds;
            Int128 start;
            value = 0;
            if (width.Months == 0 && size > 0)
            {
                Int128 rest = (time - origin) % size;
                start = time - (rest < 0 ? rest + size : rest) + (_end ? size : 0);
            }
            else if (width.Months <= 0 || size != 0)
            {
                _faults.Add(row, FunctionErrors.ArgumentCode, "The width must be more than nothing, and either of months or of days and time.");
                return false;
            }
            else if (!TryMonths(width.Months, time, origin, out start))
            {
                return OutOfRange(row);
            }

            Int128 units = start / _nanosPerUnit;
            units -= units * _nanosPerUnit > start ? 1 : 0;
            value = (long)units;
            return value == units || OutOfRange(row);
        }

        private bool TryMonths(int months, Int128 time, Int128 origin, out Int128 start)
        {
            start = 0;
            LocalTime at = Split(time);
            LocalTime from = Split(origin);
            if (Math.Abs(at.Days) > LocalTime.MaxDays / 2 || Math.Abs(from.Days) > LocalTime.MaxDays / 2)
            {
                return false;
            }

            long steps = CalendarMoves.FloorDivide(Months(at) - Months(from), months);
            for (long step = steps; step >= steps - 1; step--)
            {
                if (Math.Abs((step + 1) * months) > int.MaxValue || !CalendarMoves.TryMoveDays(from.Days, new Interval((int)(step * months), 0, 0), 1, out long day))
                {
                    return false;
                }

                if (day < at.Days || (day == at.Days && from.Nanos <= at.Nanos))
                {
                    bool moved = !_end || CalendarMoves.TryMoveDays(from.Days, new Interval((int)((step + 1) * months), 0, 0), 1, out day);
                    start = ((Int128)day * LocalTime.NanosPerDay) + from.Nanos;
                    return moved;
                }
            }

            return false;
        }

        private static LocalTime Split(Int128 nanos)
        {
            Int128 days = nanos / LocalTime.NanosPerDay;
            days -= days * LocalTime.NanosPerDay > nanos ? 1 : 0;
            return new LocalTime((long)days, (long)(nanos - (days * LocalTime.NanosPerDay)));
        }

        private static long Months(LocalTime time) => (time.Date.Year * 12L) + time.Date.Month;

        private bool OutOfRange(int row)
        {
            _faults.Add(row, FunctionErrors.TimeOutOfRangeCode, "The bin is out of the range of timestamps.");
            return false;
        }
    }
}
