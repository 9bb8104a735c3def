using System.Buffers.Binary;
using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Calendar = Millrace.Columnar.Calendar;

namespace Millrace.Connectors.MySql;

/// <summary>Dates.</summary>
internal readonly struct PackedDateValue(NoDates none) : IFixedValue<int>
{
    public bool TryRead(ReadOnlySpan<byte> value, out int result)
    {
        (int year, int month, int day) = PackedClock.Date(value);
        bool isValid = Calendar.IsValid(year, month, day);
        result = isValid ? (int)Calendar.ToDays(year, month, day) : 0;
        return isValid;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad)
    {
        (int year, int month, int day) = PackedClock.Date(value);
        PackedClock.Miss(row, string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}"), none, bad);
    }
}

/// <summary>Dates with times.</summary>
internal readonly struct PackedDateTimeValue(bool isOld, NoDates none) : IFixedValue<long>
{
    public bool TryRead(ReadOnlySpan<byte> value, out long result)
    {
        Moment moment = Read(value);
        result = moment.IsValid ? moment.Microseconds : 0;
        return moment.IsValid;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad) => PackedClock.Miss(row, Read(value).ToString(), none, bad);

    private Moment Read(ReadOnlySpan<byte> value) => isOld ? PackedClock.OldDateTime(value) : PackedClock.DateTime(value);
}

/// <summary>Instants; 0 stands for the date that is none.</summary>
internal readonly struct InstantValue(bool isOld, NoDates none) : IFixedValue<long>
{
    private const string None = "0000-00-00 00:00:00";

    public bool TryRead(ReadOnlySpan<byte> value, out long result)
    {
        result = isOld ? BinaryPrimitives.ReadUInt32LittleEndian(value) * 1_000_000L : PackedClock.Timestamp(value);
        return result != 0;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad) => PackedClock.Miss(row, None, none, bad);
}

/// <summary>Times of a day.</summary>
internal readonly struct PackedTimeValue(bool isOld) : IFixedValue<long>
{
    public static long Read(ReadOnlySpan<byte> value, bool isOld) => isOld ? PackedClock.OldTime(value) : PackedClock.Time(value);

    public bool TryRead(ReadOnlySpan<byte> value, out long result)
    {
        result = Read(value, isOld);
        return result is >= 0 and < ClockText.MicrosecondsPerDay;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad) => bad.Add(row, PackedClock.Text(Read(value, isOld)), "is not a time of day; `time: interval` takes it");
}

/// <summary>Times as durations.</summary>
internal readonly struct PackedDurationValue(bool isOld) : IFixedValue<Interval>
{
    public bool TryRead(ReadOnlySpan<byte> value, out Interval result)
    {
        result = new Interval(0, 0, PackedTimeValue.Read(value, isOld) * 1000);
        return true;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad)
    {
    }
}
