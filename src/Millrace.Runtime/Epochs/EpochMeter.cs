using Millrace.Columnar;

namespace Millrace.Runtime;

/// <summary>Size and age of the open epoch. Its time begins with its first row, good or bad.</summary>
internal sealed class EpochMeter(TimeProvider time)
{
    private long? _opened;
    private long _bytes;

    /// <summary>Whether there is anything in it.</summary>
    public bool IsOpen => _opened is not null;

    public long Rows { get; private set; }

    /// <summary>Time that the sink took to take the rows.</summary>
    public TimeSpan Written { get; private set; }

    public EpochSize Size => new(Rows, _bytes, _opened is { } opened ? time.GetElapsedTime(opened) : TimeSpan.Zero);

    public void Open() => _opened ??= time.GetTimestamp();

    /// <summary>The sink has taken rows.</summary>
    public void Add(RecordBatch batch, TimeSpan took)
    {
        Rows += batch.Length;
        _bytes += batch.ByteSize;
        Written += took;
    }

    /// <summary>How long the epoch may stay open, as a time that a timer takes; zero when it is to be committed, null for as long as it likes.</summary>
    /// <param name="window">The time of an epoch; null for none.</param>
    public TimeSpan? Patience(TimeSpan? window)
    {
        if (!IsOpen || window is null)
        {
            return null;
        }

        TimeSpan left = window.Value - Size.Age;
        return left > TimeSpan.Zero ? TimerLimit.Fit(left) : TimeSpan.Zero;
    }

    /// <summary>Begins anew, after a commit or an abort.</summary>
    public void Clear()
    {
        _opened = null;
        _bytes = 0;
        Rows = 0;
        Written = TimeSpan.Zero;
    }
}
