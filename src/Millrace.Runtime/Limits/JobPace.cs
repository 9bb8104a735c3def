namespace Millrace.Runtime;

/// <summary>Keeps a job to its rows and bytes a second. The consumer of the batches calls it once a batch.</summary>
public sealed class JobPace(LimitsSpec limits, TimeProvider time)
{
    // A pause of the sink is made up for, but not so that the source feels a rush after a long one.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    private readonly RateLimiter? _rows = limits.RowsPerSecond is { } rows ? new RateLimiter(rows, Burst, time) : null;
    private readonly RateLimiter? _bytes = limits.BytesPerSecond is { } bytes ? new RateLimiter(bytes.Bytes, Burst, time) : null;

    /// <summary>Pays for a batch.</summary>
    /// <param name="rows">Rows handed to the sink.</param>
    /// <param name="bytes">Bytes of the source that they stand for.</param>
    /// <returns>How long to wait before the next batch.</returns>
    public TimeSpan Take(long rows, long bytes)
    {
        TimeSpan forRows = _rows?.Take(rows) ?? TimeSpan.Zero;
        TimeSpan forBytes = _bytes?.Take(bytes) ?? TimeSpan.Zero;
        return forRows > forBytes ? forRows : forBytes;
    }

    /// <summary>Sleeps for a time, as far as a timer takes it, or until a stop is asked for. What is owed still is what <see cref="Take"/> of nothing says.</summary>
    public async ValueTask SleepAsync(TimeSpan wait, CancellationToken stop)
        => await Task.Delay(TimerLimit.Fit(wait), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
