namespace Millrace.Sdk;

/// <summary>
/// Registers a connector: <c>[assembly: Connector("stripe", typeof(StripeConnector))]</c> stands on top of the connector's
/// own file, and nothing else names it. Plugin assemblies are found by the same attribute.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ConnectorAttribute(string name, Type connector) : Attribute
{
    /// <summary>Name in <c>connector:</c> options, lower case.</summary>
    public string Name => name;

    /// <summary>A subclass of <see cref="Sdk.Connector"/> with a constructor without parameters.</summary>
    public Type Connector => connector;
}
