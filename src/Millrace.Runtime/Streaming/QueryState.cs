using System.Text.Json.Nodes;

namespace Millrace.Runtime.Streaming;

/// <summary>A file of saved state.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Bytes">Its size; null if it is not there.</param>
public sealed record StateFile(string Name, long? Bytes);

/// <summary>What a stage has in the files.</summary>
/// <param name="Stage">Id of the stage.</param>
/// <param name="Rows">Rows, those of changes counted beside those they change.</param>
/// <param name="Bytes">Bytes of the rows in memory.</param>
public sealed record StatePart(string Stage, long Rows, long Bytes);

/// <summary>What the query of a job keeps as of a checkpoint, for people.</summary>
/// <param name="Files">The full file first.</param>
/// <param name="Parts">Stages and inputs.</param>
/// <param name="Damage">Why the files cannot be read; null if they can.</param>
public sealed record QueryState(IReadOnlyList<StateFile> Files, IReadOnlyList<StatePart> Parts, MillraceException? Damage)
{
    public JsonObject ToJson() => new()
    {
        ["files"] = new JsonArray([.. Files.Select(f => (JsonNode)new JsonObject { ["file"] = f.Name, ["bytes"] = f.Bytes })]),
        ["stages"] = new JsonArray([.. Parts.Select(p => (JsonNode)new JsonObject { ["stage"] = p.Stage, ["rows"] = p.Rows, ["bytes"] = p.Bytes })]),
        ["damage"] = Damage is null ? null : ErrorJson.Of(Damage),
    };
}
