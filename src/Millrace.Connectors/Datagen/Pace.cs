namespace Millrace.Connectors.Datagen;

/// <summary>Holds rows back until they are due. The clock starts with the first row that is asked for.</summary>
/// <param name="rate">Rows a second.</param>
/// <param name="time">Clock.</param>
internal sealed class Pace(double rate, TimeProvider time)
{
    private const double BatchesPerSecond = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private long? _start;
    private long _startRow;

    /// <summary>Rows of a batch, so that rows come evenly.</summary>
    public long BatchRows(long most) => Math.Clamp((long)(rate / BatchesPerSecond), 1, most);

    /// <summary>Ends when the rows before one are due.</summary>
    /// <param name="firstRow">Row at which the read began.</param>
    /// <param name="row">The row.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public async ValueTask WaitAsync(long firstRow, long row, CancellationToken cancellation)
    {
        long start = Start(firstRow, out long startRow);
        while (true)
        {
            double seconds = ((row - startRow) / rate) - time.GetElapsedTime(start).TotalSeconds;
            if (seconds <= 0)
            {
                return;
            }

            // Whole milliseconds, since timers know no less.
            TimeSpan wait = seconds < Longest.TotalSeconds ? TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000)) : Longest;
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        }
    }

    private long Start(long firstRow, out long startRow)
    {
        lock (_lock)
        {
            if (_start is null)
            {
                _start = time.GetTimestamp();
                _startRow = firstRow;
            }

            startRow = _startRow;
            return _start.Value;
        }
    }
}
