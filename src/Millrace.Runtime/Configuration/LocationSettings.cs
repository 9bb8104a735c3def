using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// What the query of a location says about the job and not about the connector, so that it means the same with each of them:
/// <c>postgres://host/db?stream=public.orders&amp;mode=incremental&amp;cursor=updated_at</c>.
/// </summary>
public sealed record LocationSettings
{
    // Of a source and of a target, as in a job file.
    private static readonly string[] SourceNames = ["mode", "cursor", "lookback", "deletes", "follow", "poll"];
    private static readonly string[] TargetNames = ["write", "key"];

    public ReadMode? Mode { get; init; }

    public string? Cursor { get; init; }

    public TimeSpan? Lookback { get; init; }

    public ReadDeletes? Deletes { get; init; }

    public bool? Follow { get; init; }

    public TimeSpan? Poll { get; init; }

    public WriteMode? Write { get; init; }

    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Takes the settings out of the options of a location, but for names that are options of the connector.</summary>
    internal static LocationSettings Take(OptionMap options, ConnectorRole role, Type? record, OptionFaults faults)
    {
        HashSet<string> own = record is null ? [] : [.. OptionInfo.Of(record).Select(o => o.Name)];
        var taken = new OptionMap(options.Place);
        foreach (string name in role == ConnectorRole.Source ? SourceNames : TargetNames)
        {
            if (options[name] is { } value && !own.Contains(name))
            {
                taken.Set(name, value);
                options.Remove(name);
            }
        }

        return taken.Entries.Count == 0 ? new LocationSettings() : OptionBinder.Bind<LocationSettings>(taken, faults);
    }
}
