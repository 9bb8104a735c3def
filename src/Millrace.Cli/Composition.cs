using Millrace.Connectors;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary>Where Runtime and Connectors meet.</summary>
internal static class Composition
{
    private static readonly Lazy<ConnectorRegistry> Registry = new(() => new ConnectorRegistry(BuiltInConnectors.Assembly));

    public static ConnectorRegistry Connectors => Registry.Value;
}
