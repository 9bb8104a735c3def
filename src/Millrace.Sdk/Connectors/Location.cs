namespace Millrace.Sdk;

/// <summary>
/// A source or target in one line: <c>scheme://rest?name=value&amp;…</c>, or a path. In a path, a query begins only at the last
/// <c>?</c> that is followed by <c>name=</c>, so that <c>data-0?.csv</c> stays a pattern.
/// </summary>
public sealed record Location
{
    private Location(string text, string scheme, string path, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        Text = text;
        Scheme = scheme;
        Path = path;
        Query = query;
    }

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    /// <summary>As the user wrote it, without what is secret: for messages.</summary>
    public string Shown => Query.Any(q => IsSecret(q.Key))
        ? $"{(Scheme.Length == 0 ? "" : Scheme + "://")}{Path}?{string.Join('&', Query.Select(q => $"{q.Key}={(IsSecret(q.Key) ? "***" : q.Value)}"))}"
        : Text;

    /// <summary>Lower case, without <c>://</c>; empty for a plain path.</summary>
    public string Scheme { get; }

    /// <summary>What stands between scheme and query, still escaped where there is a scheme.</summary>
    public string Path { get; }

    /// <summary>Query parameters in their order, unescaped.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; }

    public static Location Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        bool hasScheme = colon > 0 && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0;
        string scheme = hasScheme ? text[..colon].ToLowerInvariant() : "";
        string rest = hasScheme ? text[(colon + 3)..] : text;
        int question = FindQuery(rest);
        return question < 0
            ? new Location(text, scheme, rest, [])
            : new Location(text, scheme, rest[..question], ParseQuery(rest[(question + 1)..]));
    }

    /// <summary>Options with the path under one name and the query under its own names, dots making nested options.</summary>
    public OptionMap ToOptions(string pathName)
    {
        var place = new ErrorPlace { File = Shown };
        var options = new OptionMap(place);
        options.Set(pathName, new OptionScalar(Path, place));
        foreach ((string name, string value) in Query)
        {
            options.SetPath(name, new OptionScalar(value, place));
        }

        return options;
    }

    /// <summary>The location without a parameter of its query.</summary>
    public Location Without(string name) => new(Text, Scheme, Path, [.. Query.Where(q => q.Key != name)]);

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters
        = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

    private static bool IsSecret(string name)
        => name.EndsWith("_key", StringComparison.OrdinalIgnoreCase) || Array.Exists(SecretWords, w => name.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] SecretWords = ["secret", "password", "token", "connection_string", "credential"];

    private static int FindQuery(string rest)
    {
        for (int at = rest.LastIndexOf('?'); at >= 0; at = at == 0 ? -1 : rest.LastIndexOf('?', at - 1))
        {
            int equals = rest.IndexOf('=', at);
            if (equals > at + 1 && rest.AsSpan(at + 1, equals - at - 1).IndexOfAnyExcept(NameCharacters) < 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters
        = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    private static List<KeyValuePair<string, string>> ParseQuery(string query)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            pairs.Add(equals < 0
                ? new(Uri.UnescapeDataString(part), "true")
                : new(Uri.UnescapeDataString(part[..equals]), Uri.UnescapeDataString(part[(equals + 1)..])));
        }

        return pairs;
    }
}
