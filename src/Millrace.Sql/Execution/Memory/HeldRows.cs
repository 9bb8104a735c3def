using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Batches that an operator keeps, counted against the query's memory. One thread uses it.</summary>
/// <param name="memory">Where the bytes are taken.</param>
/// <param name="copies">How many times the batches' own size is needed to work with them.</param>
internal sealed class HeldRows(MemoryBudget memory, int copies = 1) : IDisposable
{
    // So much an operator has without asking: with less none gets anywhere.
    private const long Free = 256 << 10;

    private List<RecordBatch> _batches = [];
    private long _reserved;
    private long _free;

    public IReadOnlyList<RecordBatch> Batches => _batches;

    public long Rows { get; private set; }

    /// <summary>Bytes of the batches.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keeps a batch, which then belongs to this, if there is memory for it; otherwise it stays the caller's.</summary>
    public bool TryAdd(RecordBatch batch)
    {
        long bytes = batch.ByteSize;
        long needed = Math.Max(0, ((Bytes + bytes) * copies) - Free) - _reserved;
        if (needed > 0)
        {
            if (!memory.TryReserve(needed))
            {
                return false;
            }

            _reserved += needed;
        }

        Append(batch, bytes);
        return true;
    }

    /// <summary>Keeps a batch without asking for memory: what is needed to go on at all.</summary>
    public void Add(RecordBatch batch) => Append(batch, batch.ByteSize);

    /// <summary>Hands the batches to the caller, and with them the reserved bytes, which the caller gives back.</summary>
    public List<RecordBatch> Take(out long reserved)
    {
        List<RecordBatch> batches = _batches;
        reserved = _reserved;
        memory.Count(-_free);
        _batches = [];
        _reserved = 0;
        _free = 0;
        Rows = 0;
        Bytes = 0;
        return batches;
    }

    /// <summary>Hands the batches to another, which has none.</summary>
    public void MoveTo(HeldRows other)
    {
        (other.Rows, other.Bytes, other._free) = (Rows, Bytes, _free);
        _free = 0;
        other._batches = Take(out other._reserved);
    }

    public void Dispose()
    {
        Take(out long reserved).ForEach(b => b.Dispose());
        memory.Release(reserved);
    }

    private void Append(RecordBatch batch, long bytes)
    {
        _batches.Add(batch);
        Rows += batch.Length;
        Bytes += bytes;

        // What is not reserved is here nevertheless.
        long free = Math.Max(0, (Bytes * copies) - _reserved);
        memory.Count(free - _free);
        _free = free;
    }
}
