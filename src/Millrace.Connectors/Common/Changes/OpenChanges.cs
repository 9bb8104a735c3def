using System.Runtime.InteropServices;

namespace Millrace.Connectors.Common;

/// <summary>
/// When the changes were made that are read from a log and not committed by the target yet. Bounded: transactions that are near
/// each other in time count as one, with the time of the first. Any thread may call.
/// </summary>
internal sealed class OpenChanges
{
    private const int Most = 1024;
    private const long FinestMicroseconds = 50_000;

    private readonly List<Run> _open = [];
    private readonly Lock _lock = new();
    private long _spacing = FinestMicroseconds;

    /// <summary>A transaction with changes is read. Called in the order of the log.</summary>
    /// <param name="place">A place in the log that a commit of the target passes when it holds the transaction.</param>
    /// <param name="time">When it was made, in microseconds since 1970.</param>
    public void Add(ulong place, long time)
    {
        lock (_lock)
        {
            if (_open.Count > 0 && time - _open[^1].Time < _spacing)
            {
                CollectionsMarshal.AsSpan(_open)[^1].Last = place;
                return;
            }

            if (_open.Count == Most)
            {
                Thin();
            }

            _open.Add(new Run { Time = time, Last = place });
        }
    }

    /// <summary>The target has committed what lies before a place.</summary>
    public void Committed(ulong place)
    {
        lock (_lock)
        {
            int done = _open.FindIndex(r => r.Last >= place);
            _open.RemoveRange(0, done < 0 ? _open.Count : done);
            if (_open.Count == 0)
            {
                _spacing = FinestMicroseconds;
            }
        }
    }

    /// <summary>Age of the oldest change that is open; zero for none.</summary>
    /// <param name="now">The time by the clock of this machine.</param>
    public TimeSpan Age(DateTimeOffset now)
    {
        lock (_lock)
        {
            TimeSpan age = _open.Count > 0 ? now - DateTimeOffset.UnixEpoch.AddMicroseconds(_open[0].Time) : TimeSpan.Zero;
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }
    }

    // Runs grow in width until there are half as many; none grows over a time in which nothing was committed.
    private void Thin()
    {
        while (_open.Count > Most / 2)
        {
            _spacing *= 2;
            int kept = 0;
            for (int i = 1; i < _open.Count; i++)
            {
                if (_open[i].Time - _open[kept].Time < _spacing)
                {
                    _open[kept] = new Run { Time = _open[kept].Time, Last = _open[i].Last };
                }
                else
                {
                    _open[++kept] = _open[i];
                }
            }

            _open.RemoveRange(kept + 1, _open.Count - kept - 1);
        }
    }

    private struct Run
    {
        public long Time;
        public ulong Last;
    }
}
