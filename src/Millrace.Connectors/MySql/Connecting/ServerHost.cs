using System.Globalization;

namespace Millrace.Connectors.MySql;

/// <summary>A host as options name it, one of several or the only one.</summary>
/// <param name="Name">Null for what the option files say.</param>
/// <param name="Port">0 for the default.</param>
internal readonly record struct ServerHost(string? Name, uint Port)
{
    private const uint UsualPort = 3306;

    /// <summary>Several are separated by commas, and each may have a port of its own behind a colon.</summary>
    /// <param name="hosts">The hosts; null for none.</param>
    /// <param name="port">Port of those that have none; 0 for the default.</param>
    public static ServerHost[] Parse(string? hosts, uint port)
        => hosts?.Contains(',', StringComparison.Ordinal) != true
            ? [new ServerHost(hosts, port)]
            : [.. hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(h => One(h, port))];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name ?? "localhost"}:{(Port == 0 ? UsualPort : Port)}");

    private static ServerHost One(string host, uint port)
    {
        int colon = host.LastIndexOf(':');

        // An address with colons of its own stands in brackets.
        if (colon > host.LastIndexOf(']'))
        {
            port = uint.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint own) && own is > 0 and <= ushort.MaxValue
                ? own
                : throw MySqlErrors.BadOption.Error($"The port of '{host}' is no number from 1 to 65535.");
            host = host[..colon];
        }

        return new ServerHost(host.Trim('[', ']'), port);
    }
}
