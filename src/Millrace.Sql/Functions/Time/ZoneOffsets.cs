namespace Millrace.Sql.Functions;

/// <summary>By how much a zone is ahead of UTC, for instants that are often near each other. One thread uses it.</summary>
/// <param name="zone">The zone.</param>
/// <param name="perSecond">Units of instants in a second.</param>
internal struct ZoneOffsets(TimeZoneInfo zone, long perSecond)
{
    // No zone changes its offset twice within so many seconds.
    private const long Span = 900;

    private readonly long _span = Span * perSecond;
    private long _from;
    private long _ahead;
    private bool _isKnown;

    /// <summary>As <see cref="ZoneTime.TryToLocal"/>.</summary>
    public bool TryToLocal(long instant, out long local)
    {
        if (_isKnown && (ulong)(instant - _from) < (ulong)_span)
        {
            local = instant + _ahead;
            return true;
        }

        return TryFind(instant, out local);
    }

    private bool TryFind(long instant, out long local)
    {
        if (!ZoneTime.TryToLocal(instant, perSecond, zone, out local))
        {
            return false;
        }

        long from = CalendarMoves.FloorDivide(instant, _span) * _span;
        _isKnown = instant is > long.MinValue / 2 and < long.MaxValue / 2
            && ZoneTime.TryToLocal(from, perSecond, zone, out long first) && ZoneTime.TryToLocal(from + _span - 1, perSecond, zone, out long last)
            && last - first == _span - 1;
        _from = from;
        _ahead = local - instant;
        return true;
    }
}
