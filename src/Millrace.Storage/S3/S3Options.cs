using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>How a bucket of Amazon S3, or of what speaks its language, is reached.</summary>
public sealed record S3Options : CloudOptions
{
    [Description("Address of a store that speaks S3 but is not Amazon's. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon's.")]
    [OptionExample("http://localhost:9000")]
    public string? Endpoint { get; init; }

    [Description("Region of the bucket. Default: AWS_REGION, AWS_DEFAULT_REGION, else that of the profile, else us-east-1.")]
    [OptionExample("eu-central-1")]
    public string? Region { get; init; }

    [Description("Whether the bucket stands in the path of requests (http://host/bucket/key) and not in the name of the host. Default: only with an endpoint of one's own.")]
    public bool? PathStyle { get; init; }

    [Description("Id of the access key. Left out with its secret: AWS_ACCESS_KEY_ID and its like, the profile, a web identity, the role of the container or machine.")]
    [OptionExample("${AWS_ACCESS_KEY_ID}")]
    public string? AccessKeyId { get; init; }

    [Description("Secret of the access key.")]
    [OptionExample("${AWS_SECRET_ACCESS_KEY}")]
    public string? SecretAccessKey { get; init; }

    [Description("Token of a key that is valid for some hours only.")]
    [OptionExample("${AWS_SESSION_TOKEN}")]
    public string? SessionToken { get; init; }

    [Description("Profile of ~/.aws/config and ~/.aws/credentials. Default: AWS_PROFILE.")]
    public string? Profile { get; init; }

    [Description("Role that is taken on with the credentials found so far.")]
    [OptionExample("arn:aws:iam::123456789012:role/loader")]
    public string? RoleArn { get; init; }

    [Description("What the owner of the role demands to be told when it is taken on.")]
    public string? ExternalId { get; init; }

    [Description("Whether requests are not signed, for buckets that anybody may read.")]
    public bool Anonymous { get; init; }

    [Description("Encryption at rest that is asked for; none leaves it to the bucket's settings.")]
    public S3Encryption Sse { get; init; } = S3Encryption.None;

    [Description("Key of KMS for `sse: kms`; left out, the account's own key for S3.")]
    public string? SseKmsKey { get; init; }

    [Description("What the store makes of writes under a condition, on which commits rely. Left out, Amazon is trusted and others are tried once.")]
    public S3Conditions? ConditionalWrites { get; init; }

    /// <summary>Without the secrets, for logs and error messages.</summary>
    public override string ToString() => $"S3 {Endpoint ?? "at Amazon"}";
}

/// <summary>Encryption at rest.</summary>
public enum S3Encryption
{
    [Description("As the bucket is set up.")]
    None,

    [Description("With keys that S3 manages.")]
    Aes256,

    [Description("With a key of KMS.")]
    Kms,
}

/// <summary>What a store makes of If-None-Match and If-Match.</summary>
public enum S3Conditions
{
    [Description("It is tried, with a small object, before the first write that needs it; a store that ignores conditions is refused.")]
    Probe,

    [Description("It honours them, and need not be tried.")]
    Trust,

    [Description("It ignores them; Millrace looks before it writes. Right only where no second process writes to the same place.")]
    SingleWriter,
}
