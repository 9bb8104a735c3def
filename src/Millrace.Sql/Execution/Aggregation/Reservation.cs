namespace Millrace.Sql.Execution;

/// <summary>What one operator holds of a query's memory. One thread uses it.</summary>
internal sealed class Reservation(MemoryBudget budget) : IDisposable
{
    // Each operator may have so much: without some memory none gets anywhere.
    private const long Free = 256 << 10;

    private long _free;

    /// <summary>Bytes held of the limit.</summary>
    public long Held { get; private set; }

    /// <summary>Holds so many bytes in all; false if there are not enough.</summary>
    public bool TryHold(long bytes)
    {
        long reserved = Math.Max(0, bytes - Free);
        if (reserved > Held)
        {
            if (!budget.TryReserve(reserved - Held))
            {
                return false;
            }
        }
        else
        {
            budget.Release(Held - reserved);
        }

        Held = reserved;
        long free = Math.Min(bytes, Free);
        if (free != _free)
        {
            budget.Count(free - _free);
            _free = free;
        }

        return true;
    }

    public void Dispose() => TryHold(0);
}
