using System.Diagnostics;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Reads changes until there are none for the moment. A batch ends behind a transaction, or says that it does not; rows that are
/// there are not kept waiting for more.
/// </summary>
/// <param name="capture">Where the stream is kept between reads.</param>
/// <param name="log">The stream.</param>
/// <param name="layout">Columns of the rows.</param>
/// <param name="batchRows">Rows of a batch.</param>
/// <param name="target">Place in the log up to which there is something to read, whether it has come or not.</param>
/// <param name="stopsAtTarget">Whether what comes behind it is left to the next read.</param>
/// <param name="errors">Takes bad rows.</param>
internal sealed class ChangeReader(ChangeCapture capture, ChangeLog log, ChangeLayout layout, int batchRows, ulong target, bool stopsAtTarget, IRowErrorHandler errors) : ISplitReader
{
    // How long rows wait for others: messages of the next transaction are often a moment away.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Nudge = TimeSpan.FromSeconds(1);

    private readonly ChangeRows _rows = new(layout.Columns.Count, batchRows);
    private readonly ChangeBatch _batch = new(layout, batchRows + 3, errors);
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
                if (await FillAsync(cancellation).ConfigureAwait(false) && TakeBatch() is { } batch)
                {
                    return batch;
                }
            }

            return null;
        }
        catch (Exception e) when (ChangeCapture.IsOfStream(e, cancellation))
        {
            throw capture.Explain(e);
        }
    }

    public ValueTask DisposeAsync()
    {
        // What was received and handed to nobody is asked for again.
        capture.Returned(isWhole: _isOver && _rows.Count == 0);
        _batch.Dispose();
        _rows.Dispose();
        return ValueTask.CompletedTask;
    }

    // Whether there are rows to hand over; false with _isOver set at the end.
    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        while (true)
        {
            capture.ThrowIfFailed();
            if (log.Stream.MoveNext())
            {
                bool wasFull = _rows.IsFull;
                bool wasEmpty = _rows.Count == 0;
                if (await log.TakeAsync(_rows, layout.Slots, cancellation).ConfigureAwait(false) && !capture.Fits(log.Shape!))
                {
                    IsOutgrown = true;
                    _isOver = true;
                    return _rows.Count > 0;
                }

                if (wasEmpty && _rows.Count > 0)
                {
                    _firstSince = Stopwatch.GetTimestamp();
                }

                if (stopsAtTarget && !log.IsInTransaction && log.End >= target)
                {
                    _isOver = true;
                    return _rows.Count > 0;
                }

                // A batch ends where a transaction does, if it can: no epoch ends elsewhere. One that ends with the next message is not cut.
                if (log.IsInTransaction ? wasFull && _rows.IsFull : _rows.Count > 0 && (_isWithinUnit || _rows.IsHalfFull))
                {
                    return true;
                }

                continue;
            }

            if (log.IsInTransaction)
            {
                await log.Stream.WaitAsync(Nudge, cancellation).ConfigureAwait(false);
            }
            else if (_rows.Count > 0)
            {
                TimeSpan left = Linger - Stopwatch.GetElapsedTime(_firstSince);
                if (left <= TimeSpan.Zero)
                {
                    return true;
                }

                await log.Stream.WaitAsync(left, cancellation).ConfigureAwait(false);
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
        bool isThere = log.Stream.Received >= target;
        if (!isThere)
        {
            await log.Stream.WaitAsync(Nudge / 20, cancellation).ConfigureAwait(false);
            return false;
        }

        return log.Stream.IsWaiting;
    }

    // Null when every row is bad.
    private SplitBatch? TakeBatch()
    {
        long first = _done;
        _done += _rows.Count;
        int bytes = _rows.Bytes;
        RecordBatch? batch = _batch.Make(_rows, capture.Place, first);
        _rows.Clear();
        if (batch is null)
        {
            return null;
        }

        ChangePosition position = log.Position;
        capture.HandedOut(position);
        _isWithinUnit = log.IsInTransaction;
        return new SplitBatch(batch, position.ToPosition(), bytes) { Origin = capture.Place with { Row = first }, IsPartOfUnit = log.IsInTransaction };
    }
}
