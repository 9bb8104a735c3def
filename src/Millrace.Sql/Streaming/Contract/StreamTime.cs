using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Instants of event time as microseconds since 1970-01-01T00:00:00, whatever unit a column has: what watermarks are compared
/// in.
/// </summary>
public static class StreamTime
{
    /// <summary>Before every time: nothing is known yet.</summary>
    public const long None = long.MinValue;

    /// <summary>Behind every time: the input has ended.</summary>
    public const long End = long.MaxValue;

    /// <summary>A value of a timestamp column in microseconds, rounded down, and kept between <see cref="None"/> and <see cref="End"/>.</summary>
    public static long FromUnit(long value, TimeUnit unit)
    {
        long perSecond = unit.PerSecond();
        if (perSecond == MicrosPerSecond)
        {
            return value;
        }

        if (perSecond > MicrosPerSecond)
        {
            long factor = perSecond / MicrosPerSecond;
            long down = value / factor;
            return value % factor < 0 ? down - 1 : down;
        }

        return long.CreateSaturating((Int128)value * (MicrosPerSecond / perSecond));
    }

    /// <summary>The same, rounded up: the first instant in microseconds that is not before a time.</summary>
    public static long FromUnitUp(long value, TimeUnit unit)
    {
        long factor = unit.PerSecond() / MicrosPerSecond;
        return factor > 1 && value % factor != 0 ? FromUnit(value, unit) + 1 : FromUnit(value, unit);
    }

    /// <summary>A time so many microseconds behind another, kept before <see cref="End"/>.</summary>
    public static long Later(long micros, long lag) => long.CreateSaturating((Int128)micros + lag);

    /// <summary>A time so many microseconds before another, kept behind <see cref="None"/>.</summary>
    public static long Earlier(long micros, long lag) => long.CreateSaturating((Int128)micros - lag);

    /// <summary>For messages and checkpoints; null for <see cref="None"/>. <see cref="End"/> is the last instant there is.</summary>
    public static DateTimeOffset? ToDateTime(long micros)
    {
        if (micros == None)
        {
            return null;
        }

        Int128 ticks = DateTimeOffset.UnixEpoch.Ticks + ((Int128)micros * TimeSpan.TicksPerMicrosecond);
        return new DateTimeOffset((long)Int128.Clamp(ticks, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);
    }

    /// <summary>An instant of the wall clock.</summary>
    public static long FromDateTime(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private const long MicrosPerSecond = 1_000_000;
}
