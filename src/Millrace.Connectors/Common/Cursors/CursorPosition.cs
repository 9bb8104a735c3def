using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>
/// How far a table was read by a cursor. A row is unread if every mark says so. There is more than one only where a read was cut
/// off among rows of one value, and what went on was cut off there again.
/// </summary>
internal static class CursorPosition
{
    private const int Version = 1;

    public static Position Of(string cursor, IEnumerable<ReadMark> marks) => new(new JsonObject
    {
        ["v"] = Version,
        ["cursor"] = cursor,
        ["marks"] = new JsonArray([.. marks.Select(m => (JsonNode)m.ToJson())]),
    });

    /// <summary>The marks of a position that was kept.</summary>
    /// <param name="position">The position.</param>
    /// <param name="cursor">The cursor of the job now.</param>
    /// <param name="misfit">The error where the position is that of another one.</param>
    /// <param name="place">Where, for messages.</param>
    public static IReadOnlyList<ReadMark> Marks(Position position, string cursor, ErrorCode misfit, ErrorPlace place)
    {
        JsonObject json = position.Value;
        if ((string?)json["cursor"] is not { } kept)
        {
            throw misfit.Error("The progress of the job is that of a read of everything, which does not say how far its cursor went.", place);
        }

        if (kept != cursor)
        {
            throw misfit.Error($"The progress of the job was kept by the cursor '{kept}'; the job now has '{cursor}'.", place);
        }

        return (int?)json["v"] == Version && json["marks"] is JsonArray { Count: > 0 } marks
            ? [.. marks.Select(m => ReadMark.FromJson(m!))]
            : throw misfit.Error($"The progress of the job is not in a form that this program reads: {position}", place);
    }
}
