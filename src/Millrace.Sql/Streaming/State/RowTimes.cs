namespace Millrace.Sql.Streaming;

/// <summary>
/// A time for each of many rows, by number. The least time of each block of rows is known, so that old rows are found without
/// looking at all.
/// </summary>
internal sealed class RowTimes
{
    private const int BlockRows = 1024;

    private long[] _times = [];
    private long[] _least = [];

    public long ByteSize => (_times.Length + _least.Length) * (long)sizeof(long);

    public long this[int row] => _times[row];

    /// <summary>Sets the time of a row, also of one that is new.</summary>
    public void Set(int row, long time)
    {
        if (row >= _times.Length)
        {
            Array.Resize(ref _times, Math.Max(row + 1, Math.Max(BlockRows, _times.Length * 2)));
            int known = _least.Length;
            Array.Resize(ref _least, (_times.Length + BlockRows - 1) / BlockRows);
            _least.AsSpan(known).Fill(StreamTime.End);
        }

        _times[row] = time;
        ref long least = ref _least[row / BlockRows];
        least = Math.Min(least, time);
    }

    /// <summary>Adds the rows that count something and whose time is before a limit to a list, in order.</summary>
    public void FindBefore(long limit, ReadOnlySpan<long> weights, List<int> found)
    {
        for (int block = 0; block < _least.Length && block * BlockRows < weights.Length; block++)
        {
            if (_least[block] >= limit)
            {
                continue;
            }

            long least = StreamTime.End;
            int end = Math.Min((block + 1) * BlockRows, weights.Length);
            for (int row = block * BlockRows; row < end; row++)
            {
                if (weights[row] == 0)
                {
                    continue;
                }

                if (_times[row] < limit)
                {
                    found.Add(row);
                }

                least = Math.Min(least, _times[row]);
            }

            _least[block] = least;
        }
    }

    /// <summary>No row that counts something has an earlier time; <see cref="StreamTime.End"/> without rows.</summary>
    public long Least() => _least.Length == 0 ? StreamTime.End : _least.Min();

    /// <summary>Keeps the times of some rows, which are numbered anew.</summary>
    public void Keep(ReadOnlySpan<bool> kept)
    {
        long[] times = _times;
        (_times, _least) = ([], []);
        int count = 0;
        for (int row = 0; row < kept.Length; row++)
        {
            if (kept[row])
            {
                Set(count++, times[row]);
            }
        }
    }
}
