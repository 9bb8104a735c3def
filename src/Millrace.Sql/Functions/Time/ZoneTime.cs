namespace Millrace.Sql.Functions;

/// <summary>
/// Instants as wall-clock times of a zone and back. Only what the zone says of instants is asked for: which times its clock skips or
/// shows twice follows from that, also where summer is the standard time (Europe/Dublin) or a whole day is skipped.
/// </summary>
internal static class ZoneTime
{
    private const long SecondsPerDay = 86_400;

    // A zone is less than so far from UTC.
    private const long Reach = 16 * 3600;

    // Zones know the years 1 to 9999. Later years are as those 400 or more before, which have the same days of the week.
    private const long First = -62_135_596_800 + (2 * SecondsPerDay);
    private const long Last = 253_402_300_799 - (2 * SecondsPerDay);
    private const long Cycle = 146_097 * SecondsPerDay;

    public static bool TryToLocal(long instant, long perSecond, TimeZoneInfo zone, out long local)
        => TryAdd(instant, Ahead(Known(CalendarMoves.FloorDivide(instant, perSecond)), zone), perSecond, out local);

    /// <summary>A time that the clock skips is moved on by as much as the clock is; of a time that it shows twice, the second counts.</summary>
    public static bool TryToInstant(long local, long perSecond, TimeZoneInfo zone, out long instant)
    {
        long seconds = Known(CalendarMoves.FloorDivide(local, perSecond));
        long before = Ahead(seconds - Reach, zone);
        long after = Ahead(seconds + Reach, zone);
        bool isAfter = before == after || Ahead(seconds - after, zone) == after;
        return TryAdd(local, -(isAfter ? after : before), perSecond, out instant);
    }

    private static long Known(long seconds)
        => seconds > Last ? seconds - ((((seconds - Last - 1) / Cycle) + 1) * Cycle) : Math.Max(seconds, First);

    private static long Ahead(long seconds, TimeZoneInfo zone) => zone.GetUtcOffset(DateTime.UnixEpoch.AddSeconds(seconds)).Ticks / TimeSpan.TicksPerSecond;

    private static bool TryAdd(long value, long seconds, long perSecond, out long result)
    {
        Int128 sum = value + ((Int128)seconds * perSecond);
        result = (long)sum;
        return result == sum;
    }
}
