namespace Millrace.Sql.Execution;

/// <summary>What one operator holds of a query's memory. One thread uses it.</summary>
internal sealed class Reservation(MemoryBudget budget) : IDisposable
{
    // Each operator may have so much: without some memory none gets anywhere.
    private const long Free = 256 << 10;

    /// <summary>Bytes held.</summary>
    public long Held { get; private set; }

    /// <summary>Holds so many bytes in all; false if there are not enough.</summary>
    public bool TryHold(long bytes)
    {
        bytes = Math.Max(0, bytes - Free);
        if (bytes > Held)
        {
            if (!budget.TryReserve(bytes - Held))
            {
                return false;
            }
        }
        else
        {
            budget.Release(Held - bytes);
        }

        Held = bytes;
        return true;
    }

    public void Dispose() => TryHold(0);
}
