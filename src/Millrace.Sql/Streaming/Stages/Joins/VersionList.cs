using System.Runtime.InteropServices;

namespace Millrace.Sql.Streaming;

/// <summary>The versions of keys in the order of their times; of equal times the last one to come counts. One thread uses it.</summary>
/// <param name="rows">The versions.</param>
/// <param name="takesEqual">Whether a version is valid at its own time.</param>
internal sealed class VersionList(KeyedRows rows, bool takesEqual)
{
    // Keys that may have versions which nobody can ask for.
    private readonly HashSet<int> _crowded = [];

    // Versions by time of the keys that were asked for in this round.
    private readonly Dictionary<int, int[]> _sorted = [];

    /// <summary>Versions of some keys have come or gone.</summary>
    public void Changed(ReadOnlySpan<int> keys)
    {
        foreach (int key in keys)
        {
            if (key != KeyTable.None)
            {
                _crowded.Add(key);
            }
        }
    }

    /// <summary>The version of a key that is valid at a time, or <see cref="KeyedRows.None"/>.</summary>
    public int At(int key, long time)
    {
        if (!_sorted.TryGetValue(key, out int[]? versions))
        {
            versions = Sort(key);
            _sorted.Add(key, versions);
        }

        int before = CountBefore(versions, time);
        return before == 0 ? KeyedRows.None : versions[before - 1];
    }

    /// <summary>The versions may change from now on.</summary>
    public void Forget() => _sorted.Clear();

    /// <summary>Drops the versions that are not valid at a time or later.</summary>
    /// <param name="time">No earlier time is asked for any more.</param>
    /// <param name="all">Whether none at all is.</param>
    public void DropBefore(long time, bool all)
    {
        var dropped = new List<int>();
        foreach (int key in _crowded)
        {
            int[] versions = Sort(key);
            int useless = all ? versions.Length : CountBefore(versions, time) - 1;
            for (int i = 0; i < useless; i++)
            {
                dropped.Add(versions[i]);
            }

            if (versions.Length - Math.Max(0, useless) <= 1)
            {
                _crowded.Remove(key);
            }
        }

        rows.Remove(CollectionsMarshal.AsSpan(dropped));
    }

    /// <summary>Keys have other numbers.</summary>
    public void Restart()
    {
        _crowded.Clear();
        for (int row = 0; row < rows.Weights.Length; row++)
        {
            if (rows.Weights[row] != 0)
            {
                _crowded.Add(rows.KeyOf(row));
            }
        }
    }

    private int[] Sort(int key)
    {
        var versions = new List<int>();
        for (int row = rows.First(key); row != KeyedRows.None; row = rows.Next(row))
        {
            versions.Add(row);
        }

        // They come nearly in order, and equal ones stay in it.
        return [.. versions.OrderBy(r => rows.Times![r])];
    }

    // How many versions are not younger than a time.
    private int CountBefore(int[] versions, long time)
    {
        (int low, int high) = (0, versions.Length);
        while (low < high)
        {
            int middle = (low + high) >> 1;
            long at = rows.Times![versions[middle]];
            if (at < time || (at == time && takesEqual))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
