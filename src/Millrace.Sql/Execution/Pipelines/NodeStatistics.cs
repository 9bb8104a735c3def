using System.Diagnostics;

namespace Millrace.Sql.Execution;

/// <summary>Counts of one node, summed over its lanes. Thread-safe.</summary>
public sealed class NodeStatistics
{
    private readonly Lock _lock = new();
    private MemoryBudget? _memory;
    private long _rows;
    private long _batches;
    private long _ticks;

    /// <summary>Rows that it gave.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Time in the node itself, without those above and below it, summed over lanes.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(0, Math.Max(0, Interlocked.Read(ref _ticks)));

    /// <summary>
    /// The most bytes at once: what it keeps, such as groups or the table of a join, and the rows it gave that are still on
    /// their way. Columns that it hands on as they came count here too.
    /// </summary>
    public long PeakMemory => _memory?.Peak ?? 0;

    /// <summary>Bytes that it wrote to disk because there was no memory for them.</summary>
    public long Spilled => _memory?.Spilled ?? 0;

    /// <summary>What it takes its memory from: a part of the query's.</summary>
    internal MemoryBudget Memory(MemoryBudget whole)
    {
        lock (_lock)
        {
            return _memory ??= whole.Part();
        }
    }

    internal void AddRows(int rows)
    {
        Interlocked.Add(ref _rows, rows);
        Interlocked.Increment(ref _batches);
    }

    internal void AddTime(long ticks) => Interlocked.Add(ref _ticks, ticks);

    /// <summary>Rows of so many bytes are on their way; negative when they are gone.</summary>
    internal void AddPassing(long bytes) => _memory?.CountHere(bytes);
}
