using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// All keys of a run, exactly, in bounded memory: the newest in tables, the others in sorted files behind a filter. Keys since
/// the last commit are apart, so that they can be given up. One thread uses it, but for looks into a set that is complete.
/// </summary>
internal sealed class UniqueKeys : IDisposable
{
    // Runs of one level that are merged into one.
    private const int Merged = 8;

    // 8 MiB a table, of which there are two.
    private const int DefaultCapacity = 1 << 19;

    // Bytes.
    private const int FirstFilter = 1 << 20;
    private const int DefaultFilter = 32 << 20;

    private readonly string _folder;
    private readonly int _filterBytes;
    private readonly Lock _looks = new();
    private readonly KeyTable _new;
    private readonly KeyTable _kept;
    private List<KeyRun> _newRuns = [];
    private List<KeyRun> _keptRuns = [];
    private KeyFilter? _filter;
    private long _filtered;

    /// <param name="folder">For temporary files; made when it is needed.</param>
    /// <param name="tableCapacity">Slots of each of two tables, 16 bytes each: a power of two.</param>
    /// <param name="filterBytes">The most that the filter takes: a power of two.</param>
    public UniqueKeys(string folder, int tableCapacity, int filterBytes)
    {
        _folder = folder;
        _filterBytes = filterBytes;
        _new = new KeyTable(tableCapacity);
        _kept = new KeyTable(tableCapacity);
    }

    /// <summary>An empty set.</summary>
    /// <param name="folder">For temporary files; null for that of the system.</param>
    /// <param name="tableCapacity">Slots of a table in memory, a power of two.</param>
    public static UniqueKeys Open(string? folder = null, int tableCapacity = DefaultCapacity)
        => new(folder ?? Path.Combine(Path.GetTempPath(), "millrace"), tableCapacity, DefaultFilter);

    /// <summary>Adds a key; false if it was there.</summary>
    public bool Add(Key128 key)
    {
        if (_new.Contains(key) || _kept.Contains(key) || IsInRuns(key))
        {
            return false;
        }

        _new.Add(key);
        if (_new.IsFull)
        {
            _newRuns.Add(Spill(_new));
            _newRuns = Merge(_newRuns);
        }

        return true;
    }

    /// <summary>
    /// Adds a key of a set that is looked into only when it is complete: keys that come again cost no look at those before. To be
    /// followed by <see cref="Complete"/>.
    /// </summary>
    public void Collect(Key128 key)
    {
        if (_new.Contains(key))
        {
            return;
        }

        _new.Add(key);
        if (_new.IsFull)
        {
            _newRuns.Add(Spill(_new));
            _newRuns = Merge(_newRuns);
        }
    }

    /// <summary>Ends the collecting, so that a look costs one read at most.</summary>
    public void Complete()
    {
        if (_newRuns.Count > 1)
        {
            List<KeyRun> parts = _newRuns;
            _newRuns = [MergeRuns([.. parts], parts.Max(r => r.Level) + 1)];
            parts.ForEach(r => r.Dispose());
        }
    }

    /// <summary>Whether a key is there. Any number of threads may ask while nobody adds.</summary>
    public bool Contains(Key128 key)
    {
        if (_new.Contains(key) || _kept.Contains(key))
        {
            return true;
        }

        if (_filter?.MayContain(key) != true)
        {
            return false;
        }

        // A run has one page in memory.
        lock (_looks)
        {
            return IsInRuns(key);
        }
    }

    /// <summary>What was added stays.</summary>
    public void Commit()
    {
        if (_new.Count > 0)
        {
            if (!_kept.TryAddAll(_new))
            {
                _keptRuns.Add(Spill(_kept));
                _ = _kept.TryAddAll(_new);
            }

            _new.Clear();
        }

        _keptRuns.AddRange(_newRuns);
        _newRuns = [];
        _keptRuns = Merge(_keptRuns);
    }

    /// <summary>Forgets what was added since the last commit. The filter keeps it, which costs a look into files at most.</summary>
    public void Abort()
    {
        _new.Clear();
        foreach (KeyRun run in _newRuns)
        {
            run.Dispose();
        }

        _newRuns = [];
    }

    public void Dispose()
    {
        _new.Dispose();
        _kept.Dispose();
        _filter?.Dispose();
        foreach (KeyRun run in (List<KeyRun>)[.. _newRuns, .. _keptRuns])
        {
            run.Dispose();
        }
    }

    private bool IsInRuns(Key128 key)
    {
        if (_filter?.MayContain(key) != true)
        {
            return false;
        }

        foreach (KeyRun run in _newRuns)
        {
            if (run.Contains(key))
            {
                return true;
            }
        }

        foreach (KeyRun run in _keptRuns)
        {
            if (run.Contains(key))
            {
                return true;
            }
        }

        return false;
    }

    private unsafe KeyRun Spill(KeyTable table)
    {
        var run = new KeyRun(_folder, level: 0);
        try
        {
            EnsureFilter(table.Count);
            using NativeBuffer sorted = table.Sorted(out int count);
            foreach (Key128 key in new ReadOnlySpan<Key128>(sorted.Pointer, count))
            {
                run.Append(key);
                _filter!.Add(key);
            }

            run.Flush();
            table.Clear();
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    // Two bytes a key keep nearly all new keys out of the files; beyond its most the filter fills up, and looks become more.
    private void EnsureFilter(int more)
    {
        _filtered += more;
        int wanted = _filter?.Bytes ?? FirstFilter;
        while (wanted < _filterBytes && wanted < 2 * _filtered)
        {
            wanted *= 2;
        }

        if (_filter?.Bytes == wanted)
        {
            return;
        }

        _filter?.Dispose();
        _filter = new KeyFilter(wanted);
        foreach (KeyRun run in (List<KeyRun>)[.. _newRuns, .. _keptRuns])
        {
            for (int page = 0; page < run.Pages; page++)
            {
                foreach (Key128 key in run.Load(page))
                {
                    _filter.Add(key);
                }
            }
        }
    }

    private List<KeyRun> Merge(List<KeyRun> runs)
    {
        while (runs.GroupBy(r => r.Level).FirstOrDefault(g => g.Count() >= Merged) is { } level)
        {
            KeyRun[] parts = [.. level];
            KeyRun whole = MergeRuns(parts, level.Key + 1);
            runs = [whole, .. runs.Except(parts)];
            foreach (KeyRun part in parts)
            {
                part.Dispose();
            }
        }

        return runs;
    }

    private KeyRun MergeRuns(KeyRun[] parts, int level)
    {
        var whole = new KeyRun(_folder, level);
        try
        {
            var heads = new PriorityQueue<(int Part, int Page, int Row), Key128>();
            for (int i = 0; i < parts.Length; i++)
            {
                heads.Enqueue((i, 0, 0), parts[i].Load(0)[0]);
            }

            Key128 last = default;
            while (heads.TryPeek(out (int Part, int Page, int Row) head, out Key128 key))
            {
                // Of keys that were collected several runs may hold one.
                if (key != last)
                {
                    whole.Append(key);
                    last = key;
                }

                (int page, int row) = head.Row + 1 < KeyRun.PageKeys ? (head.Page, head.Row + 1) : (head.Page + 1, 0);
                if (((long)page * KeyRun.PageKeys) + row < parts[head.Part].Count)
                {
                    heads.DequeueEnqueue((head.Part, page, row), parts[head.Part].Load(page)[row]);
                }
                else
                {
                    heads.Dequeue();
                }
            }

            whole.Flush();
            return whole;
        }
        catch
        {
            whole.Dispose();
            throw;
        }
    }
}
