using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// The credentials that a catalog lends for the files of one table: those that came with the table, and later, when the store asks again, those
/// of another load. So a file that takes longer to write than they live is written to its end. Any thread may call.
/// </summary>
/// <param name="reload">Loads the properties of the table.</param>
/// <param name="table">Name of the table, for messages.</param>
/// <param name="location">Location of the table.</param>
/// <param name="time">Clock.</param>
internal sealed class VendedCredentials(Func<CancellationToken, ValueTask<IReadOnlyDictionary<string, string>>> reload, string table, string location, TimeProvider time) : IStoreCredentials
{
    // How long credentials are taken to live whose end is not told.
    private static readonly TimeSpan Unknown = TimeSpan.FromMinutes(20);

    private StoreCredentials? _unused;
    private IReadOnlyList<string> _others = [];

    /// <summary>
    /// Takes what came with the table; false when it holds no credentials. Those that are for other accounts than the table's are none to use,
    /// and show that the catalog means to lend: who asks for them is told.
    /// </summary>
    public bool Take(IReadOnlyDictionary<string, string> properties)
    {
        if (StoreSettings.Credentials(properties, location) is not { } found)
        {
            _others = StoreSettings.SignedAccounts(properties);
            return _others.Count > 0;
        }

        Volatile.Write(ref _unused, found.ExpiresAt is null ? found with { ExpiresAt = time.GetUtcNow() + Unknown } : found);
        return true;
    }

    public async ValueTask<StoreCredentials> GetAsync(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _unused, null) is { } unused && unused.ExpiresAt > time.GetUtcNow())
        {
            return unused;
        }

        return Take(await reload(cancellation).ConfigureAwait(false)) && Interlocked.Exchange(ref _unused, null) is { } loaded
            ? loaded
            : throw CatalogErrors.NoCredentials.Error(_others is { Count: > 0 } others
                ? $"The catalog lends credentials for {string.Join(", ", others)}, and none for the account of the table '{table}', which lies at '{location}'."
                : $"The catalog has lent credentials for the table '{table}', and now lends none.");
    }
}
