namespace Millrace.Storage;

/// <summary>
/// Gives credentials that hold for a while, such as those that a catalog vends for a table. They are asked for again before
/// they end. Any thread may call.
/// </summary>
public interface IStoreCredentials
{
    /// <summary>Credentials that hold from now on.</summary>
    ValueTask<StoreCredentials> GetAsync(CancellationToken cancellation);
}

/// <summary>Credentials of one of the clouds; the members of the others are null.</summary>
public sealed record StoreCredentials
{
    /// <summary>Amazon: id of the access key.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>Amazon: its secret.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>Amazon: the token of a key that ends.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Azure: a shared access signature.</summary>
    public string? SasToken { get; init; }

    /// <summary>Google: a token of OAuth.</summary>
    public string? AccessToken { get; init; }

    /// <summary>When they end; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"credentials until {ExpiresAt:O}";
}
