using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>How far the snapshots of a table were read: all of them up to one.</summary>
internal static class SnapshotPosition
{
    /// <summary>The split key under which progress is kept: snapshots have one order.</summary>
    public const string Key = "snapshots";

    private const string Id = "snapshot";

    /// <param name="snapshot">The last snapshot that was read; null for none.</param>
    public static Position Of(long? snapshot)
    {
        var value = new JsonObject();
        if (snapshot is { } id)
        {
            value[Id] = id;
        }

        return new Position(value);
    }

    /// <summary>The last snapshot that was read; null where nothing was.</summary>
    public static long? In(Checkpoint? since)
        => since?.Splits.GetValueOrDefault(Key)?.Position is { } position && position.Value[Id] is JsonValue value && value.TryGetValue(out long id) ? id : null;
}
