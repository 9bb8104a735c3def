using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>How a bucket of Google Cloud Storage is reached.</summary>
public sealed record GcsOptions : CloudOptions
{
    [Description("Key file of a service account, or another file of credentials. Default: GOOGLE_APPLICATION_CREDENTIALS, what `gcloud auth application-default login` left, else the account of the machine.")]
    [OptionExample("/run/secrets/loader.json")]
    public string? CredentialsFile { get; init; }

    [Description("The content of such a file.")]
    [OptionExample("${GCS_KEY}")]
    public string? CredentialsSecret { get; init; }

    [Description("Address of the service, for emulators. Default: STORAGE_EMULATOR_HOST, else Google's.")]
    [OptionExample("http://localhost:4443")]
    public string? Endpoint { get; init; }

    [Description("Whether requests carry no credentials, for buckets that anybody may read. Left out: with an endpoint of one's own and no file.")]
    public bool? Anonymous { get; init; }

    [Description("Project that pays for requests, where the bucket's owner does not.")]
    public string? UserProject { get; init; }

    /// <summary>Without the secrets, for logs and error messages.</summary>
    public override string ToString() => $"Google Cloud Storage {Endpoint}";
}
