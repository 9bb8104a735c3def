using System.Net;
using System.Xml;
using System.Xml.Linq;
using Azure.Identity;

namespace Millrace.Storage;

/// <summary>Turns what Azure, or the way to it, says into errors with codes.</summary>
internal static class AzureFaults
{
    /// <summary>Whether an exception comes from the search for an identity.</summary>
    public static bool IsFault(Exception e) => e is AuthenticationFailedException or Azure.RequestFailedException;

    public static MillraceException Explain(Exception e, string what)
    {
        ErrorPlace place = ErrorPlace.InFile(what);
        return e switch
        {
            CredentialUnavailableException => StorageErrors.NoCredentials.Error(
                $"No credentials for '{what}' were found.", place, "Set account_key or AZURE_STORAGE_ACCOUNT_KEY, sas_token or AZURE_STORAGE_SAS_TOKEN, AZURE_CLIENT_ID and its like, or sign in with `az login`; `anonymous=true` for public containers.", e),
            AuthenticationFailedException => StorageErrors.BadCredentials.Error($"Signing in for '{what}' failed: {RemoteText.Sentence(e.Message)}", place, inner: e),
            _ => StorageErrors.Unreachable.Error($"'{what}' cannot be reached: {RemoteText.Sentence(RemoteText.Innermost(e))}", place, "Check the name of the account, the endpoint and the network.", e),
        };
    }

    public static MillraceException NotPublic(string what)
        => StorageErrors.NoCredentials.Error($"'{what}' is not open to everybody, and no credentials were given.", ErrorPlace.InFile(what), "Leave out `anonymous`, and set account_key, sas_token or an identity.");

    /// <param name="response">The refusal.</param>
    /// <param name="what">The object, as the user calls it.</param>
    /// <param name="container">Name of the container.</param>
    /// <param name="isRead">Whether the request only read.</param>
    /// <param name="condition">Under which the request was made.</param>
    /// <param name="cancellation">Stops the reading of the answer.</param>
    public static async ValueTask<MillraceException> ExplainAsync(HttpResponseMessage response, string what, string container, bool isRead, PutCondition condition, CancellationToken cancellation)
    {
        (string message, string detail) = await ReadAsync(response, cancellation).ConfigureAwait(false);
        string code = response.Headers.TryGetValues("x-ms-error-code", out IEnumerable<string>? codes) ? codes.First() : "";
        string said = RemoteText.Sentence(message.Length == 0 ? code : message);
        ErrorPlace place = ErrorPlace.InFile(what);
        switch (code)
        {
            case "ContainerNotFound":
                return StorageErrors.NoBucket.Error($"There is no container '{container}'.", place);
            case "InvalidBlockList":
                return StorageErrors.Changed.Error($"What was staged for '{what}' is gone: another writer published that name in the meantime.", place);
            case "AuthenticationFailed" when detail.Contains("time frame", StringComparison.OrdinalIgnoreCase) || detail.Contains("expir", StringComparison.OrdinalIgnoreCase):
                return StorageErrors.CredentialsExpired.Error($"The signature for '{what}' is not valid at this time: {RemoteText.Sentence(detail)}", place);
            case "AuthenticationFailed" when detail.Contains("Request date", StringComparison.OrdinalIgnoreCase):
                return StorageErrors.ClockSkew.Error($"The clock of this machine differs too much from that of the store of '{what}'.", place);
            case "AuthenticationFailed" or "InvalidAuthenticationInfo":
            case "AuthorizationFailure" when message.Contains("failed to authenticate", StringComparison.Ordinal):
                return StorageErrors.BadCredentials.Error($"The key or signature for '{what}' is wrong.", place, "Check account_name with account_key, or sas_token; an expired signature and a wrong clock of this machine look the same.");
            case "NoAuthenticationInformation":
                return NotPublic(what);
            case "ServerBusy" or "OperationTimedOut":
                return StorageErrors.Throttled.Error($"The store of '{what}' has too much to do: {said}", place);
        }

        return response.StatusCode switch
        {
            HttpStatusCode.NotFound when condition.ETag is not null => StorageErrors.Modified(what),
            HttpStatusCode.NotFound => StorageErrors.Missing(what),
            HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.NotModified
                => condition.MustBeAbsent ? StorageErrors.Exists(what) : StorageErrors.Modified(what),
            HttpStatusCode.Unauthorized => StorageErrors.BadCredentials.Error($"Signing in for '{what}' failed: {said}", place),
            HttpStatusCode.Forbidden => StorageErrors.Forbidden.Error(
                $"'{what}' may not be used: {said}", place, $"The identity needs the role Storage Blob Data {(isRead ? "Reader" : "Contributor")} on the container, or the signature the right; the account's firewall may stand in between."),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => StorageErrors.Throttled.Error($"The store of '{what}' has too much to do: {said}", place),
            >= HttpStatusCode.InternalServerError => StorageErrors.Unreachable.Error($"The store of '{what}' failed: {said}", place),
            _ => StorageErrors.Refused.Error($"The store refused '{what}': {code} {said}", place),
        };
    }

    private static async ValueTask<(string Message, string Detail)> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            string body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            XElement? root = body.Length == 0 ? null : XDocument.Parse(body.TrimStart('\ufeff')).Root;

            // The lines behind the first are ids and times.
            return (root?.Element("Message")?.Value.Split('\n')[0] ?? "", root?.Element("AuthenticationErrorDetail")?.Value ?? "");
        }
        catch (Exception e) when (e is XmlException || CloudHttp.IsNetworkFault(e, cancellation))
        {
            return ("", "");
        }
    }
}
