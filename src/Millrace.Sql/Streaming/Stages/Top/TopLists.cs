namespace Millrace.Sql.Streaming;

/// <summary>
/// The first rows of each key in their order, and whether there are more behind them, which are looked for only when these
/// run out. One thread uses it.
/// </summary>
internal sealed class TopLists(RowWords words, int capacity)
{
    // A list of one row, as most are, has no array.
    private int[] _firsts = [];
    private int[] _counts = [];
    private int[]?[] _others = [];
    private bool[] _hasMore = [];

    public long ByteSize { get; private set; }

    public int Count(int key) => key < _counts.Length ? _counts[key] : 0;

    public int At(int key, int place) => place == 0 ? _firsts[key] : _others[key]![place - 1];

    public int Last(int key) => At(key, _counts[key] - 1);

    /// <summary>Whether rows come behind those of the list.</summary>
    public bool HasMore(int key) => key < _hasMore.Length && _hasMore[key];

    /// <summary>Less than zero if a row comes before another.</summary>
    public int Compare(int left, int right) => words.Compare(left, right);

    /// <summary>Where a row stands, or, as a complement, would stand.</summary>
    public int Find(int key, int row)
    {
        (int low, int high) = (0, Count(key) - 1);
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int compared = words.Compare(At(key, middle), row);
            if (compared == 0)
            {
                return middle;
            }

            (low, high) = compared < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>Puts a row into its place. A row that falls out behind is given back, or <see cref="KeyedRows.None"/>.</summary>
    public int Insert(int key, int place, int row)
    {
        Grow(key);
        int count = _counts[key];
        int dropped = KeyedRows.None;
        if (count == capacity)
        {
            if (place == count)
            {
                _hasMore[key] = true;
                return row;
            }

            dropped = At(key, --count);
            _hasMore[key] = true;
        }

        _counts[key] = count + 1;
        if (count == 0)
        {
            _firsts[key] = row;
            return dropped;
        }

        int[] others = Room(key, count);
        if (place == 0)
        {
            others.AsSpan(0, count - 1).CopyTo(others.AsSpan(1));
            others[0] = _firsts[key];
            _firsts[key] = row;
        }
        else
        {
            others.AsSpan(place - 1, count - place).CopyTo(others.AsSpan(place));
            others[place - 1] = row;
        }

        return dropped;
    }

    public void RemoveAt(int key, int place)
    {
        int count = --_counts[key];
        if (count == 0)
        {
            return;
        }

        int[] others = _others[key]!;
        if (place == 0)
        {
            _firsts[key] = others[0];
            place = 1;
        }

        others.AsSpan(place, count - place).CopyTo(others.AsSpan(place - 1));
    }

    /// <summary>Makes rows, in any order, those of a key.</summary>
    public void Set(int key, List<int> rows)
    {
        Grow(key);
        rows.Sort(words.Compare);
        int count = Math.Min(rows.Count, capacity);
        _counts[key] = count;
        _hasMore[key] = rows.Count > count;
        if (count > 0)
        {
            _firsts[key] = rows[0];
        }

        if (count > 1)
        {
            int[] others = Room(key, count - 1);
            rows.CopyTo(1, others, 0, count - 1);
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        (_firsts, _counts, _others, _hasMore) = ([], [], [], []);
        ByteSize = 0;
    }

    private void Grow(int key)
    {
        if (key < _counts.Length)
        {
            return;
        }

        int size = Math.Max(key + 1, Math.Max(64, _counts.Length * 2));
        ByteSize += (size - _counts.Length) * 17L;
        Array.Resize(ref _firsts, size);
        Array.Resize(ref _counts, size);
        Array.Resize(ref _others, size);
        Array.Resize(ref _hasMore, size);
    }

    // An array for so many rows behind the first one.
    private int[] Room(int key, int count)
    {
        ref int[]? others = ref _others[key];
        int room = others?.Length ?? 0;
        if (room < count)
        {
            int size = Math.Min(capacity - 1, Math.Max(count, Math.Max(3, room * 2)));
            ByteSize += ((size - room) * (long)sizeof(int)) + (room == 0 ? 24 : 0);
            Array.Resize(ref others, size);
        }

        return others!;
    }
}
