namespace Millrace.Sql.Streaming;

/// <summary>Which groups were not used for so long that they are forgotten. Times in microseconds of the run's clock.</summary>
internal sealed class GroupExpiry(GroupStore groups, long timeToLive)
{
    // Each group stands in it once, with a time that may be past its last use.
    private readonly PriorityQueue<int, long> _queue = new();

    /// <summary>When the next group may have to go.</summary>
    public long? WakesAt => _queue.TryPeek(out _, out long at) ? at : null;

    /// <summary>A group was used, at the time that it has.</summary>
    public void Use(int group)
    {
        ref GroupFlags flags = ref groups.Flags(group);
        if ((flags & GroupFlags.Queued) == 0)
        {
            flags |= GroupFlags.Queued;
            _queue.Enqueue(group, groups.Used(group) + timeToLive);
        }
    }

    /// <summary>The groups whose time is over.</summary>
    public List<int> Take(long now)
    {
        var over = new List<int>();
        while (_queue.TryPeek(out int group, out long at) && at <= now)
        {
            _queue.Dequeue();
            groups.Flags(group) &= ~GroupFlags.Queued;
            if (groups.Rows(group) == 0 || (groups.Flags(group) & GroupFlags.Always) != 0)
            {
                continue;
            }

            if (groups.Used(group) + timeToLive <= now)
            {
                over.Add(group);
            }
            else
            {
                Use(group);
            }
        }

        return over;
    }

    /// <summary>The groups have other numbers now.</summary>
    public void Renew()
    {
        _queue.Clear();
        for (int group = 0; group < groups.Count; group++)
        {
            groups.Flags(group) &= ~GroupFlags.Queued;
            if (groups.Rows(group) > 0)
            {
                Use(group);
            }
        }
    }
}
