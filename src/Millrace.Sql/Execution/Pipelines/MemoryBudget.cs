namespace Millrace.Sql.Execution;

/// <summary>Memory that the operators of a query may keep among them. Thread-safe.</summary>
/// <param name="limit">Bytes.</param>
public sealed class MemoryBudget(long limit)
{
    private long _used;
    private long _peak;

    public long Limit => limit;

    public long Used => Interlocked.Read(ref _used);

    public long Peak => Interlocked.Read(ref _peak);

    /// <summary>Takes bytes if they are there. An operator that gets none spills, and if it cannot, reports that the limit is reached.</summary>
    public bool TryReserve(long bytes)
    {
        long used = Interlocked.Add(ref _used, bytes);
        if (used > limit)
        {
            Interlocked.Add(ref _used, -bytes);
            return false;
        }

        long peak;
        while (used > (peak = Interlocked.Read(ref _peak)) && Interlocked.CompareExchange(ref _peak, used, peak) != peak)
        {
        }

        return true;
    }

    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
