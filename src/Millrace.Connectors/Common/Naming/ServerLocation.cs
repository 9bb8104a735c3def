using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>Reads locations of servers: <c>scheme://user:password@host:port/database?option=value</c>, with several hosts where the connector takes them.</summary>
internal static class ServerLocation
{
    /// <summary>The parts of a location under the names of options; what the query gives comes under its own name.</summary>
    /// <param name="location">The location.</param>
    /// <param name="names">Options by the names that other clients of the server give them.</param>
    public static OptionMap ToOptions(Location location, IReadOnlyDictionary<string, string> names)
    {
        var place = new ErrorPlace { File = Masked(location.Text) };
        var options = new OptionMap(place);
        string rest = location.Path;
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        int at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            string user = authority[..at];
            int colon = user.IndexOf(':', StringComparison.Ordinal);
            Set(options, "user", colon < 0 ? user : user[..colon]);
            Set(options, "password", colon < 0 ? "" : user[(colon + 1)..]);
        }

        SetHosts(options, authority[(at + 1)..]);
        Set(options, "database", slash < 0 ? "" : rest[(slash + 1)..]);
        foreach ((string name, string value) in location.Query)
        {
            options.SetPath(names.GetValueOrDefault(name, name), new OptionScalar(value, place));
        }

        return options;
    }

    /// <summary>The location without its password, for messages.</summary>
    public static string Masked(string text)
    {
        int start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3)
        {
            return text;
        }

        int end = text.AsSpan(start).IndexOfAny('/', '?');
        end = end < 0 ? text.Length : start + end;
        int at = end > start ? text.LastIndexOf('@', end - 1, end - start) : -1;
        int colon = at < 0 ? -1 : text.IndexOf(':', start, at - start);
        return colon < 0 ? text : string.Concat(text.AsSpan(0, colon), ":***", text.AsSpan(at));
    }

    // One port is that of all hosts; several hosts may each have one.
    private static void SetHosts(OptionMap options, string hosts)
    {
        int colon = hosts.LastIndexOf(':');
        bool hasPort = colon > hosts.LastIndexOf(']') && !hosts.Contains(',', StringComparison.Ordinal);
        string host = hasPort ? hosts[..colon] : hosts;
        Set(options, "host", host.Contains(',', StringComparison.Ordinal) ? host : host.Trim('[', ']'));
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
