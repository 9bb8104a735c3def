namespace Millrace.Storage;

/// <summary>Credentials that are asked for once, and again shortly before they end. Any thread may call.</summary>
internal sealed class KeptCredentials(IStoreCredentials source, TimeProvider time)
{
    // A request that begins with credentials has to end with them.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(2);

    // Lives as long as the process may: nobody waits on its handle.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Kept? _kept;

    public async ValueTask<StoreCredentials> GetAsync(CancellationToken cancellation)
    {
        if (_kept is { } known && time.GetUtcNow() < known.Until)
        {
            return known.Credentials;
        }

        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_kept is { } renewed && time.GetUtcNow() < renewed.Until)
            {
                return renewed.Credentials;
            }

            StoreCredentials given = await source.GetAsync(cancellation).ConfigureAwait(false);
            _kept = new Kept(given, RenewalOf(given));
            return given;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets the next request ask for new ones: those that are kept were refused.</summary>
    public void Drop() => _kept = null;

    // Those that end soon serve for half of their time, so that not every request asks for new ones.
    private DateTimeOffset RenewalOf(StoreCredentials given)
    {
        if (given.ExpiresAt is not { } end)
        {
            return DateTimeOffset.MaxValue;
        }

        DateTimeOffset half = time.GetUtcNow() + ((end - time.GetUtcNow()) / 2);
        return end - Ahead > half ? end - Ahead : half;
    }

    private sealed record Kept(StoreCredentials Credentials, DateTimeOffset Until);
}
