using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>How clouds are reached, a group of options for each.</summary>
public sealed record StoreOptions
{
    private KeptCredentials? _credentials;

    [Description("How buckets of S3 are reached.")]
    public S3Options? S3 { get; init; }

    [Description("How containers of Azure are reached.")]
    public AzureOptions? Azure { get; init; }

    [Description("How buckets of Google Cloud Storage are reached.")]
    public GcsOptions? Gcs { get; init; }

    /// <summary>The same options with credentials that are given at run time, and renewed, in place of those in the options and the environment.</summary>
    /// <param name="credentials">Asked for the first time when the first request is made.</param>
    /// <param name="time">Clock by which they end; null for the system's.</param>
    public StoreOptions WithCredentials(IStoreCredentials credentials, TimeProvider? time = null) => this with { _credentials = new KeptCredentials(credentials, time ?? TimeProvider.System) };

    internal KeptCredentials? Credentials => _credentials;

    /// <summary>The options of an address: what its query says, or else what was given.</summary>
    internal static StoreOptions Of(Location location, StoreOptions? given)
    {
        if (location.Query.Count == 0)
        {
            return given ?? new StoreOptions();
        }

        OptionMap query = location.ToOptions("");
        query.Remove("");
        var all = new OptionMap(query.Place);
        all.Set(ObjectStores.OptionsOf(location.Scheme) ?? "", query);
        var faults = new OptionFaults();
        StoreOptions bound = OptionBinder.Bind<StoreOptions>(all, faults);
        faults.ThrowIfAny();
        return bound with { _credentials = given?._credentials };
    }
}
