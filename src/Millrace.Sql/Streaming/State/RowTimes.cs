using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A time for each of many rows, by number. The least time of each block of rows is known, so that old rows are found without
/// looking at all.
/// </summary>
internal sealed unsafe class RowTimes : IDisposable
{
    private const int BlockRows = 1024;

    private GrowingArray<long> _times = new();
    private GrowingArray<long> _least = new();

    public long ByteSize => _times.ByteSize + _least.ByteSize;

    public long this[int row] => _times.Pointer[row];

    /// <summary>Makes room for the times of so many rows.</summary>
    public void Reserve(int rows)
    {
        int known = _least.Length;
        _times.Resize(rows);
        _least.Resize((rows + BlockRows - 1) / BlockRows);
        new Span<long>(_least.Pointer + known, _least.Length - known).Fill(StreamTime.End);
    }

    /// <summary>Sets the time of a row that there is room for.</summary>
    public void Set(int row, long time)
    {
        _times.Pointer[row] = time;
        ref long least = ref _least.Pointer[row / BlockRows];
        least = Math.Min(least, time);
    }

    /// <summary>Adds the rows that count something and whose time is before a limit to a list, in order.</summary>
    public void FindBefore(long limit, ReadOnlySpan<long> weights, List<int> found)
    {
        for (int block = 0; block < _least.Length && block * BlockRows < weights.Length; block++)
        {
            if (_least.Pointer[block] >= limit)
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

                if (_times.Pointer[row] < limit)
                {
                    found.Add(row);
                }

                least = Math.Min(least, _times.Pointer[row]);
            }

            _least.Pointer[block] = least;
        }
    }

    /// <summary>No row that counts something has an earlier time; <see cref="StreamTime.End"/> without rows.</summary>
    public long Least()
    {
        long least = StreamTime.End;
        for (int block = 0; block < _least.Length; block++)
        {
            least = Math.Min(least, _least.Pointer[block]);
        }

        return least;
    }

    /// <summary>Keeps the times of some rows, which are numbered anew.</summary>
    public void Keep(ReadOnlySpan<bool> kept)
    {
        (GrowingArray<long> times, GrowingArray<long> leasts) = (_times, _least);
        (_times, _least) = (new GrowingArray<long>(), new GrowingArray<long>());
        Reserve(kept.Count(true));
        int count = 0;
        for (int row = 0; row < kept.Length; row++)
        {
            if (kept[row])
            {
                Set(count++, times.Pointer[row]);
            }
        }

        times.Dispose();
        leasts.Dispose();
    }

    public void Dispose()
    {
        _times.Dispose();
        _least.Dispose();
    }
}
