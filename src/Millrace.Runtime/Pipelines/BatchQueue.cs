namespace Millrace.Runtime;

/// <summary>
/// Hands batches from the lane that reads a split to the one consumer, bounded by their bytes. One writer, one reader.
/// </summary>
internal sealed class BatchQueue(long maxBytes) : IDisposable
{
    private readonly Queue<(LaneBatch Batch, long Bytes)> _batches = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private Exception? _failure;
    private long _bytes;
    private bool _completed;
    private bool _abandoned;

    /// <summary>Adds a batch, whose ownership moves here; waits while the queue is full. False when the consumer has gone.</summary>
    public async ValueTask<bool> WriteAsync(LaneBatch batch, CancellationToken cancellation)
    {
        long bytes = batch.Batch?.ByteSize ?? 0;
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_abandoned)
                {
                    batch.Batch?.Dispose();
                    return false;
                }

                if (_bytes == 0 || _bytes + bytes <= maxBytes)
                {
                    _batches.Enqueue((batch, bytes));
                    _bytes += bytes;
                    Wake();
                    return true;
                }

                wait = Wait();
            }

            try
            {
                await wait.WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                batch.Batch?.Dispose();
                throw;
            }
        }
    }

    /// <summary>No more batches come; the reader sees <paramref name="failure"/> after the last one.</summary>
    public void Complete(Exception? failure)
    {
        lock (_lock)
        {
            _completed = true;
            _failure = failure;
            Wake();
        }
    }

    /// <summary>The next batch, whose ownership moves to the caller; null at the end.</summary>
    public async ValueTask<LaneBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_batches.TryDequeue(out (LaneBatch Batch, long Bytes) next))
                {
                    _bytes -= next.Bytes;
                    Wake();
                    return next.Batch;
                }

                if (_completed)
                {
                    if (_failure is not null)
                    {
                        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
                    }

                    return null;
                }

                wait = Wait();
            }

            await wait.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The consumer leaves: what is queued is released, and the writer is told at its next batch.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _abandoned = true;
            while (_batches.TryDequeue(out (LaneBatch Batch, long Bytes) next))
            {
                next.Batch.Batch?.Dispose();
            }

            _bytes = 0;
            Wake();
        }
    }

    private Task Wait() => (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Wake()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }
}
