using System.Reflection;

namespace Millrace.Sdk;

/// <summary>The connectors of the assemblies it was given, found by their attributes.</summary>
public sealed class ConnectorRegistry
{
    private readonly SortedDictionary<string, Type> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Connector> _instances = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();

    public ConnectorRegistry(params IEnumerable<Assembly> assemblies)
    {
        foreach (ConnectorAttribute found in assemblies.SelectMany(a => a.GetCustomAttributes<ConnectorAttribute>()))
        {
            if (!_types.TryAdd(found.Name, found.Connector))
            {
                throw SdkErrors.DuplicateConnector.Error($"Two connectors are named '{found.Name}': {_types[found.Name]} and {found.Connector}.");
            }
        }
    }

    public IEnumerable<string> Names => _types.Keys;

    public IEnumerable<KeyValuePair<string, Connector>> All => _types.Keys.Select(n => KeyValuePair.Create(n, Require(n)));

    /// <summary>The connector of a name, or an error with the nearest one.</summary>
    public Connector Require(string name, ErrorPlace? place = null)
    {
        lock (_lock)
        {
            if (_instances.TryGetValue(name, out Connector? connector))
            {
                return connector;
            }

            if (!_types.TryGetValue(name, out Type? type))
            {
                throw SdkErrors.UnknownConnector.Error(
                    $"There is no connector '{name}'{NearestName.Suggest(name, Names)}. Connectors: {string.Join(", ", Names)}.", place);
            }

            return _instances[name] = (Connector)Activator.CreateInstance(type)!;
        }
    }

    /// <summary>The connector that claims a location's scheme, with its name.</summary>
    public KeyValuePair<string, Connector> ForLocation(Location location)
    {
        foreach (KeyValuePair<string, Connector> entry in All)
        {
            if (entry.Value.Schemes.Contains(location.Scheme, StringComparer.Ordinal))
            {
                return entry;
            }
        }

        IEnumerable<string> schemes = All.SelectMany(c => c.Value.Schemes).Where(s => s.Length > 0);
        throw SdkErrors.UnknownScheme.Error(
            $"No connector reads '{location.Scheme}://' locations{NearestName.Suggest(location.Scheme, schemes)}.",
            new ErrorPlace { File = location.Text });
    }
}
