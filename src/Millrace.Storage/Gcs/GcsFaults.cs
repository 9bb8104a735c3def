using System.Net;
using System.Text.Json;
using Google.Apis.Auth.OAuth2.Responses;

namespace Millrace.Storage;

/// <summary>Turns what Google says, or the way to it, into errors with codes.</summary>
internal static class GcsFaults
{
    public static bool IsFault(Exception e) => e is TokenResponseException;

    public static MillraceException Explain(Exception e, string what)
    {
        ErrorPlace place = ErrorPlace.InFile(what);
        return e is TokenResponseException
            ? StorageErrors.BadCredentials.Error($"Signing in for '{what}' failed: {RemoteText.Sentence(e.Message)}", place, "The key may have been revoked, or the clock of this machine be wrong.", e)
            : StorageErrors.Unreachable.Error($"'{what}' cannot be reached: {RemoteText.Sentence(RemoteText.Innermost(e))}", place, inner: e);
    }

    /// <param name="response">The refusal.</param>
    /// <param name="what">The object, as the user calls it.</param>
    /// <param name="bucket">Name of the bucket.</param>
    /// <param name="condition">Under which the request was made.</param>
    /// <param name="cancellation">Stops the reading of the answer.</param>
    public static async ValueTask<MillraceException> ExplainAsync(HttpResponseMessage response, string what, string bucket, PutCondition condition, CancellationToken cancellation)
    {
        string said = RemoteText.Sentence(await ReadAsync(response, cancellation).ConfigureAwait(false));
        ErrorPlace place = ErrorPlace.InFile(what);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound when said.Contains("bucket does not exist", StringComparison.OrdinalIgnoreCase) => StorageErrors.NoBucket.Error($"There is no bucket '{bucket}'.", place),
            HttpStatusCode.NotFound when condition.ETag is not null => StorageErrors.Modified(what),
            HttpStatusCode.NotFound => StorageErrors.Missing(what),
            HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict or HttpStatusCode.RequestedRangeNotSatisfiable => condition.MustBeAbsent ? StorageErrors.Exists(what) : StorageErrors.Modified(what),
            HttpStatusCode.Unauthorized => StorageErrors.BadCredentials.Error($"The credentials for '{what}' are not accepted: {said}", place, "They may have expired or been revoked, or be missing: see GOOGLE_APPLICATION_CREDENTIALS."),
            HttpStatusCode.Forbidden => StorageErrors.Forbidden.Error($"'{what}' may not be used: {said}", place, "The account needs the role Storage Object User on the bucket, or Storage Object Viewer to read."),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => StorageErrors.Throttled.Error($"The store of '{what}' has too much to do: {said}", place),
            >= HttpStatusCode.InternalServerError => StorageErrors.Unreachable.Error($"The store of '{what}' failed: {said}", place),
            _ => StorageErrors.Refused.Error($"The store refused '{what}': {said}", place),
        };
    }

    private static async ValueTask<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        string body = "";
        try
        {
            body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("error").GetProperty("message").GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException || CloudHttp.IsNetworkFault(e, cancellation))
        {
            // Answers to requests for content are plain text.
            return body.StartsWith('<') ? "" : body;
        }
    }
}
