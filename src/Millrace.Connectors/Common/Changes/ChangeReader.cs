using System.Diagnostics;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>
/// Reads changes until there are none for the moment. A batch ends behind a transaction, or says that it does not; rows that are
/// there are not kept waiting for more.
/// </summary>
/// <param name="capture">Where the log is kept between reads.</param>
/// <param name="log">The log.</param>
/// <param name="schema">Columns of the rows.</param>
/// <param name="rows">Takes the rows of a batch; it belongs to the reader.</param>
/// <param name="batch">Makes it; it belongs to the reader.</param>
/// <param name="target">Place in the log up to which there is something to read, whether it has come or not.</param>
/// <param name="stopsAtTarget">Whether what comes behind it is left to the next read.</param>
internal sealed class ChangeReader(IChangeCapture capture, IChangeLog log, ChangeSchema schema, ChangeRows rows, ChangeBatch batch, ulong target, bool stopsAtTarget) : ISplitReader
{
    // How long rows wait for others: messages of the next transaction are often a moment away.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Nudge = TimeSpan.FromSeconds(1);

    private long _done;
    private long _firstSince;
    private bool _isOver;
    private bool _isWithinUnit;

    /// <summary>Whether the rows that follow have other columns.</summary>
    public bool IsOutgrown { get; private set; }

    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            while (!_isOver)
            {
                if (await FillAsync(cancellation).ConfigureAwait(false) && TakeBatch() is { } next)
                {
                    return next;
                }
            }

            return null;
        }
        catch (Exception e) when (capture.IsOfStream(e, cancellation))
        {
            throw capture.Explain(e);
        }
    }

    public ValueTask DisposeAsync()
    {
        // What was received and handed to nobody is asked for again.
        capture.Returned(isWhole: _isOver && rows.Count == 0);
        batch.Dispose();
        rows.Dispose();
        return ValueTask.CompletedTask;
    }

    // Whether there are rows to hand over; false with _isOver set at the end.
    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        while (true)
        {
            capture.ThrowIfFailed();
            if (log.MoveNext())
            {
                bool wasFull = rows.IsFull;
                bool wasEmpty = rows.Count == 0;
                if (await log.TakeAsync(rows, schema.Slots, cancellation).ConfigureAwait(false) && !capture.Fits(log))
                {
                    IsOutgrown = true;
                    _isOver = true;
                    return rows.Count > 0;
                }

                if (wasEmpty && rows.Count > 0)
                {
                    _firstSince = Stopwatch.GetTimestamp();
                }

                if (stopsAtTarget && !log.IsInTransaction && log.End >= target)
                {
                    _isOver = true;
                    return rows.Count > 0 || _isWithinUnit;
                }

                // A batch ends where a transaction does, if it can: no epoch ends elsewhere. One that ends with the next message is not
                // cut, and one that was cut at its last row is ended by a batch without rows.
                if (log.IsInTransaction ? wasFull && rows.IsFull : _isWithinUnit || (rows.Count > 0 && rows.IsHalfFull))
                {
                    return true;
                }

                continue;
            }

            if (log.IsInTransaction)
            {
                await log.WaitAsync(Nudge, cancellation).ConfigureAwait(false);
            }
            else if (rows.Count > 0)
            {
                TimeSpan left = Linger - Stopwatch.GetElapsedTime(_firstSince);
                if (left <= TimeSpan.Zero)
                {
                    return true;
                }

                await log.WaitAsync(left, cancellation).ConfigureAwait(false);
            }
            else if (await IsAtEndAsync(cancellation).ConfigureAwait(false))
            {
                _isOver = true;
                return false;
            }
        }
    }

    private async ValueTask<bool> IsAtEndAsync(CancellationToken cancellation)
    {
        // First how far the server is, and then whether it has sent something before.
        bool isThere = log.Received >= target;
        if (!isThere)
        {
            await log.WaitAsync(Nudge / 20, cancellation).ConfigureAwait(false);
            return false;
        }

        return log.IsWaiting;
    }

    // Null when every row is bad, unless the batch has to say that a transaction is over.
    private SplitBatch? TakeBatch()
    {
        long first = _done;
        _done += rows.Count;
        int bytes = rows.Bytes;
        RecordBatch? made = batch.Make(rows, capture.Place, first);
        rows.Clear();
        if (made is null && _isWithinUnit && !log.IsInTransaction)
        {
            made = batch.Make(rows, capture.Place, _done);
        }

        if (made is null)
        {
            return null;
        }

        Position position = capture.HandOut(log);
        _isWithinUnit = log.IsInTransaction;
        return new SplitBatch(made, position, bytes) { Origin = capture.Place with { Row = first }, IsPartOfUnit = log.IsInTransaction };
    }
}
