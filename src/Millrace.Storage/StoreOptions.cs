using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>How clouds are reached, a group of options for each.</summary>
public sealed record StoreOptions
{
    [Description("How buckets of S3 are reached.")]
    public S3Options? S3 { get; init; }

    [Description("How containers of Azure are reached.")]
    public AzureOptions? Azure { get; init; }

    [Description("How buckets of Google Cloud Storage are reached.")]
    public GcsOptions? Gcs { get; init; }

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
        return bound;
    }
}
