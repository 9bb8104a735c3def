namespace Millrace.TestKit;

/// <summary>
/// A clock that stands still until a test moves it. Timers, and so delays that use it, fire while it moves, on the thread of
/// the test.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2024, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private TimeSpan _step;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that are set, for tests that have to see that something waits.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now + _step;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.UtcTicks;
        }
    }

    /// <summary>Sets the clock on the wall forward or back, as an administrator does; what measures durations does not notice.</summary>
    public void StepClock(TimeSpan by)
    {
        lock (_lock)
        {
            _step += by;
        }
    }

    public void Advance(TimeSpan by)
    {
        DateTimeOffset end;
        lock (_lock)
        {
            end = _now + by;
        }

        while (NextDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _now = end;
        }
    }

    /// <summary>
    /// Goes from timer to timer until a run has ended. The run waits for nothing but this clock; while it works, the clock
    /// stands still.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="stop">
    /// What asks the run to stop. From then on only the run's end is waited for: the one timer left is the deadline of the stop,
    /// which has to be later than the work that is left, however long a busy machine takes for it.
    /// </param>
    public async Task DriveAsync(Task run, CancellationToken stop = default)
    {
        long patience = Environment.TickCount64 + 60_000;
        while (!run.IsCompleted)
        {
            DateTimeOffset? due;
            lock (_lock)
            {
                due = _timers.Count == 0 ? null : _timers.Min(t => t.Due);
            }

            // Looked at only now: the deadline is set after the stop, so it is not what was found if there was none yet.
            if (due is { } next && !stop.IsCancellationRequested)
            {
                Advance(next - GetUtcNow());
            }

            await Task.Yield();
            if (Environment.TickCount64 > patience)
            {
                throw new TimeoutException("The run neither ends nor waits for the clock.");
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    // Takes the earliest timer that is due, moves the clock to it and sets it anew if it repeats.
    private ManualTimer? NextDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            ManualTimer? next = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            if (next is not null)
            {
                _now = next.Due > _now ? next.Due : _now;
                _timers.Remove(next);
                if (next.Period > TimeSpan.Zero)
                {
                    next.Due += next.Period;
                    _timers.Add(next);
                }
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = time._now + dueTime;
                    Period = period;
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
