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

    /// <summary>The parts of a location under the names of options; what the query gives comes under its own name.</summary>
    public static OptionMap ToOptions(Location location)
    {
        var place = new ErrorPlace { File = Masked(location.Text) };
        var options = new OptionMap(place);
        string rest = location.Path;
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        int at = authority.LastIndexOf('@');
        string host = authority[(at + 1)..];
        if (at >= 0)
        {
            string user = authority[..at];
            int colon = user.IndexOf(':', StringComparison.Ordinal);
            Set(options, "user", colon < 0 ? user : user[..colon]);
            Set(options, "password", colon < 0 ? "" : user[(colon + 1)..]);
        }

        int port = host.LastIndexOf(':');
        bool hasPort = port > host.LastIndexOf(']');
        Set(options, "host", (hasPort ? host[..port] : host).Trim('[', ']'));
        Set(options, "port", hasPort ? host[(port + 1)..] : "");
        Set(options, "database", slash < 0 ? "" : rest[(slash + 1)..]);
        foreach ((string name, string value) in location.Query)
        {
            options.SetPath(Names.GetValueOrDefault(name, name), new OptionScalar(value, place));
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

    private static void Set(OptionMap options, string name, string escaped)
    {
        if (escaped.Length > 0)
        {
            options.Set(name, new OptionScalar(Uri.UnescapeDataString(escaped), options.Place, Quoted: name is not "port"));
        }
    }
}
