namespace Millrace.Connectors.Postgres;

/// <summary>
/// Ends reads that take too long or that nobody waits for any more, one after the other. A limit that runs out when its read has just
/// ended does not touch the next one. One thread uses it.
/// </summary>
internal sealed class ReadLimit : IDisposable
{
    private CancellationTokenSource _end = new();
    private CancellationTokenRegistration _stop;

    /// <summary>For the next read.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>A read has begun to take time.</summary>
    public void Begin(TimeSpan most, CancellationToken cancellation)
    {
        _end.CancelAfter(most);
        _stop = cancellation.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), _end);
    }

    /// <summary>The read has ended, however it did.</summary>
    public async ValueTask EndAsync()
    {
        await _stop.DisposeAsync().ConfigureAwait(false);
        if (!_end.TryReset())
        {
            _end.Dispose();
            _end = new CancellationTokenSource();
        }
    }

    public void Dispose() => _end.Dispose();
}
