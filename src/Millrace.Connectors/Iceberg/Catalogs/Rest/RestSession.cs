namespace Millrace.Connectors.Iceberg;

/// <summary>What the server says of itself before the first other request (REST specification, "getConfig"): its defaults, what was given, its overrides.</summary>
internal sealed class RestSession
{
    private const string UnitSeparator = "\u001f";

    private RestSession(IReadOnlyDictionary<string, string> properties)
    {
        Properties = properties;
        string separator = properties.GetValueOrDefault("namespace-separator") is { Length: > 0 } told ? Uri.UnescapeDataString(told) : UnitSeparator;
        Paths = new RestPaths(properties.GetValueOrDefault("prefix", ""), separator);
    }

    public RestPaths Paths { get; }

    /// <summary>Of the catalog, which a table may override.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; }

    public static async ValueTask<RestSession> OpenAsync(RestClient client, RestCatalogOptions options, CancellationToken cancellation)
    {
        string query = options.Warehouse is { } warehouse ? $"?warehouse={Uri.EscapeDataString(warehouse)}" : "";
        RestAnswer answer = await client.SendAsync(HttpMethod.Get, $"config{query}", null, repeats: true, cancellation).ConfigureAwait(false);
        if (answer is { Status: 404 or 400 })
        {
            throw new MillraceException(
                CatalogErrors.Refused,
                $"There is no Iceberg catalog at {client.Base}{(options.Warehouse is null ? "" : $", or none of the warehouse '{options.Warehouse}'")}: {answer.Status} {answer.Said}",
                null,
                "Check uri, which ends before /v1, and warehouse.")
            { Remote = client.Remote };
        }

        Dictionary<string, string> properties = client.Read(answer, "tell its configuration", config =>
        {
            var all = new Dictionary<string, string>(StringComparer.Ordinal);
            Add(all, config.Optional("defaults"));
            Set(all, "prefix", options.Prefix);
            Set(all, "warehouse", options.Warehouse);
            Add(all, config.Optional("overrides"));
            return all;
        });
        if (properties.TryGetValue("uri", out string? own))
        {
            client.MoveTo(own);
        }

        return new RestSession(properties);
    }

    /// <summary>The properties of a table in the answer to a load.</summary>
    public Dictionary<string, string> Of(MetadataNode answer, string location)
    {
        var properties = new Dictionary<string, string>(Properties, StringComparer.Ordinal);
        Add(properties, answer.Optional("config"));

        // Of several credentials those for the longest start of the location count.
        MetadataNode? best = null;
        int longest = -1;
        foreach (MetadataNode credential in answer.Optional("storage-credentials")?.Items() ?? [])
        {
            string prefix = credential.Require("prefix").Text();
            if (prefix.Length > longest && (location.StartsWith(prefix, StringComparison.Ordinal) || !prefix.Contains('/', StringComparison.Ordinal)))
            {
                (best, longest) = (credential, prefix.Length);
            }
        }

        Add(properties, best?.Require("config"));
        return properties;
    }

    private static void Add(Dictionary<string, string> properties, MetadataNode? more)
    {
        foreach ((string name, string value) in more is { } given ? (IEnumerable<KeyValuePair<string, string>>)given.Texts() : [])
        {
            properties[name] = value;
        }
    }

    private static void Set(Dictionary<string, string> properties, string name, string? value)
    {
        if (value is not null)
        {
            properties[name] = value;
        }
    }
}
