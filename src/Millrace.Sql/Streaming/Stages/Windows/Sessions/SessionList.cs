namespace Millrace.Sql.Streaming;

/// <summary>A session: rows of a key whose times are less than a gap apart. Times in the unit of the rows.</summary>
internal struct Session
{
    public long Start;
    public long End;

    /// <summary>Start under which saved state knows it.</summary>
    public long SavedStart;

    public int Key;

    /// <summary>The session of the key before this one in time; -1 for none.</summary>
    public int Earlier;

    /// <summary>The session that this one became part of; -1 for none.</summary>
    public int MergedInto;

    public bool IsLive;
    public bool IsSaved;
    public bool IsUnsaved;
    public bool IsChanged;
}

/// <summary>
/// The sessions of a lane by number, for each key from the latest to the earliest; those of a key never overlap. Numbers are
/// used again. One thread uses it.
/// </summary>
internal sealed class SessionList
{
    // Below this there is nothing to be won by tidying up.
    private const int FewKeys = 1024;

    private readonly Stack<int> _free = [];
    private readonly List<(int From, int To)> _merges = [];

    // Each number that is in use is in it once; those whose session has become longer since are put in again.
    private readonly PriorityQueue<int, long> _byEnd = new();
    private Session[] _sessions = new Session[16];
    private int[] _latest = [];

    /// <summary>Numbers that were ever used.</summary>
    public int Count { get; private set; }

    public int Live { get; private set; }

    public long ByteSize => (_sessions.Length * 48L) + (_latest.Length * 4L) + (_byEnd.Count * 16L);

    /// <summary>Sessions that became part of others since the last <see cref="ClearMerges"/>, in order.</summary>
    public IReadOnlyList<(int From, int To)> Merges => _merges;

    public ref Session this[int number] => ref _sessions[number];

    /// <summary>Makes room for keys.</summary>
    public void Resize(int keys)
    {
        int old = _latest.Length;
        if (keys > old)
        {
            Array.Resize(ref _latest, Math.Max(keys, old * 2));
            _latest.AsSpan(old).Fill(-1);
        }
    }

    /// <summary>The session of a row, which it makes longer or joins with others; -1 if there is none.</summary>
    /// <param name="key">Key of the row.</param>
    /// <param name="time">Its time.</param>
    /// <param name="end">A gap behind it.</param>
    /// <param name="later">The earliest session behind the row; -1 for none.</param>
    public int Extend(int key, long time, long end, out int later)
    {
        later = -1;
        int number = _latest[key];
        while (number >= 0 && _sessions[number].Start >= end)
        {
            (later, number) = (number, _sessions[number].Earlier);
        }

        if (number < 0 || time >= _sessions[number].End)
        {
            return -1;
        }

        ref Session session = ref _sessions[number];
        session.Start = Math.Min(session.Start, time);
        session.End = Math.Max(session.End, end);
        while (session.Earlier >= 0 && _sessions[session.Earlier].End > session.Start)
        {
            Merge(session.Earlier, number);
        }

        return number;
    }

    /// <summary>Makes a session of its own.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="start">First time.</param>
    /// <param name="end">A gap behind the last.</param>
    /// <param name="later">The earliest session of the key behind it; -1 for none.</param>
    public int Add(int key, long start, long end, int later)
    {
        if (!_free.TryPop(out int number))
        {
            number = Count++;
            if (number == _sessions.Length)
            {
                Array.Resize(ref _sessions, Count * 2);
            }
        }

        ref int before = ref (later < 0 ? ref _latest[key] : ref _sessions[later].Earlier);
        _sessions[number] = new Session { Start = start, End = end, Key = key, Earlier = before, MergedInto = -1, IsLive = true };
        before = number;
        Live++;
        _byEnd.Enqueue(number, end);
        return number;
    }

    /// <summary>A session of a key by its start; -1 if there is none. The one behind it in time is told too.</summary>
    public int Find(int key, long start, out int later)
    {
        later = -1;
        int number = _latest[key];
        while (number >= 0 && _sessions[number].Start > start)
        {
            (later, number) = (number, _sessions[number].Earlier);
        }

        return number >= 0 && _sessions[number].Start == start ? number : -1;
    }

    /// <summary>The session that one is part of by now.</summary>
    public int Resolve(int number)
    {
        while (_sessions[number].MergedInto >= 0)
        {
            number = _sessions[number].MergedInto;
        }

        return number;
    }

    /// <summary>Takes a session out.</summary>
    public void Remove(int number)
    {
        ref Session session = ref _sessions[number];
        ref int link = ref _latest[session.Key];
        while (link != number)
        {
            link = ref _sessions[link].Earlier;
        }

        link = session.Earlier;
        session.IsLive = false;
        Live--;
    }

    /// <summary>The live session that ends first.</summary>
    public bool TryPeek(out int number)
    {
        while (_byEnd.TryPeek(out number, out long end))
        {
            if (!_sessions[number].IsLive)
            {
                _byEnd.Dequeue();
                _free.Push(number);
            }
            else if (_sessions[number].End != end)
            {
                _byEnd.DequeueEnqueue(number, _sessions[number].End);
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public void ClearMerges() => _merges.Clear();

    /// <summary>Forgets keys without a session when they are the most, and gives the others new numbers.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="kept">Keys that are kept in any case.</param>
    /// <param name="renumbered">Gets the new number of each key, -1 for those that are forgotten.</param>
    public bool TryForgetKeys(SessionKeys keys, IReadOnlyCollection<int> kept, out int[] renumbered)
    {
        renumbered = [];
        if (keys.Count < FewKeys || keys.Count / 2 < Live + kept.Count)
        {
            return false;
        }

        renumbered = new int[keys.Count];
        Array.Fill(renumbered, -1);
        var used = new List<int>();
        foreach (int key in kept.Concat(Enumerable.Range(0, Count).Where(n => _sessions[n].IsLive).Select(n => _sessions[n].Key)))
        {
            if (renumbered[key] < 0)
            {
                renumbered[key] = used.Count;
                used.Add(key);
            }
        }

        keys.Keep([.. used]);
        Renumber(renumbered, used.Count);
        return true;
    }

    private void Renumber(ReadOnlySpan<int> keys, int count)
    {
        int[] latest = new int[count];
        for (int key = 0; key < keys.Length; key++)
        {
            if (keys[key] >= 0)
            {
                latest[keys[key]] = _latest[key];
            }
        }

        _latest = latest;
        for (int number = 0; number < Count; number++)
        {
            if (_sessions[number].IsLive)
            {
                _sessions[number].Key = keys[_sessions[number].Key];
            }
        }
    }

    private void Merge(int from, int to)
    {
        ref Session gone = ref _sessions[from];
        ref Session session = ref _sessions[to];
        session.Start = Math.Min(session.Start, gone.Start);
        session.End = Math.Max(session.End, gone.End);
        session.Earlier = gone.Earlier;
        (gone.IsLive, gone.MergedInto) = (false, to);
        Live--;
        _merges.Add((from, to));
    }
}
