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

    /// <summary>The parts of a location under the names of options; what the query gives comes under its own name.</summary>
    public static OptionMap ToOptions(Location location)
    {
        var place = new ErrorPlace { File = Masked(location.Text) };
        var options = new OptionMap(place);
        string rest = location.Path;
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        string database = slash < 0 ? "" : Uri.UnescapeDataString(rest[(slash + 1)..]);
        int at = authority.LastIndexOf('@');
        string hosts = authority[(at + 1)..];
        if (at >= 0)
        {
            string user = authority[..at];
            int colon = user.IndexOf(':', StringComparison.Ordinal);
            Set(options, "user", colon < 0 ? user : user[..colon]);
            Set(options, "password", colon < 0 ? "" : user[(colon + 1)..]);
        }

        SetHosts(options, hosts);
        Set(options, "database", Uri.EscapeDataString(database));
        foreach ((string name, string value) in location.Query)
        {
            options.SetPath(Names.GetValueOrDefault(name, name), new OptionScalar(value, place));
        }

        return options;
    }

    /// <summary>The location without its password, for messages.</summary>
    public static string Masked(string text)
    {
        int start = text.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        start += 3;
        int end = text.AsSpan(start).IndexOfAny('/', '?');
        end = end < 0 ? text.Length : start + end;
        int at = text.LastIndexOf('@', end - 1, end - start);
        int colon = at < 0 ? -1 : text.IndexOf(':', start, at - start);
        return colon < 0 ? text : string.Concat(text.AsSpan(0, colon), ":***", text.AsSpan(at));
    }

    // One port is that of all hosts; several hosts may each have one.
    private static void SetHosts(OptionMap options, string hosts)
    {
        if (hosts.Length == 0)
        {
            return;
        }

        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            Set(options, "host", hosts);
            return;
        }

        int bracket = hosts.LastIndexOf(']');
        int colon = hosts.LastIndexOf(':');
        bool hasPort = colon > bracket;
        Set(options, "host", (hasPort ? hosts[..colon] : hosts).Trim('[', ']'));
        Set(options, "port", hasPort ? hosts[(colon + 1)..] : "");
    }

    private static void Set(OptionMap options, string name, string escaped)
    {
        if (escaped.Length > 0)
        {
            options.Set(name, new OptionScalar(Uri.UnescapeDataString(escaped), options.Place, Quoted: name is not "port"));
        }
    }
}
