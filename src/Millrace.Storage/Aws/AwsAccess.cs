using System.ComponentModel;
using Amazon.Runtime;
using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>Who asks a service of Amazon, and in which region.</summary>
public record AwsAccess
{
    [Description("Region of the service. Default: AWS_REGION, AWS_DEFAULT_REGION, else us-east-1.")]
    [OptionExample("eu-central-1")]
    public string? Region { get; init; }

    [Description("Id of the access key. Left out with its secret: AWS_ACCESS_KEY_ID and its like, the profile, a web identity, the role of the container or machine.")]
    [OptionExample("${AWS_ACCESS_KEY_ID}")]
    public string? AccessKeyId { get; init; }

    [Description("Secret of the access key.")]
    [OptionExample("${AWS_SECRET_ACCESS_KEY}")]
    public string? SecretAccessKey { get; init; }

    [Description("Token of a key that is valid for some hours only.")]
    [OptionExample("${AWS_SESSION_TOKEN}")]
    public string? SessionToken { get; init; }

    [Description("Role that is taken on with the credentials found so far.")]
    [OptionExample("arn:aws:iam::123456789012:role/loader")]
    public string? RoleArn { get; init; }

    [Description("What the owner of the role demands to be told when it is taken on.")]
    public string? ExternalId { get; init; }

    /// <summary>Without the secrets, for logs and error messages.</summary>
    public override string ToString() => $"AWS {Region ?? "of the environment"}";

    internal string RegionName => Region ?? AwsCredentialsOf.Variable("AWS_REGION") ?? AwsCredentialsOf.Variable("AWS_DEFAULT_REGION") ?? AwsCredentialsOf.DefaultRegion;

    internal AWSCredentials? Given => AwsCredentialsOf.Given(AccessKeyId, SecretAccessKey, SessionToken, RoleArn, ExternalId);
}
