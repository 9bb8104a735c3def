using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Points in time as numbers since 1970-01-01 00:00:00Z, and back. Wall-clock times count as UTC.</summary>
internal static class Epochs
{
    /// <summary>Whole units since the epoch, cut towards the past.</summary>
    public static ScalarKernel ToUnits(long unitsPerSecond) => (in KernelCall call) => Rows.Fixed<long, ToUnitsRow>(call, new ToUnitsRow(call, unitsPerSecond));

    public static Column ToSeconds(in KernelCall call) => Rows.Fixed<double, ToSecondsRow>(call, new ToSecondsRow(call));

    public static ScalarKernel FromUnits(long unitsPerSecond) => (in KernelCall call) => Rows.Fixed<long, FromUnitsRow>(call, new FromUnitsRow(call, unitsPerSecond));

    public static Column FromSeconds(in KernelCall call) => Rows.Fixed<long, FromSecondsRow>(call, new FromSecondsRow(call));

    private readonly ref struct ToUnitsRow(in KernelCall call, long unitsPerSecond) : IFixedRow<long>
    {
        private readonly FixedArgument<long> _time = call.Fixed<long>(0);
        private readonly long _perSecond = call.Arguments[0].Type.Unit.PerSecond();
        private readonly long _unitsPerSecond = unitsPerSecond;
        private readonly RowFaults _faults = call.Faults;

        public bool TryValue(int row, out long value)
        {
            if (_unitsPerSecond <= _perSecond)
            {
                value = CalendarMoves.FloorDivide(_time[row], _perSecond / _unitsPerSecond);
                return true;
            }

            Int128 units = (Int128)_time[row] * (_unitsPerSecond / _perSecond);
            value = (long)units;
            if (units != value)
            {
                _faults.Add(row, FunctionErrors.TimeOutOfRangeCode, "The time does not fit a bigint in this unit.");
            }

            return units == value;
        }
    }

    private readonly ref struct ToSecondsRow(in KernelCall call) : IFixedRow<double>
    {
        private readonly FixedArgument<long> _time = call.Fixed<long>(0);
        private readonly double _perSecond = call.Arguments[0].Type.Unit.PerSecond();

        public bool TryValue(int row, out double value)
        {
            value = _time[row] / _perSecond;
            return true;
        }
    }

    private readonly ref struct FromUnitsRow(in KernelCall call, long unitsPerSecond) : IFixedRow<long>
    {
        private readonly FixedArgument<long> _number = call.Fixed<long>(0);
        private readonly long _factor = 1_000_000 / unitsPerSecond;
        private readonly RowFaults _faults = call.Faults;

        public bool TryValue(int row, out long value)
        {
            Int128 micros = (Int128)_number[row] * _factor;
            value = (long)micros;
            if (micros != value)
            {
                _faults.Add(row, FunctionErrors.TimeOutOfRangeCode, $"{_number[row]} is out of the range of timestamps.");
            }

            return micros == value;
        }
    }

    private readonly ref struct FromSecondsRow(in KernelCall call) : IFixedRow<long>
    {
        private readonly FixedArgument<double> _seconds = call.Fixed<double>(0);
        private readonly RowFaults _faults = call.Faults;

        public bool TryValue(int row, out long value)
        {
            double micros = Math.Round(_seconds[row] * 1e6);
            bool valid = Math.Abs(micros) < 9.2e18;
            value = valid ? (long)micros : 0;
            if (!valid)
            {
                _faults.Add(row, FunctionErrors.TimeOutOfRangeCode, $"to_timestamp: {_seconds[row]} is out of the range of timestamps.");
            }

            return valid;
        }
    }
}
