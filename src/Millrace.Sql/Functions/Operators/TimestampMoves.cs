using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>A timestamp or instant moved by an interval. Days and months of an instant are those of the statement's zone.</summary>
/// <param name="from">Type of the timestamp.</param>
/// <param name="to">Type of the result: the same, in microseconds or finer.</param>
/// <param name="sign">1 or -1.</param>
/// <param name="zone">Zone for instants; null where none is needed.</param>
internal readonly struct MoveTimestamp(DataType from, DataType to, int sign, TimeZoneInfo? zone) : ICheckedBinary<long, Interval, long>
{
    private readonly long _factor = to.Unit.PerSecond() / from.Unit.PerSecond();
    private readonly long _perSecond = to.Unit.PerSecond();

    public bool TryInvoke(long left, Interval right, out long result)
    {
        if (Math.BigMul(left, _factor, out long value) != value >> 63)
        {
            result = 0;
            return false;
        }

        return zone is null || (right.Months == 0 && right.Days == 0)
            ? CalendarMoves.TryMove(value, right, sign, _perSecond, out result)
            : TryMoveInZone(value, right, out result);
    }

    public Fault Explain(long left, Interval right)
    {
        Span<byte> text = stackalloc byte[TimestampText.MaxLength];
        string shown = Encoding.ASCII.GetString(text[..TimestampText.Format(left, from.Unit, from.TimeZone is not null, text)]);
        return Faults.Overflow($"{shown} {(sign < 0 ? '-' : '+')} {IntervalParts.Text(right)}", to);
    }

    private bool TryMoveInZone(long value, Interval interval, out long result)
    {
        var calendar = new Interval(interval.Months, interval.Days, 0);
        return ZoneTime.TryToLocal(value, _perSecond, zone!, out long local)
            & CalendarMoves.TryMove(local, calendar, sign, _perSecond, out long moved)
            & ZoneTime.TryToInstant(moved, _perSecond, zone!, out long instant)
            & CalendarMoves.TryMove(instant, new Interval(0, 0, interval.Nanoseconds), sign, _perSecond, out result);
    }
}
