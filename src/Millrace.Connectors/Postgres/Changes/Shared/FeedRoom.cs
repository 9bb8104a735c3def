namespace Millrace.Connectors.Postgres;

/// <summary>How many bytes of messages wait in the feeds of a stream. Whoever fills them waits while there are too many; any thread may free.</summary>
internal sealed class FeedRoom
{
    private const long Most = 8 << 20;

    private readonly Lock _lock = new();
    private long _taken;
    private TaskCompletionSource? _freed;

    public void Take(long bytes)
    {
        lock (_lock)
        {
            _taken += bytes;
        }
    }

    public void Free(long bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            if (_taken <= Most)
            {
                _freed?.TrySetResult();
                _freed = null;
            }
        }
    }

    /// <summary>Ends when there is room.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        Task freed;
        lock (_lock)
        {
            if (_taken <= Most)
            {
                return;
            }

            _freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            freed = _freed.Task;
        }

        await freed.WaitAsync(cancellation).ConfigureAwait(false);
    }
}
