namespace Millrace.Runtime;

/// <summary>
/// Says what one stage of a run is doing: reading, writing, committing. Its own thread calls, once a batch; the watchdog
/// looks from another.
/// </summary>
public sealed class StageHeartbeat
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private StageView _view;

    internal StageHeartbeat(string stage, TimeProvider time)
    {
        _time = time;
        _view = new StageView(stage, StageState.Idle, "", time.GetTimestamp());
    }

    /// <summary>The stage begins something that should end soon: <c>write to lake/orders/ epoch 12</c>.</summary>
    public void Work(string what) => Set(StageState.Working, what);

    /// <summary>The stage got ahead with what it is doing.</summary>
    public void Beat()
    {
        lock (_lock)
        {
            _view = _view with { Since = _time.GetTimestamp() };
        }
    }

    /// <summary>The stage cannot go on before another one does.</summary>
    /// <param name="stage">Name of the other.</param>
    public void WaitFor(string stage) => Set(StageState.Waiting, stage);

    /// <summary>There is nothing to do, or the stage waits on purpose: for new input, for its pace, for the next attempt.</summary>
    public void Rest() => Set(StageState.Idle, "");

    internal StageView View
    {
        get
        {
            lock (_lock)
            {
                return _view;
            }
        }
    }

    private void Set(StageState state, string what)
    {
        long now = _time.GetTimestamp();
        lock (_lock)
        {
            _view = _view with { State = state, What = what, Since = now };
        }
    }
}

internal enum StageState
{
    Idle,
    Working,
    Waiting,
}

/// <summary>What a stage was doing when it was looked at.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="State">Whether it works, waits or rests.</param>
/// <param name="What">What it works at, or the stage it waits for.</param>
/// <param name="Since">Timestamp of its last progress.</param>
internal readonly record struct StageView(string Stage, StageState State, string What, long Since);
