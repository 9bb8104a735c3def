using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>How a bucket of Google Cloud Storage is reached.</summary>
public sealed record GcsOptions
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

    [Description("Whether requests carry no credentials, for buckets that anybody may read. So it is with an endpoint of one's own and no file.")]
    public bool Anonymous { get; init; }

    [Description("Project that pays for requests, where the bucket's owner does not.")]
    public string? UserProject { get; init; }

    [Description("Size of the pieces in which larger objects are sent, a multiple of 256 KiB. Memory for each open object: twice that.")]
    [OptionExample("16MiB")]
    public ByteSize PartSize { get; init; } = ByteSize.MiB(8);

    [Description("How often a request that failed for the moment is tried again, with growing pauses of random length.")]
    [Range(0, 100)]
    public int Retries { get; init; } = 8;

    [Description("How long one request may take.")]
    [OptionExample("2m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    [Description("Age at which a staged object counts as left behind by a dead process and is removed.")]
    [OptionExample("6h")]
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Without the secrets, for logs and error messages.</summary>
    public override string ToString() => $"Google Cloud Storage {Endpoint}";
}
