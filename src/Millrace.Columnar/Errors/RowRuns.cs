namespace Millrace;

/// <summary>Numbers of rows elsewhere, most of which ascend with them by one, so that little is kept. One thread fills it; then any may ask.</summary>
public sealed class RowRuns
{
    /// <summary>How many are kept where rows come without end: 1.6 MB.</summary>
    public const int Most = 100_000;

    // The first row of each run.
    private readonly List<(long Row, long Number)> _runs = [];

    /// <summary>Rows behind which the numbers do not go on by one, and the first.</summary>
    public int Count => _runs.Count;

    /// <summary>Adds a row behind those before, and all that come behind it up to the next that is added.</summary>
    public void Add(long row, long number)
    {
        if (_runs.Count == 0 || number - _runs[^1].Number != row - _runs[^1].Row)
        {
            _runs.Add((row, number));
        }
    }

    /// <summary>The number of a row; null for one before the first, or one that is forgotten.</summary>
    public long? Find(long row)
    {
        int index = _runs.BinarySearch((row, long.MaxValue));
        int run = (index < 0 ? ~index : index) - 1;
        return run < 0 ? null : _runs[run].Number + row - _runs[run].Row;
    }

    /// <summary>Forgets the oldest of more than <see cref="Most"/>.</summary>
    public void Trim()
    {
        if (_runs.Count > Most)
        {
            _runs.RemoveRange(0, _runs.Count - (Most / 2));
        }
    }

    public void Clear() => _runs.Clear();
}
