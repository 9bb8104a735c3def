namespace Millrace.Runtime;

/// <summary>
/// A token bucket that may be overdrawn: what was done is paid afterwards, so that a batch of any size passes and the
/// average holds all the same. Any thread may call.
/// </summary>
/// <param name="perSecond">Units a second.</param>
/// <param name="burst">How much time without use counts for later units.</param>
/// <param name="time">Clock.</param>
public sealed class RateLimiter(long perSecond, TimeSpan burst, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _last = time.GetTimestamp();
    private double _balance;

    /// <summary>Pays for units.</summary>
    /// <returns>How long to wait before the next ones.</returns>
    public TimeSpan Take(long units)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            double earned = time.GetElapsedTime(_last, now).TotalSeconds * perSecond;
            _last = now;

            // The time that the units themselves took counts too, though it may be longer than a burst.
            double most = Math.Max(burst.TotalSeconds * perSecond, units);
            _balance = Math.Min(_balance + earned, most) - units;
            double seconds = Math.Max(0, -_balance / perSecond);
            return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        }
    }
}
