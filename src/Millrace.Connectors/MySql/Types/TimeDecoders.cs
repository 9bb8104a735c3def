using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Dates, <c>2024-02-29</c>. A day or month may be 0, and then the calendar does not have it.</summary>
internal sealed unsafe class DateDecoder(int capacity, NoDates none) : ColumnDecoder
{
    private readonly FixedBuilder<int> _builder = new(DataType.Date, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<int> values = _builder.AppendUninitialized(run.Count);
        fixed (byte* data = run.Data)
        {
            for (int i = 0; i < values.Length; i++)
            {
                int length = run.Lengths[i];
                if (length >= 0 && (QuickText.TryParseDate(data + run.Starts[i], length, out values[i]) || ClockText.TryParseDate(run[i], out values[i])))
                {
                    continue;
                }

                values[i] = 0;
                _builder.SetNull(start + i);
                ClockText.Miss(run, i, none, bad);
            }
        }
    }
}

/// <summary>Dates with times, <c>2024-02-29 12:34:56.789</c>; instants are sent in UTC.</summary>
internal sealed unsafe class MomentDecoder(DataType type, int capacity, NoDates none) : ColumnDecoder
{
    private const int DateLength = 10;

    private readonly FixedBuilder<long> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<long> values = _builder.AppendUninitialized(run.Count);
        fixed (byte* data = run.Data)
        {
            for (int i = 0; i < values.Length; i++)
            {
                int length = run.Lengths[i];
                values[i] = 0;
                if (length > DateLength
                    && (QuickText.TryParseDate(data + run.Starts[i], DateLength, out int days) || ClockText.TryParseDate(run[i][..DateLength], out days))
                    && ClockText.TryParseTime(run[i][(DateLength + 1)..], out long time))
                {
                    values[i] = (days * ClockText.MicrosecondsPerDay) + time;
                    continue;
                }

                _builder.SetNull(start + i);
                ClockText.Miss(run, i, none, bad);
            }
        }
    }
}

/// <summary>Times of a day.</summary>
internal sealed class TimeDecoder(int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<long> _builder = new(DataType.Time(), capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (!run.IsNull(i) && ClockText.TryParseTime(run[i], out long time) && time is >= 0 and < ClockText.MicrosecondsPerDay)
            {
                _builder.Append(time);
                continue;
            }

            _builder.AppendNull();
            if (!run.IsNull(i))
            {
                bad.Add(i, Encoding.UTF8.GetString(run[i]), "is not a time of day; `time: interval` takes it");
            }
        }
    }
}

/// <summary>Times as what they are to the server: durations of up to 838 hours, of either sign.</summary>
internal sealed class DurationDecoder(int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<Interval> _builder = new(DataType.Interval, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (!run.IsNull(i) && ClockText.TryParseTime(run[i], out long time))
            {
                _builder.Append(new Interval(0, 0, time * 1000));
                continue;
            }

            _builder.AppendNull();
            if (!run.IsNull(i))
            {
                bad.Add(i, Encoding.UTF8.GetString(run[i]), "is not a time");
            }
        }
    }
}
