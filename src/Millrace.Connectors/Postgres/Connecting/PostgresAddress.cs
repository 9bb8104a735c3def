using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Reads locations as libpq does: <c>postgres://user:password@host:port,host2/database?option=value</c> (chapter "Connection URIs").</summary>
internal static class PostgresAddress
{
    // libpq's names where ours are others.
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["dbname"] = "database",
        ["stream"] = "table",
        ["target_session_attrs"] = "role",
    };

    public static OptionMap ToOptions(Location location) => ServerLocation.ToOptions(location, Names);
}
