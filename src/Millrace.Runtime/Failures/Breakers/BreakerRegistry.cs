using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Millrace.Runtime;

/// <summary>The breakers of a process, one a remote. Any thread may call.</summary>
public sealed class BreakerRegistry(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, CircuitBreaker> _breakers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The registry that all jobs of the process share.</summary>
    public static BreakerRegistry Shared { get; } = new(TimeProvider.System);

    public IEnumerable<CircuitBreaker> All => _breakers.Values;

    /// <summary>The states for <see cref="Metrics.BreakerState"/>.</summary>
    internal IEnumerable<Measurement<long>> States() => _breakers.Values.Select(static b => new Measurement<long>(
        b.State switch { BreakerState.Closed => 0, BreakerState.HalfOpen => 1, _ => 2 }, new KeyValuePair<string, object?>(Metrics.Remote, b.Remote)));

    public CircuitBreaker For(string remote) => _breakers.GetOrAdd(remote, static (name, clock) => new CircuitBreaker(name, clock), time);

    /// <summary>
    /// Starts an attempt of a job at its remotes. Throws <see cref="RuntimeErrors.CircuitOpen"/>, with the time to wait, when one
    /// of them is to be left alone.
    /// </summary>
    /// <param name="spec">The job's thresholds; null lets everything through and counts nothing.</param>
    /// <param name="remotes">What source and sink name as their remotes; null for what is local.</param>
    public BreakerPass Enter(BreakerSpec? spec, params ReadOnlySpan<string?> remotes)
    {
        var breakers = new List<CircuitBreaker>();
        foreach (string? remote in remotes)
        {
            if (spec is not null && remote is not null && For(remote) is var breaker && !breakers.Contains(breaker))
            {
                breakers.Add(breaker);
            }
        }

        return BreakerPass.Enter(breakers, spec);
    }
}
