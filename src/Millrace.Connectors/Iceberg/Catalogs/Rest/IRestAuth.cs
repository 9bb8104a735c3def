using System.Net.Http.Headers;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Proves to a catalog who asks. Any thread may call.</summary>
internal interface IRestAuth
{
    /// <summary>Adds to a request what proves who sends it; the last to change it.</summary>
    ValueTask SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellation);

    /// <summary>The server did not accept a request that was signed so: whether the next one can be signed in another way.</summary>
    ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellation) => ValueTask.FromResult(false);
}

/// <summary>Requests of anybody.</summary>
internal sealed class NoAuth : IRestAuth
{
    public ValueTask SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellation) => ValueTask.CompletedTask;
}

/// <summary>A token that stays as it is.</summary>
internal sealed class TokenAuth(string token) : IRestAuth
{
    public ValueTask SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Signatures of Amazon's kind.</summary>
internal sealed class SignatureAuth(RestSigning signing, TimeProvider time) : IRestAuth
{
    private readonly AwsSigner _signer = new(signing, signing.Service, time);

    public ValueTask SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellation) => _signer.SignAsync(request, body, cancellation);
}
