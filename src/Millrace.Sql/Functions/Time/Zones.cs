using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary><c>timezone(zone, time)</c>, which is <c>time AT TIME ZONE zone</c>: wall-clock times become instants, instants become wall-clock times.</summary>
internal static class Zones
{
    public static DataType Type(ScalarCallSite site)
        => DataType.Timestamp(site.Types[1].Unit, site.Types[1].TimeZone is null ? "UTC" : null);

    public static ScalarKernel Convert(ScalarCallSite site)
    {
        bool toLocal = site.Types[1].TimeZone is not null;
        var name = new ZoneName();
        return (in KernelCall call) => Rows.Fixed<long, ConvertRow>(call, new ConvertRow(call, name, toLocal));
    }

    /// <summary>By an interval that the zone is ahead of UTC.</summary>
    public static ScalarKernel Shift(ScalarCallSite site)
    {
        int sign = site.Types[1].TimeZone is not null ? 1 : -1;
        return (in KernelCall call) => Rows.Fixed<long, ShiftRow>(call, new ShiftRow(call, sign));
    }

    private static bool OutOfRange(int row, RowFaults faults)
    {
        faults.Add(row, FunctionErrors.TimeOutOfRangeCode, "timezone: the result is out of the range of timestamps.");
        return false;
    }

    private readonly ref struct ConvertRow(in KernelCall call, ZoneName name, bool toLocal) : IFixedRow<long>
    {
        private readonly TextArgument _zone = call.Text(0);
        private readonly FixedArgument<long> _time = call.Fixed<long>(1);
        private readonly long _perSecond = call.Type.Unit.PerSecond();
        private readonly RowFaults _faults = call.Faults;
        private readonly ZoneName _name = name;
        private readonly bool _toLocal = toLocal;

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (_name.Find(_zone[row]) is not { } zone)
            {
                return _name.Fails(row, _zone[row], _faults);
            }

            bool fits = _toLocal ? ZoneTime.TryToLocal(_time[row], _perSecond, zone, out value) : ZoneTime.TryToInstant(_time[row], _perSecond, zone, out value);
            return fits || OutOfRange(row, _faults);
        }
    }

    private readonly ref struct ShiftRow(in KernelCall call, int sign) : IFixedRow<long>
    {
        private readonly FixedArgument<Interval> _ahead = call.Fixed<Interval>(0);
        private readonly FixedArgument<long> _time = call.Fixed<long>(1);
        private readonly long _nanosPerUnit = LocalTime.NanosPerSecond / call.Type.Unit.PerSecond();
        private readonly RowFaults _faults = call.Faults;
        private readonly int _sign = sign;

        public bool TryValue(int row, out long value)
        {
            Interval ahead = _ahead[row];
            value = 0;
            if (ahead.Months != 0 || ahead.Days != 0)
            {
                _faults.Add(row, FunctionErrors.TimeZoneCode, "timezone: an interval that stands for a zone has hours, minutes and seconds only.");
                return false;
            }

            Int128 moved = _time[row] + ((Int128)_sign * ahead.Nanoseconds / _nanosPerUnit);
            value = (long)moved;
            return value == moved || OutOfRange(row, _faults);
        }
    }
}
