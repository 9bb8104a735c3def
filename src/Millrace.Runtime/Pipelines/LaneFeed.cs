using System.Diagnostics.CodeAnalysis;

namespace Millrace.Runtime;

/// <summary>What the consumer of lanes got.</summary>
internal enum FeedEvent
{
    Batch,

    /// <summary>The plan has no more.</summary>
    End,

    /// <summary>Nothing came in time. The lanes go on.</summary>
    Timeout,

    /// <summary>The run is to end.</summary>
    Stopped,
}

/// <summary>
/// The batches of the lanes one by one, with a limit on the waiting. What the lanes were doing when it passed is not lost:
/// the next call takes it up. One thread uses it.
/// </summary>
internal sealed class LaneFeed : IAsyncDisposable
{
    private readonly CancellationTokenSource _cancel;
    private readonly IAsyncEnumerator<LaneBatch> _lanes;
    private readonly TimeProvider _time;
    private Task<bool>? _pending;

    public LaneFeed(OrderedLanes lanes, TimeProvider time, CancellationToken cancellation)
    {
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _lanes = lanes.ReadAsync(_cancel.Token).GetAsyncEnumerator(CancellationToken.None);
        _time = time;
    }

    /// <summary>The batch of the last <see cref="FeedEvent.Batch"/>; the caller owns its rows.</summary>
    public LaneBatch Current => _lanes.Current;

    /// <param name="patience">How long to wait; null for as long as it takes.</param>
    /// <param name="stop">Ends the waiting.</param>
    [SuppressMessage("Reliability", "CA2012", Justification = "The task is awaited at once or kept as a Task.")]
    public ValueTask<FeedEvent> NextAsync(TimeSpan? patience, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return new ValueTask<FeedEvent>(FeedEvent.Stopped);
        }

        if (_pending is null)
        {
            ValueTask<bool> next = _lanes.MoveNextAsync();
            if (next.IsCompletedSuccessfully)
            {
                return new ValueTask<FeedEvent>(next.Result ? FeedEvent.Batch : FeedEvent.End);
            }

            _pending = next.AsTask();
        }

        return WaitAsync(patience, stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _cancel.CancelAsync().ConfigureAwait(false);
        if (_pending is { } pending)
        {
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (pending is { IsCompletedSuccessfully: true, Result: true })
            {
                _lanes.Current.Batch?.Dispose();
            }
        }

        await _lanes.DisposeAsync().ConfigureAwait(false);
        _cancel.Dispose();
    }

    private async ValueTask<FeedEvent> WaitAsync(TimeSpan? patience, CancellationToken stop)
    {
        Task<bool> pending = _pending!;
        if (!pending.IsCompleted)
        {
            Task waited = pending.WaitAsync(patience ?? Timeout.InfiniteTimeSpan, _time, stop);
            await waited.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!pending.IsCompleted)
            {
                return stop.IsCancellationRequested ? FeedEvent.Stopped : FeedEvent.Timeout;
            }
        }

        _pending = null;
        return await pending.ConfigureAwait(false) ? FeedEvent.Batch : FeedEvent.End;
    }
}
