using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Batches that an operator keeps, counted against the query's memory. One thread uses it.</summary>
/// <param name="memory">Where the bytes are taken.</param>
internal sealed class HeldRows(MemoryBudget memory) : IDisposable
{
    private List<RecordBatch> _batches = [];
    private long _reserved;

    public IReadOnlyList<RecordBatch> Batches => _batches;

    public long Rows { get; private set; }

    /// <summary>Bytes taken from the budget.</summary>
    public long Bytes => _reserved;

    /// <summary>Keeps a batch, which then belongs to this, if there is memory for it; otherwise it stays the caller's.</summary>
    public bool TryAdd(RecordBatch batch)
    {
        long bytes = batch.ByteSize;
        if (!memory.TryReserve(bytes))
        {
            return false;
        }

        _reserved += bytes;
        _batches.Add(batch);
        Rows += batch.Length;
        return true;
    }

    /// <summary>Keeps a batch without asking for memory: what is needed to go on at all.</summary>
    public void Add(RecordBatch batch)
    {
        _batches.Add(batch);
        Rows += batch.Length;
    }

    /// <summary>Hands the batches to the caller, and with them the reserved bytes, which the caller gives back.</summary>
    public List<RecordBatch> Take(out long reserved)
    {
        List<RecordBatch> batches = _batches;
        reserved = _reserved;
        _batches = [];
        _reserved = 0;
        Rows = 0;
        return batches;
    }

    /// <summary>Hands the batches to another, which has none.</summary>
    public void MoveTo(HeldRows other)
    {
        other.Rows = Rows;
        other._batches = Take(out other._reserved);
    }

    public void Dispose()
    {
        Take(out long reserved).ForEach(b => b.Dispose());
        memory.Release(reserved);
    }
}
