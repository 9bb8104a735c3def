using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The changes of one table as the binary log tells them: whole transactions in the order of their commits. Events of other tables are passed over.
/// It outlives the plans that read from it one after the other.
/// </summary>
internal sealed class TableLog : IChangeLog, IDisposable
{
    private readonly LogPump _pump;
    private readonly LogDecoder _decoder;

    /// <param name="pump">The events, which belong to it.</param>
    /// <param name="decoder">Makes rows of them; it belongs to it.</param>
    public TableLog(LogPump pump, LogDecoder decoder)
    {
        _pump = pump;
        _decoder = decoder;
    }

    public LogDecoder Decoder => _decoder;

    public bool IsInTransaction => _decoder.IsInTransaction;

    public ulong End => _decoder.End;

    public ulong Received => _decoder.Received;

    public bool IsWaiting => !_decoder.HasRows && _pump.IsWaiting;

    public bool MoveNext() => _decoder.HasRows || _pump.MoveNext();

    public ValueTask WaitAsync(TimeSpan time, CancellationToken cancellation) => _pump.WaitAsync(time, cancellation);

    public ValueTask<bool> TakeAsync(ChangeRows rows, int[] slots, CancellationToken cancellation)
    {
        if (_decoder.HasRows)
        {
            _decoder.TakeRow(rows, slots);
            return new ValueTask<bool>(false);
        }

        return new ValueTask<bool>(_decoder.Take(_pump.Current, rows, slots));
    }

    public void Dispose()
    {
        _pump.Dispose();
        _decoder.Dispose();
    }
}
