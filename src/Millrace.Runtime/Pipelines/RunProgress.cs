namespace Millrace.Runtime;

/// <summary>Figures of a run that change while it runs. Any thread may read them.</summary>
public sealed class RunProgress
{
    private long _rows;
    private long _bytesRead;
    private long _badRows;
    private long _splits;

    /// <summary>Rows handed to the sink.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>Bytes of the source that were read.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Rows that were set aside.</summary>
    public long BadRows => Interlocked.Read(ref _badRows);

    /// <summary>Splits that are finished.</summary>
    public long Splits => Interlocked.Read(ref _splits);

    /// <summary>Bytes there are to read; null when unknown.</summary>
    public long? TotalBytes { get; internal set; }

    /// <summary>Rows there are to read; null when unknown.</summary>
    public long? TotalRows { get; internal set; }

    /// <summary>What the run is doing, in a word or two.</summary>
    public string Stage { get; internal set; } = "starting";

    internal void AddRows(long rows, long bytes)
    {
        Interlocked.Add(ref _rows, rows);
        Interlocked.Add(ref _bytesRead, bytes);
    }

    internal void AddBadRow() => Interlocked.Increment(ref _badRows);

    internal void AddSplit() => Interlocked.Increment(ref _splits);

    internal void Reset()
    {
        Interlocked.Exchange(ref _rows, 0);
        Interlocked.Exchange(ref _bytesRead, 0);
        Interlocked.Exchange(ref _badRows, 0);
        Interlocked.Exchange(ref _splits, 0);
    }
}
