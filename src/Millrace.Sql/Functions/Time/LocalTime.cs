using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>A day and a time of day, as a clock and a calendar show them.</summary>
/// <param name="Days">Since 1970-01-01.</param>
/// <param name="Nanos">Since midnight.</param>
/// <param name="OffsetSeconds">By how much the clock is ahead of UTC; 0 for what has no zone.</param>
internal readonly record struct LocalTime(long Days, long Nanos, int OffsetSeconds = 0)
{
    public const long NanosPerSecond = 1_000_000_000;
    public const long NanosPerDay = 86_400 * NanosPerSecond;

    /// <summary>Days that calendar arithmetic works for: some five million years.</summary>
    public const long MaxDays = 2_000_000_000;

    public long SecondOfDay => Nanos / NanosPerSecond;

    public int NanoOfSecond => (int)(Nanos % NanosPerSecond);

    public int Hour => (int)(SecondOfDay / 3600);

    public int Minute => (int)(SecondOfDay / 60 % 60);

    public int Second => (int)(SecondOfDay % 60);

    /// <summary>Sunday is 0.</summary>
    public int DayOfWeek => (int)((((Days + 4) % 7) + 7) % 7);

    /// <summary>Monday is 1, Sunday 7.</summary>
    public int IsoDayOfWeek => DayOfWeek == 0 ? 7 : DayOfWeek;

    public (int Year, int Month, int Day) Date => Calendar.FromDays(Days);

    public int DayOfYear => (int)(Days - Calendar.ToDays(Date.Year, 1, 1)) + 1;

    /// <summary>The week that has the day's Thursday, and the year that has most of it.</summary>
    public (int Year, int Week) IsoWeek
    {
        get
        {
            long thursday = Days + 4 - IsoDayOfWeek;
            int year = Calendar.FromDays(thursday).Year;
            return (year, (int)((thursday - Calendar.ToDays(year, 1, 1)) / 7) + 1);
        }
    }

    /// <summary>The value in units since 1970; false if it does not fit.</summary>
    public bool TryToUnits(long perSecond, out long units)
    {
        Int128 value = ((Int128)Days * 86_400 * perSecond) + (Nanos / (NanosPerSecond / perSecond));
        units = (long)value;
        return units == value && Math.Abs(Days) <= MaxDays;
    }
}

/// <summary>An argument that is a date, a timestamp, or an instant, which is read in the statement's zone.</summary>
internal readonly ref struct TimeArgument
{
    private readonly ReadOnlySpan<int> _days;
    private readonly ReadOnlySpan<long> _values;
    private readonly int _step;
    private readonly long _perSecond;
    private readonly TimeZoneInfo? _zone;
    private readonly RowFaults _faults;

    public TimeArgument(in KernelCall call, int argument)
    {
        Vector vector = call.Arguments[argument];
        DataType type = vector.Type;
        _step = vector.Step;
        _faults = call.Faults;
        _perSecond = type.Unit.PerSecond();
        _zone = type.TimeZone is not null && !call.Context.TimeZone.Equals(TimeZoneInfo.Utc) ? call.Context.TimeZone : null;
        if (type.Id == TypeId.Date)
        {
            _days = ((FixedColumn<int>)vector.Column).Values;
        }
        else
        {
            _values = ((FixedColumn<long>)vector.Column).Values;
        }
    }

    /// <summary>The value of a row; one that is too far away for a calendar is a fault.</summary>
    public bool TryGet(int row, out LocalTime time)
    {
        time = default;
        if (!_days.IsEmpty)
        {
            time = new LocalTime(_days[row * _step], 0);
        }
        else
        {
            long value = _values[row * _step];
            long local = value;
            if (_zone is not null && !ZoneTime.TryToLocal(value, _perSecond, _zone, out local))
            {
                return Fails(row);
            }

            long perDay = 86_400 * _perSecond;
            long days = CalendarMoves.FloorDivide(local, perDay);
            time = new LocalTime(days, (local - (days * perDay)) * (LocalTime.NanosPerSecond / _perSecond), (int)((local - value) / _perSecond));
        }

        return Math.Abs(time.Days) <= LocalTime.MaxDays || Fails(row);
    }

    private bool Fails(int row)
    {
        _faults.Add(row, FunctionErrors.TimeOutOfRangeCode, "The date is too far away for a calendar.");
        return false;
    }
}
