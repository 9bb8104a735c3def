using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>A source or target of a job, resolved: the connector and its bound options.</summary>
/// <param name="Name">Name of the connector.</param>
/// <param name="Connector">The connector.</param>
/// <param name="Options">An instance of its options record for the role.</param>
public sealed record Endpoint(string Name, Connector Connector, object Options)
{
    /// <summary>What its location says about the job.</summary>
    public LocationSettings Settings { get; init; } = new();

    /// <summary>The streams of a source whose location names several; null for one.</summary>
    public StreamSelection? Streams { get; init; }

    public static Endpoint OfSource(JobFile job, ConnectorRegistry connectors, VariableExpander variables, OptionFaults faults)
    {
        SourceSpec spec = job.Spec.Source;
        Endpoint endpoint = Resolve(ConnectorRole.Source, spec.Location, spec.Connector, spec.ConnectorPath, spec.Options, job, connectors, variables, faults);
        endpoint.CheckMode(endpoint.Settings.Mode ?? spec.Mode, spec.Options.Place, faults);
        return endpoint;
    }

    public static Endpoint OfTarget(JobFile job, ConnectorRegistry connectors, VariableExpander variables, OptionFaults faults)
    {
        TargetSpec spec = job.Spec.Target;
        Endpoint endpoint = Resolve(ConnectorRole.Target, spec.Location, spec.Connector, spec.ConnectorPath, spec.Options, job, connectors, variables, faults);
        endpoint.CheckMode(endpoint.Settings.Write ?? spec.Write, spec.Options.Place, faults);
        return endpoint;
    }

    /// <summary>Whether the connector reads in a mode.</summary>
    public void CheckMode(ReadMode mode, ErrorPlace place, OptionFaults faults)
    {
        if (!Connector.Capabilities.ReadModes.Contains(mode))
        {
            faults.Add(ConfigurationErrors.UnsupportedMode, $"The connector '{Name}' reads {Names(Connector.Capabilities.ReadModes)}, not {OptionInfo.SnakeCase(mode.ToString())}.", place);
        }
    }

    /// <summary>Whether the connector writes in a mode.</summary>
    public void CheckMode(WriteMode mode, ErrorPlace place, OptionFaults faults)
    {
        if (!Connector.Capabilities.WriteModes.Contains(mode))
        {
            faults.Add(ConfigurationErrors.UnsupportedMode, $"The connector '{Name}' writes {Names(Connector.Capabilities.WriteModes)}, not {OptionInfo.SnakeCase(mode.ToString())}.", place);
        }
    }

    /// <summary>The endpoint of a location that stands on the command line.</summary>
    public static Endpoint OfLocation(string location, ConnectorRole role, ConnectorRegistry connectors, OptionMap? extra = null)
    {
        var faults = new OptionFaults();
        Endpoint endpoint = FromLocation(location, role, extra, connectors, faults);
        faults.ThrowIfAny();
        return endpoint;
    }

    private static Endpoint Resolve(
        ConnectorRole role,
        string? location,
        string? name,
        string? recipePath,
        OptionMap options,
        JobFile job,
        ConnectorRegistry connectors,
        VariableExpander variables,
        OptionFaults faults)
    {
        if (location is not null)
        {
            return FromLocation(location, role, options, connectors, faults);
        }

        if (recipePath is not null)
        {
            ConnectorSpec recipe = OptionBinder.Bind<ConnectorSpec>(YamlFile.Read(Path.Combine(job.BaseDirectory, recipePath), variables), faults);
            if (!recipe.Roles.Contains(role))
            {
                faults.Add(ConfigurationErrors.UnsupportedMode, $"The connector file '{recipePath}' is not meant to be a {role.ToString().ToLowerInvariant()}.", options.Place);
            }

            name ??= recipe.Type;
            options = Merge(recipe.Options, options);
        }

        if (name is null)
        {
            throw ConfigurationErrors.NoConnector.Error($"The {role.ToString().ToLowerInvariant()} names neither a location nor a connector.", options.Place);
        }

        return Bind(name, connectors.Require(name, options.Place), role, options, faults);
    }

    private static Endpoint FromLocation(string location, ConnectorRole role, OptionMap? extra, ConnectorRegistry connectors, OptionFaults faults)
    {
        Location parsed = Location.Parse(location);
        (string name, Connector connector) = connectors.ForLocation(parsed);
        StreamSelection? streams = role == ConnectorRole.Source ? StreamSelection.Of(parsed.Query.LastOrDefault(q => q.Key == StreamName.Parameter).Value) : null;
        OptionMap options = connector.OptionsOf(streams is null ? parsed : parsed.Without(StreamName.Parameter), role);
        Type? record = role == ConnectorRole.Source ? connector.SourceOptions : connector.SinkOptions;
        LocationSettings settings = LocationSettings.Take(options, role, record, faults);
        return Bind(name, connector, role, extra is null ? options : Extend(options, extra), faults) with { Settings = settings, Streams = streams };
    }

    private static Endpoint Bind(string name, Connector connector, ConnectorRole role, OptionMap options, OptionFaults faults)
    {
        Type record = (role == ConnectorRole.Source ? connector.SourceOptions : connector.SinkOptions)
            ?? throw SdkErrors.WrongRole.Error($"The connector '{name}' cannot be a {role.ToString().ToLowerInvariant()}.", options.Place);
        return new Endpoint(name, connector, OptionBinder.Bind(record, options, faults));
    }

    // The second wins.
    private static OptionMap Merge(OptionMap first, OptionMap second)
    {
        var merged = new OptionMap(second.Place);
        foreach (OptionEntry entry in first.Entries.Concat(second.Entries))
        {
            merged.Set(entry.Name, entry.Value, entry.NamePlace);
        }

        return merged;
    }

    // Options beside a location add to what it says, also within an option: `-s catalog.credential=…` keeps the catalog's address.
    private static OptionMap Extend(OptionMap options, OptionMap more)
    {
        OptionMap extended = Merge(options, more);
        foreach (OptionEntry entry in more.Entries)
        {
            if (entry.Value is OptionMap inner && options[entry.Name] is OptionMap present)
            {
                extended.Set(entry.Name, Extend(present, inner), entry.NamePlace);
            }
        }

        return extended;
    }

    private static string Names<T>(IReadOnlyList<T> modes)
        where T : struct, Enum => string.Join(", ", modes.Select(m => OptionInfo.SnakeCase(m.ToString())));
}
