using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Reads locations: <c>mysql://user:password@host:port/database?option=value</c>.</summary>
internal static class MySqlAddress
{
    // Names that other clients have where ours are others.
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["stream"] = "table",
        ["ssl-mode"] = "sslmode",
        ["ssl-ca"] = "sslrootcert",
        ["ssl-cert"] = "sslcert",
        ["ssl-key"] = "sslkey",
    };

    public static OptionMap ToOptions(Location location) => ServerLocation.ToOptions(location, Names);
}
