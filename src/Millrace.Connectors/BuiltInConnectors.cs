using System.Reflection;

namespace Millrace.Connectors;

/// <summary>The assembly in which the connectors that Millrace brings are found by their attributes.</summary>
public static class BuiltInConnectors
{
    public static Assembly Assembly => typeof(BuiltInConnectors).Assembly;
}
