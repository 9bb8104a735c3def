using Amazon.Runtime;

namespace Millrace.Storage;

/// <summary>Credentials of Amazon's SDK, made of what options say.</summary>
internal static class AwsCredentialsOf
{
    public const string DefaultRegion = "us-east-1";

    /// <summary>What was given; null for the SDK's own chain: environment, web identity, profile, container, machine.</summary>
    public static AWSCredentials? Given(string? accessKeyId, string? secretAccessKey, string? sessionToken, string? roleArn, string? externalId)
    {
        if (accessKeyId is null != secretAccessKey is null)
        {
            throw StorageErrors.NoCredentials.Error("Of the access key only one half is given.", hint: "Set both access_key_id and secret_access_key, or neither.");
        }

        AWSCredentials? given = accessKeyId is null ? null
            : sessionToken is null ? new BasicAWSCredentials(accessKeyId, secretAccessKey)
            : new SessionAWSCredentials(accessKeyId, secretAccessKey, sessionToken);
        return roleArn is null
            ? given
            : new AssumeRoleAWSCredentials(given ?? Amazon.Runtime.Credentials.DefaultAWSCredentialsIdentityResolver.GetCredentials(), roleArn, "millrace", new AssumeRoleAWSCredentialsOptions { ExternalId = externalId });
    }

    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
