namespace Millrace.Sql.Execution;

/// <summary>Memory that the operators of a query may keep among them. Thread-safe.</summary>
public sealed class MemoryBudget
{
    private readonly MemoryBudget? _whole;
    private long _used;
    private long _held;
    private long _peak;
    private long _spilled;

    /// <param name="limit">Bytes.</param>
    public MemoryBudget(long limit) => Limit = limit;

    private MemoryBudget(MemoryBudget whole) => (_whole, Limit) = (whole, whole.Limit);

    public long Limit { get; }

    /// <summary>Bytes taken of the limit.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Bytes held, those that operators may hold without asking among them.</summary>
    internal long Held => Interlocked.Read(ref _held);

    /// <summary>The most that was held at once, with what operators may hold without asking.</summary>
    public long Peak => Interlocked.Read(ref _peak);

    /// <summary>Bytes written to disk because there was no memory for them.</summary>
    public long Spilled => Interlocked.Read(ref _spilled);

    /// <summary>What one operator takes of this: it counts for itself, and the limit is that of the whole.</summary>
    public MemoryBudget Part() => new(_whole ?? this);

    /// <summary>Takes bytes if they are there. An operator that gets none spills, and if it cannot, reports that the limit is reached.</summary>
    public bool TryReserve(long bytes)
    {
        if (_whole is not null && !_whole.TryReserve(bytes))
        {
            return false;
        }

        if (Interlocked.Add(ref _used, bytes) > Limit && _whole is null)
        {
            Interlocked.Add(ref _used, -bytes);
            return false;
        }

        Hold(bytes);
        return true;
    }

    public void Release(long bytes)
    {
        _whole?.Release(bytes);
        Interlocked.Add(ref _used, -bytes);
        Hold(-bytes);
    }

    /// <summary>Counts bytes that an operator has without asking for them; negative ones when they are gone.</summary>
    internal void Count(long bytes)
    {
        _whole?.Count(bytes);
        Hold(bytes);
    }

    /// <summary>The same for bytes that are the operator's for a moment only and no part of what the whole holds.</summary>
    internal void CountHere(long bytes) => Hold(bytes);

    internal void CountSpilled(long bytes)
    {
        _whole?.CountSpilled(bytes);
        Interlocked.Add(ref _spilled, bytes);
    }

    private void Hold(long bytes)
    {
        long held = Interlocked.Add(ref _held, bytes);
        long peak;
        while (held > (peak = Interlocked.Read(ref _peak)) && Interlocked.CompareExchange(ref _peak, held, peak) != peak)
        {
        }
    }
}
