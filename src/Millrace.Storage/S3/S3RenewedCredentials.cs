using Amazon.Runtime;

namespace Millrace.Storage;

/// <summary>Credentials that are given at run time, as Amazon's SDK asks for them.</summary>
internal sealed class S3RenewedCredentials(KeptCredentials kept) : AWSCredentials
{
    // The SDK signs without waiting for anything, so the thread of a request stands still, once for each renewal.
    public override ImmutableCredentials GetCredentials() => Task.Run(GetCredentialsAsync).GetAwaiter().GetResult();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        StoreCredentials given = await kept.GetAsync(CancellationToken.None).ConfigureAwait(false);
        return given is { AccessKeyId: { } id, SecretAccessKey: { } secret }
            ? new ImmutableCredentials(id, secret, given.SessionToken)
            : throw StorageErrors.NoCredentials.Error("The credentials that were given are none of Amazon's.");
    }
}
