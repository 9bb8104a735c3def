using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Millrace.Storage;

/// <summary>Makes clients of Amazon's SDK from options and what the environment says.</summary>
internal static class S3Clients
{
    public static string? EndpointOf(S3Options options)
        => options.Endpoint ?? AwsCredentialsOf.Variable("AWS_ENDPOINT_URL_S3") ?? AwsCredentialsOf.Variable("AWS_ENDPOINT_URL");

    public static AmazonS3Client Create(S3Options options, KeptCredentials? renewed)
    {
        string? endpoint = EndpointOf(options);
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
        {
            throw StorageErrors.BadUrl.Error($"The endpoint '{endpoint}' is no address.", hint: "It begins with http:// or https://, such as http://localhost:9000.");
        }

        string? region = options.Region ?? AwsCredentialsOf.Variable("AWS_REGION") ?? AwsCredentialsOf.Variable("AWS_DEFAULT_REGION");
        var config = new AmazonS3Config
        {
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = options.Retries,
            Timeout = options.Timeout,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ForcePathStyle = options.PathStyle ?? endpoint is not null,

            // The signature covers the payload. The trailing checksums of later SDKs are not known to most other stores.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Profile is { } profile)
        {
            config.Profile = new Profile(profile);
        }

        if (endpoint is not null)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = region ?? AwsCredentialsOf.DefaultRegion;
        }
        else if (region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            config.RegionEndpoint = FallbackRegionFactory.GetRegionEndpoint() ?? RegionEndpoint.GetBySystemName(AwsCredentialsOf.DefaultRegion);
        }

        return (renewed is null ? Given(options) : new S3RenewedCredentials(renewed)) is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
    }

    // Null for the SDK's own chain: environment, web identity, profile, container, machine.
    private static AWSCredentials? Given(S3Options options)
        => options.Anonymous
            ? new AnonymousAWSCredentials()
            : AwsCredentialsOf.Given(options.AccessKeyId, options.SecretAccessKey, options.SessionToken, options.RoleArn, options.ExternalId);
}
