using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Decides, after each failed attempt of a run, whether there is another one and how long to wait before it. Waiting is the
/// caller's. One thread at a time uses it.
/// </summary>
/// <param name="spec">The job's retries; null never tries again.</param>
/// <param name="time">Clock.</param>
/// <param name="random">Source of jitter; tests give one with a seed.</param>
public sealed class RetrySchedule(RetrySpec? spec, TimeProvider time, Random? random = null)
{
    private readonly RetryFilter _filter = new(spec);
    private readonly Random _random = random ?? Random.Shared;
    private long? _firstFailure;

    /// <summary>Attempts that failed since the last progress.</summary>
    public int Failures { get; private set; }

    /// <summary>Why the last call of <see cref="TryNext"/> returned false, as part of a sentence; null after it returned true.</summary>
    public string? GaveUpBecause { get; private set; }

    /// <summary>Takes note of a failed attempt.</summary>
    /// <param name="error">What ended the attempt.</param>
    /// <param name="delay">How long to wait before the next one.</param>
    /// <returns>Whether there is a next one.</returns>
    public bool TryNext(MillraceException error, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        GaveUpBecause = _filter.Refuse(error);
        if (GaveUpBecause is not null)
        {
            return false;
        }

        long now = time.GetTimestamp();
        _firstFailure ??= now;

        // An attempt that an open breaker held back never reached the remote: it costs time, but is none of the attempts.
        bool heldBack = error.Code == RuntimeErrors.CircuitOpen;
        TimeSpan ceiling = Ceiling(Failures);
        Failures += heldBack ? 0 : 1;
        TimeSpan left = spec!.TotalTime - time.GetElapsedTime(_firstFailure.Value, now);
        GaveUpBecause = Exhausted(left, error.RetryAfter ?? TimeSpan.Zero);
        if (GaveUpBecause is not null)
        {
            return false;
        }

        TimeSpan wait = error.RetryAfter is { } asked && asked > TimeSpan.Zero ? asked + Spread(asked) : Wait(ceiling);
        delay = TimerLimit.Fit(wait < left ? wait : left);
        return true;
    }

    /// <summary>An epoch was committed: what comes now has all attempts and all time before it.</summary>
    public void Progressed()
    {
        Failures = 0;
        _firstFailure = null;
        GaveUpBecause = null;
    }

    private string? Exhausted(TimeSpan left, TimeSpan asked)
    {
        if (Failures >= spec!.Attempts)
        {
            return $"{Failures} of {spec.Attempts} attempts failed";
        }

        if (left <= TimeSpan.Zero)
        {
            return $"the time for attempts, {Duration.Format(spec.TotalTime)}, is over";
        }

        // The remote would refuse an earlier attempt, so there is no use in waiting for one.
        return asked > left ? $"the remote asks to wait {Duration.Format(asked)}, longer than what is left of {Duration.Format(spec.TotalTime)}" : null;
    }

    /// <summary>The longest wait after so many failures before the latest.</summary>
    private TimeSpan Ceiling(int failures)
    {
        const double overflow = 1e15;
        double ticks = spec!.InitialDelay.Ticks * Math.Min(Math.Pow(spec.Multiplier, failures), overflow);
        return ticks < spec.MaxDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : spec.MaxDelay;
    }

    private TimeSpan Wait(TimeSpan ceiling) => spec!.Jitter == RetryJitter.None ? ceiling : Part(ceiling);

    // Never before the moment asked for, and jobs that were told the same moment do not all come back at it.
    private TimeSpan Spread(TimeSpan asked)
    {
        TimeSpan most = asked < spec!.InitialDelay ? asked : spec.InitialDelay;
        return spec.Jitter == RetryJitter.None ? TimeSpan.Zero : Part(most);
    }

    private TimeSpan Part(TimeSpan whole) => TimeSpan.FromTicks(_random.NextInt64(whole.Ticks + 1));
}
