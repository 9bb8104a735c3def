using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Figures of a run that change while it runs. Any thread may read them.</summary>
public sealed class RunProgress
{
    private long _rows;
    private long _bytesRead;
    private long _badRows;
    private long _splits;
    private ISource? _source;
    private SourceLag? _lastLag;
    private (long Rows, long Bytes, long Bad, long Splits) _committed;

    /// <summary>Rows handed to the sink.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>Bytes of the source that were read.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Rows that were set aside.</summary>
    public long BadRows => Interlocked.Read(ref _badRows);

    /// <summary>Splits that are finished.</summary>
    public long Splits => Interlocked.Read(ref _splits);

    /// <summary>Bytes there are to read; null when unknown.</summary>
    public long? TotalBytes { get; private set; }

    /// <summary>Rows there are to read; null when unknown.</summary>
    public long? TotalRows { get; private set; }

    /// <summary>How far the target's last commit is behind the source, for sources that can tell; at the end of the run what it was last.</summary>
    public SourceLag? Lag => Volatile.Read(ref _source) is { } source ? source.Lag : _lastLag;

    /// <summary>What the run is doing, in a word or two.</summary>
    public string Stage { get; internal set; } = "starting";

    /// <summary>
    /// Something that the user should hear of while the run goes on: an attempt that failed, a stage that is stuck. Raised on
    /// threads of the run; a handler returns soon and does not throw.
    /// </summary>
    public event Action<string>? Noticed;

    /// <summary>An attempt begins with its source, or, with null, ends with it.</summary>
    internal void Watch(ISource? source)
    {
        _lastLag = Lag ?? _lastLag;
        Volatile.Write(ref _source, source);
    }

    internal void Notice(string text) => Noticed?.Invoke(text);

    internal void AddRows(long rows, long bytes)
    {
        Interlocked.Add(ref _rows, rows);
        Interlocked.Add(ref _bytesRead, bytes);
    }

    internal void AddBadRows(long rows) => Interlocked.Add(ref _badRows, rows);

    internal void AddSplit() => Interlocked.Increment(ref _splits);

    /// <summary>A plan says how much there is beyond what was read before it.</summary>
    internal void Expect(long? bytes, long? rows)
    {
        TotalBytes = BytesRead + bytes;
        TotalRows = Rows + rows;
    }

    /// <summary>The figures so far are those of committed epochs.</summary>
    internal void Commit() => _committed = (Rows, BytesRead, BadRows, Splits);

    /// <summary>Goes back to the figures of the last commit.</summary>
    internal void Abort()
    {
        Interlocked.Exchange(ref _rows, _committed.Rows);
        Interlocked.Exchange(ref _bytesRead, _committed.Bytes);
        Interlocked.Exchange(ref _badRows, _committed.Bad);
        Interlocked.Exchange(ref _splits, _committed.Splits);
    }
}
