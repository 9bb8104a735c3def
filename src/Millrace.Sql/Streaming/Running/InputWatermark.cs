namespace Millrace.Sql.Streaming;

/// <summary>
/// Event time up to which an input is complete: the least of what its splits say, where those that are idle or at their end
/// have no say. It never goes back. Times in microseconds.
/// </summary>
/// <param name="idleTimeout">Microseconds without rows after which a split has no say; null for never.</param>
/// <param name="splitsFollowEachOther">Whether a split that was not begun has no say either.</param>
internal sealed class InputWatermark(long? idleTimeout, bool splitsFollowEachOther)
{
    // Idle splits that are worth showing.
    private const int MostIdle = 1000;

    // Names that no split has: the watermark itself, and how far splits at their end had come, which may be further.
    private const string Own = "";
    private const string Ended = "\u0001ended";

    private readonly Dictionary<string, SplitTime> _splits = new(StringComparer.Ordinal);

    // Of splits at their end.
    private long _ended = StreamTime.None;

    /// <summary>The watermark; it moves at <see cref="Move"/>.</summary>
    public long Current { get; private set; } = StreamTime.None;

    /// <summary>The splits that have a say or could have, with what they say.</summary>
    public IEnumerable<SplitWatermark> Splits
        => _splits.Select(s => new SplitWatermark(s.Key, s.Value.Watermark, s.Value.IsIdle, s.Value.HasRows)).OrderBy(s => s.Watermark).ThenBy(s => s.Split, StringComparer.Ordinal);

    /// <summary>A split is there to be read, or has more to be read.</summary>
    public void Begin(string split)
    {
        if (!_splits.TryAdd(split, new SplitTime()))
        {
            (_splits[split].IsIdle, _splits[split].EmptySince) = (false, null);
        }
    }

    /// <summary>Rows of a split say that it is complete up to a time.</summary>
    public void Advance(string split, long watermark)
    {
        if (!_splits.TryGetValue(split, out SplitTime? time))
        {
            _splits.Add(split, time = new SplitTime());
        }

        time.Watermark = Math.Max(time.Watermark, watermark);
        (time.HasRows, time.IsIdle, time.EmptySince) = (true, false, null);
    }

    /// <summary>A split has no more rows.</summary>
    public void End(string split)
    {
        if (_splits.Remove(split, out SplitTime? time))
        {
            _ended = Math.Max(_ended, time.Watermark);
        }
    }

    /// <summary>Every split was asked for more and had nothing.</summary>
    /// <param name="now">The run's clock.</param>
    public void CaughtUp(long now)
    {
        foreach (SplitTime time in _splits.Values)
        {
            time.EmptySince ??= now;
            time.IsIdle |= now - time.EmptySince >= idleTimeout;
        }
    }

    /// <summary>Brings the watermark to what the splits say now.</summary>
    public void Move()
    {
        long least = StreamTime.End;
        long most = _ended;
        foreach (SplitTime time in _splits.Values)
        {
            most = Math.Max(most, time.Watermark);
            if (!time.IsIdle && (time.HasRows || !splitsFollowEachOther))
            {
                least = Math.Min(least, time.Watermark);
            }
        }

        Current = Math.Max(Current, least == StreamTime.End ? most : least);
        if (_splits.Count > MostIdle)
        {
            ForgetIdle();
        }
    }

    // An inbox gets files for ever. One that has no say has none either when it is not known.
    private void ForgetIdle()
    {
        foreach (string idle in _splits.Where(s => s.Value.IsIdle && s.Value.Watermark <= Current).Select(s => s.Key).ToList())
        {
            End(idle);
        }
    }

    /// <summary>What is needed to go on: splits and what they say, and under names of their own the watermark itself and that of splits at their end.</summary>
    public IEnumerable<(string Split, long Watermark)> Save()
        => _splits.Where(s => s.Value.HasRows).Select(s => (s.Key, s.Value.Watermark)).Append((Own, Current)).Append((Ended, _ended));

    /// <summary>Forgets the splits, for what <see cref="Restore"/> brings.</summary>
    public void Clear() => _splits.Clear();

    /// <summary>Takes one of <see cref="Save"/> back.</summary>
    public void Restore(string split, long watermark)
    {
        switch (split)
        {
            case Own:
                Current = Math.Max(Current, watermark);
                break;
            case Ended:
                _ended = Math.Max(_ended, watermark);
                break;
            default:
                Advance(split, watermark);
                break;
        }
    }

    private sealed class SplitTime
    {
        public long Watermark { get; set; } = StreamTime.None;

        public bool HasRows { get; set; }

        public bool IsIdle { get; set; }

        public long? EmptySince { get; set; }
    }
}

/// <summary>What a split says of its input's watermark.</summary>
/// <param name="Split">Key of the split.</param>
/// <param name="Watermark">Microseconds; <see cref="StreamTime.None"/> for one without rows yet.</param>
/// <param name="IsIdle">Whether it has had nothing for so long that it has no say.</param>
/// <param name="HasRows">Whether any of its rows were read.</param>
public readonly record struct SplitWatermark(string Split, long Watermark, bool IsIdle, bool HasRows);
