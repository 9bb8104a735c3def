using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// What is known of one remote: failures in a row, the last of them, and whether an attempt is on its way to see if it is
/// back. The jobs that share it each read it with thresholds of their own. Any thread may call.
/// </summary>
public sealed class CircuitBreaker(string remote, TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _failures;
    private long _lastFailure;
    private TimeSpan _asked;
    private string _lastCode = "";
    private bool _probing;
    private BreakerSpec _spec = new();
    private BreakerState _told;

    public string Remote => remote;

    /// <summary>The state as the last job that came along sees it.</summary>
    public BreakerState State
    {
        get
        {
            lock (_lock)
            {
                return StateOf(_spec);
            }
        }
    }

    /// <summary>The state as a job with these thresholds sees it.</summary>
    public BreakerState StateFor(BreakerSpec spec)
    {
        lock (_lock)
        {
            return StateOf(spec);
        }
    }

    /// <summary>Whether the state is another than at the last call, so that each change is told once.</summary>
    internal bool TryTakeChange(out BreakerState before, out BreakerState now)
    {
        lock (_lock)
        {
            before = _told;
            now = _told = StateOf(_spec);
            return now != before;
        }
    }

    /// <summary>Lets an attempt through, or throws with the time to wait.</summary>
    /// <returns>Whether the attempt is the probe, which has to end with <see cref="EndProbe"/>.</returns>
    internal bool Enter(BreakerSpec spec)
    {
        lock (_lock)
        {
            _spec = spec;
            switch (StateOf(spec))
            {
                case BreakerState.Closed:
                    return false;
                case BreakerState.HalfOpen when !_probing:
                    _probing = true;
                    return true;
                case BreakerState.HalfOpen:
                    throw Open("another attempt is finding out whether it is back", null);
                default:
                    TimeSpan left = OpenFor(spec) - time.GetElapsedTime(_lastFailure);
                    throw Open($"it is left alone for another {Duration.Format(left)}", left);
            }
        }
    }

    internal void Succeed()
    {
        lock (_lock)
        {
            _failures = 0;
            _asked = TimeSpan.Zero;
        }
    }

    internal void Fail(MillraceException error)
    {
        lock (_lock)
        {
            _failures = _failures == int.MaxValue ? _failures : _failures + 1;
            _lastFailure = time.GetTimestamp();
            _asked = error.RetryAfter ?? TimeSpan.Zero;
            _lastCode = error.Code.Id;
        }
    }

    internal void EndProbe()
    {
        lock (_lock)
        {
            _probing = false;
        }
    }

    private BreakerState StateOf(BreakerSpec spec)
    {
        if (_failures < spec.Failures)
        {
            return BreakerState.Closed;
        }

        return time.GetElapsedTime(_lastFailure) < OpenFor(spec) ? BreakerState.Open : BreakerState.HalfOpen;
    }

    private TimeSpan OpenFor(BreakerSpec spec) => _asked > spec.OpenFor ? _asked : spec.OpenFor;

    private MillraceException Open(string why, TimeSpan? wait)
        => new(RuntimeErrors.CircuitOpen, $"{remote} failed {_failures} times in a row, the last time with {_lastCode}; {why}.")
        {
            Remote = remote,
            RetryAfter = wait,
        };
}

public enum BreakerState
{
    /// <summary>Attempts go through.</summary>
    Closed,

    /// <summary>No attempt goes through.</summary>
    Open,

    /// <summary>One attempt at a time goes through, to see whether the remote is back.</summary>
    HalfOpen,
}
