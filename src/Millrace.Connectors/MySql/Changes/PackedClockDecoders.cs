using System.Buffers.Binary;
using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Calendar = Millrace.Columnar.Calendar;

namespace Millrace.Connectors.MySql;

/// <summary>Dates.</summary>
internal sealed class PackedDateDecoder(int capacity, NoDates none) : ColumnDecoder
{
    private readonly FixedBuilder<int> _builder = new(DataType.Date, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            (int year, int month, int day) = PackedClock.Date(run[i]);
            if (Calendar.IsValid(year, month, day))
            {
                _builder.Append((int)Calendar.ToDays(year, month, day));
                continue;
            }

            _builder.AppendNull();
            PackedClock.Miss(i, string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}"), none, bad);
        }
    }
}

/// <summary>Dates with times.</summary>
internal sealed class PackedDateTimeDecoder(bool isOld, int capacity, NoDates none) : ColumnDecoder
{
    private readonly FixedBuilder<long> _builder = new(DataType.Timestamp(), capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            Moment moment = isOld ? PackedClock.OldDateTime(run[i]) : PackedClock.DateTime(run[i]);
            if (moment.IsValid)
            {
                _builder.Append(moment.Microseconds);
                continue;
            }

            _builder.AppendNull();
            PackedClock.Miss(i, moment.ToString(), none, bad);
        }
    }
}

/// <summary>Instants; 0 stands for the date that is none.</summary>
internal sealed class InstantDecoder(DataType type, bool isOld, int capacity, NoDates none) : ColumnDecoder
{
    private const string None = "0000-00-00 00:00:00";

    private readonly FixedBuilder<long> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            long time = isOld ? BinaryPrimitives.ReadUInt32LittleEndian(run[i]) * 1_000_000L : PackedClock.Timestamp(run[i]);
            if (time != 0)
            {
                _builder.Append(time);
                continue;
            }

            _builder.AppendNull();
            PackedClock.Miss(i, None, none, bad);
        }
    }
}

/// <summary>Times, as times of a day or as durations.</summary>
internal sealed class PackedTimeDecoder(DataType type, bool isOld, int capacity) : ColumnDecoder
{
    private readonly ColumnBuilder _builder = type.Id == TypeId.Interval ? new FixedBuilder<Interval>(type, capacity) : new FixedBuilder<long>(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            long time = isOld ? PackedClock.OldTime(run[i]) : PackedClock.Time(run[i]);
            if (_builder is FixedBuilder<Interval> durations)
            {
                durations.Append(new Interval(0, 0, time * 1000));
            }
            else if (time is >= 0 and < ClockText.MicrosecondsPerDay)
            {
                ((FixedBuilder<long>)_builder).Append(time);
            }
            else
            {
                _builder.AppendNull();
                bad.Add(i, PackedClock.Text(time), "is not a time of day; `time: interval` takes it");
            }
        }
    }
}
