using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Notices when a stage of a run makes no progress, and says once a stall which one it is, at what, and what waits for it.
/// It changes nothing: a slow server is not a dead one.
/// </summary>
public sealed class StageWatchdog : IDisposable
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Action<string> _report;
    private readonly Lock _lock = new();
    private readonly List<Watched> _stages = [];
    private ITimer? _timer;
    private bool _disposed;

    /// <param name="limit">Time without progress after which a stage counts as stuck; zero never looks.</param>
    /// <param name="time">Clock.</param>
    /// <param name="report">Receives the report, from a thread of the timer.</param>
    public StageWatchdog(TimeSpan limit, TimeProvider time, Action<string> report)
    {
        _time = time;
        _limit = limit;
        _report = report;
    }

    /// <summary>Adds a stage. It rests until it says otherwise.</summary>
    public StageHeartbeat Add(string stage)
    {
        var beat = new StageHeartbeat(stage, _time);
        lock (_lock)
        {
            _stages.Add(new Watched(beat));
        }

        return beat;
    }

    /// <summary>Takes a stage out: it has ended.</summary>
    public void Remove(StageHeartbeat beat)
    {
        lock (_lock)
        {
            _stages.RemoveAll(s => s.Beat == beat);
        }
    }

    /// <summary>Looks from now on, several times within the limit.</summary>
    public void Start()
    {
        if (_limit <= TimeSpan.Zero)
        {
            return;
        }

        TimeSpan period = TimeSpan.FromTicks(Math.Clamp(_limit.Ticks / 4, ShortestPeriod.Ticks, LongestPeriod.Ticks));
        lock (_lock)
        {
            if (!_disposed)
            {
                _timer ??= _time.CreateTimer(static dog => ((StageWatchdog)dog!).Look(), this, period, period);
            }
        }
    }

    /// <summary>Looks once and reports what is newly stuck.</summary>
    public void Look()
    {
        List<string>? reports = null;
        lock (_lock)
        {
            if (_disposed || _limit <= TimeSpan.Zero)
            {
                return;
            }

            long now = _time.GetTimestamp();
            Watched[] stages = [.. _stages];
            StageView[] views = [.. stages.Select(s => s.Beat.View)];
            bool circle = IsCircle(views, now);
            for (int i = 0; i < views.Length; i++)
            {
                bool stuck = circle || (views[i].State == StageState.Working && IsStill(views[i], now));
                if (stuck && stages[i].Reported != views[i].Since)
                {
                    stages[i].Reported = views[i].Since;
                    (reports ??= []).Add(Describe(views, i, _time.GetElapsedTime(views[i].Since, now)));
                }
            }
        }

        foreach (string report in reports ?? [])
        {
            _report(report);
        }
    }

    public void Dispose()
    {
        ITimer? timer;
        lock (_lock)
        {
            _disposed = true;
            timer = _timer;
            _timer = null;
        }

        timer?.Dispose();
    }

    private bool IsStill(in StageView view, long now) => _time.GetElapsedTime(view.Since, now) >= _limit;

    // Where every stage waits for another, none will ever go on, though none of them works.
    private bool IsCircle(StageView[] views, long now)
        => views.Length > 0 && views.All(v => v.State == StageState.Waiting && IsStill(v, now) && views.Any(o => o.Stage == v.What));

    private static string Describe(StageView[] views, int stuck, TimeSpan still)
    {
        StageView view = views[stuck];
        string what = view.State == StageState.Waiting ? $"it waits for {view.What}" : view.What;
        string[] waiting = [.. views.Where(v => v.State == StageState.Waiting && v.What == view.Stage && v.Stage != view.Stage).Select(v => v.Stage).Distinct()];
        string others = waiting.Length == 0 ? "" : $"; {string.Join(", ", waiting)} {(waiting.Length == 1 ? "waits" : "wait")} for it";
        return $"{view.Stage} has made no progress for {Duration.Format(TimeSpan.FromSeconds(Math.Round(still.TotalSeconds)))}: {what}{others}";
    }

    private sealed class Watched(StageHeartbeat beat)
    {
        public StageHeartbeat Beat => beat;

        /// <summary>Timestamp of the progress after which the stall was reported.</summary>
        public long? Reported { get; set; }
    }
}
