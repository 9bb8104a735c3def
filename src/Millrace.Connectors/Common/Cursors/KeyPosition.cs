using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>How far a table was read in the order of its primary key: the key of the last row, as the server's text.</summary>
internal static class KeyPosition
{
    private const int Version = 1;
    private const string Name = "last_key";

    public static Position Of(IEnumerable<string> key) => new(new JsonObject
    {
        ["v"] = Version,
        [Name] = new JsonArray([.. key.Select(k => (JsonNode)k)]),
    });

    /// <summary>The key of a position; null for one of a read in another order.</summary>
    public static IReadOnlyList<string>? Find(Position? position)
        => position?.Value is { } json && (int?)json["v"] == Version && json[Name] is JsonArray key ? [.. key.Select(k => (string)k!)] : null;
}
