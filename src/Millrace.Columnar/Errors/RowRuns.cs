namespace Millrace;

/// <summary>Numbers of rows elsewhere, most of which ascend with them by one, so that little is kept. One thread fills it; then any may ask.</summary>
public sealed class RowRuns
{
    // The first row of each run.
    private readonly List<(long Row, long Number)> _runs = [];

    /// <summary>Adds a row behind those before, and all that come behind it up to the next that is added.</summary>
    public void Add(long row, long number)
    {
        if (_runs.Count == 0 || number - _runs[^1].Number != row - _runs[^1].Row)
        {
            _runs.Add((row, number));
        }
    }

    /// <summary>The number of a row; null for one before the first.</summary>
    public long? Find(long row)
    {
        int index = _runs.BinarySearch((row, long.MaxValue));
        int run = (index < 0 ? ~index : index) - 1;
        return run < 0 ? null : _runs[run].Number + row - _runs[run].Row;
    }

    public void Clear() => _runs.Clear();
}
