using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Millrace.Storage;

/// <summary>Makes clients of Amazon's SDK from options and what the environment says.</summary>
internal static class S3Clients
{
    private const string DefaultRegion = "us-east-1";

    public static string? EndpointOf(S3Options options)
        => options.Endpoint ?? Variable("AWS_ENDPOINT_URL_S3") ?? Variable("AWS_ENDPOINT_URL");

    public static AmazonS3Client Create(S3Options options, KeptCredentials? renewed)
    {
        if (options.AccessKeyId is null != options.SecretAccessKey is null)
        {
            throw StorageErrors.NoCredentials.Error("Of the access key only one half is given.", hint: "Set both access_key_id and secret_access_key, or neither.");
        }

        string? endpoint = EndpointOf(options);
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
        {
            throw StorageErrors.BadUrl.Error($"The endpoint '{endpoint}' is no address.", hint: "It begins with http:// or https://, such as http://localhost:9000.");
        }

        string? region = options.Region ?? Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION");
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
            config.AuthenticationRegion = region ?? DefaultRegion;
        }
        else if (region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            config.RegionEndpoint = FallbackRegionFactory.GetRegionEndpoint() ?? RegionEndpoint.GetBySystemName(DefaultRegion);
        }

        return (renewed is null ? Given(options) : new S3RenewedCredentials(renewed)) is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
    }

    // Null for the SDK's own chain: environment, web identity, profile, container, machine.
    private static AWSCredentials? Given(S3Options options)
    {
        if (options.Anonymous)
        {
            return new AnonymousAWSCredentials();
        }

        AWSCredentials? given = options switch
        {
            { AccessKeyId: { } id, SecretAccessKey: { } secret, SessionToken: { } token } => new SessionAWSCredentials(id, secret, token),
            { AccessKeyId: { } id, SecretAccessKey: { } secret } => new BasicAWSCredentials(id, secret),
            _ => null,
        };
        return options.RoleArn is { } role
            ? new AssumeRoleAWSCredentials(given ?? Amazon.Runtime.Credentials.DefaultAWSCredentialsIdentityResolver.GetCredentials(), role, "millrace", new AssumeRoleAWSCredentialsOptions { ExternalId = options.ExternalId })
            : given;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
