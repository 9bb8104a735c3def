using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace Millrace.Storage;

/// <summary>Turns what S3, or the way to it, says into errors with codes.</summary>
internal static class S3Faults
{
    /// <summary>Whether an exception comes from the SDK or the network, so that it can be explained.</summary>
    public static bool IsFault(Exception e, CancellationToken cancellation)
        => e is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or TimeoutException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    public static bool IsMissing(Exception e) => e is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound };

    /// <summary>Whether a store refused a token, so that another may do.</summary>
    public static bool IsAboutToken(Exception e) => e is AmazonServiceException { ErrorCode: "ExpiredToken" or "ExpiredTokenException" or "InvalidToken" or "TokenRefreshRequired" };

    /// <param name="e">What was thrown.</param>
    /// <param name="what">The object or bucket, as the user calls it.</param>
    /// <param name="bucket">Name of the bucket.</param>
    /// <param name="right">The right that the request needs, such as <c>s3:GetObject</c>.</param>
    /// <param name="condition">Under which the write was asked for.</param>
    public static MillraceException Explain(Exception e, string what, string bucket, string right, PutCondition condition = default)
    {
        ErrorPlace place = ErrorPlace.InFile(what);
        return e switch
        {
            AmazonServiceException said => Explain(said, what, bucket, right, condition, place),
            AmazonClientException or AmazonUnmarshallingException when IsAboutCredentials(e)
                => StorageErrors.NoCredentials.Error($"No credentials for '{what}' were found: {Sentence(e.Message)}", place, S3NoCredentials, e),
            _ => StorageErrors.Unreachable.Error($"'{what}' cannot be reached: {Sentence(RemoteText.Innermost(e))}", place, inner: e),
        };
    }

    private const string S3NoCredentials
        = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the options access_key_id and secret_access_key; `anonymous=true` for public buckets.";

    private static MillraceException Explain(AmazonServiceException e, string what, string bucket, string right, PutCondition condition, ErrorPlace place)
    {
        string said = Sentence(e.Message);
        switch (e.ErrorCode)
        {
            case "PreconditionFailed" or "ConditionalRequestConflict":
                return condition.MustBeAbsent ? StorageErrors.Exists(what) : StorageErrors.Modified(what);
            case "NoSuchKey" when condition.ETag is not null:
                return StorageErrors.Modified(what);
            case "NoSuchKey":
                return StorageErrors.Missing(what);
            case "NoSuchUpload":
                return StorageErrors.NotFound.Error($"What was uploaded for '{what}' is gone: somebody has removed it.", place, "Another run, or a rule of the bucket that removes unfinished uploads, took it for left behind. Run again.", e);
            case "NoSuchBucket":
                return StorageErrors.NoBucket.Error($"There is no bucket '{bucket}'.", place, inner: e);
            case "InvalidAccessKeyId":
                return StorageErrors.BadCredentials.Error($"The access key for '{what}' is not known to the store.", place, "Check access_key_id, AWS_ACCESS_KEY_ID or the profile, and that the endpoint is the one the key belongs to.", e);
            case "SignatureDoesNotMatch" or "IncompleteSignature" or "InvalidSignatureException":
                return StorageErrors.BadCredentials.Error($"The secret access key for '{what}' does not fit its id.", place, "Check secret_access_key or AWS_SECRET_ACCESS_KEY for missing or added characters; behind a proxy, that it does not change requests.", e);
            case "ExpiredToken" or "ExpiredTokenException" or "InvalidToken" or "TokenRefreshRequired" or "RequestExpired":
                return StorageErrors.CredentialsExpired.Error($"The credentials for '{what}' are not valid any more: {said}", place, inner: e);
            case "RequestTimeTooSkewed":
                return StorageErrors.ClockSkew.Error($"The clock of this machine differs too much from that of the store of '{what}'.", place, inner: e);
            case "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" or "TemporaryRedirect":
                return StorageErrors.WrongRegion.Error($"The bucket '{bucket}' is in another region: {said}", place, inner: e);
            case "InvalidBucketName":
                return StorageErrors.BadUrl.Error($"'{bucket}' is not the name of a bucket.", place, "Names have 3 to 63 lower-case letters, digits, dots and dashes.", e);
            case "NotImplemented":
                return StorageErrors.NotSupported.Error($"The store of '{what}' cannot do what is asked of it: {said}", place, inner: e);
            case "SlowDown" or "ServiceUnavailable" or "Throttling" or "ThrottlingException" or "RequestLimitExceeded" or "TooManyRequests" or "BandwidthLimitExceeded":
                return StorageErrors.Throttled.Error($"The store of '{what}' has too much to do: {said}", place, inner: e);
            case "RequestTimeout":
                return StorageErrors.Unreachable.Error($"The connection to '{what}' stood still: {said}", place, inner: e);
        }

        return e.StatusCode switch
        {
            HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict => condition.MustBeAbsent ? StorageErrors.Exists(what) : StorageErrors.Modified(what),
            HttpStatusCode.RequestedRangeNotSatisfiable => StorageErrors.Modified(what),
            HttpStatusCode.NotFound => StorageErrors.Missing(what),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => StorageErrors.Forbidden.Error($"'{what}' may not be used: {said}", place, $"The credentials need {right} on it, and the rights on the KMS key if there is one.", e),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => StorageErrors.Throttled.Error($"The store of '{what}' has too much to do: {said}", place, inner: e),
            HttpStatusCode.MovedPermanently => StorageErrors.WrongRegion.Error($"The bucket '{bucket}' is in another region.", place, inner: e),
            HttpStatusCode.NotImplemented => StorageErrors.NotSupported.Error($"The store of '{what}' cannot do what is asked of it: {said}", place, inner: e),
            0 => StorageErrors.Unreachable.Error($"'{what}' cannot be reached: {Sentence(RemoteText.Innermost(e))}", place, inner: e),
            >= HttpStatusCode.InternalServerError => StorageErrors.Unreachable.Error($"The store of '{what}' failed: {said}", place, inner: e),
            _ => StorageErrors.Refused.Error($"The store refused '{what}': {e.ErrorCode} {said}", place, inner: e),
        };
    }

    private static bool IsAboutCredentials(Exception e)
        => e.Message.Contains("credential", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("IMDS", StringComparison.Ordinal);

    private static string Sentence(string text) => RemoteText.Sentence(text);
}
