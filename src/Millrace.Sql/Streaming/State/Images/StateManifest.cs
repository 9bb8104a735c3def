using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>What saved state holds: the stages and inputs of the query that saved it, each with its tables.</summary>
/// <param name="Parts">Stages in the order of the plan, then inputs.</param>
public sealed record StateManifest(IReadOnlyList<StageState> Parts)
{
    /// <summary>What is done with what the parts give: <see cref="StreamPlan.LastSteps"/>. Null where nothing is known of it.</summary>
    public string? LastSteps { get; init; }

    /// <summary>Tells statements apart: whoever saves says how. The steps of the same one differ only by types that were found out.</summary>
    public string? Statement { get; init; }

    /// <summary>What a query keeps: its stages with state, and how far the time of its inputs is complete.</summary>
    public static StateManifest Of(StreamPlan plan) => new(
    [
        .. plan.States.OfType<StageState>(),
        .. plan.Inputs.Where(i => i.Watermark is not null).Select(InputRun.StateOf),
    ])
    {
        LastSteps = plan.LastSteps,
    };

    /// <summary>The part of an id; null if there is none.</summary>
    public StageState? Find(string id) => Parts.FirstOrDefault(p => p.Id == id);

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["parts"] = new JsonArray([.. Parts.Select(ToJson)]),
        ["last_steps"] = LastSteps,
        ["statement"] = Statement,
    });

    internal static StateManifest FromBytes(ReadOnlySpan<byte> bytes)
    {
        JsonNode json = JsonNode.Parse(bytes)!;
        return new([.. json["parts"]!.AsArray().Select(p => PartOf(p!))])
        {
            LastSteps = json["last_steps"]?.GetValue<string>(),
            Statement = json["statement"]?.GetValue<string>(),
        };
    }

    private static JsonNode ToJson(StageState part) => new JsonObject
    {
        ["id"] = part.Id,
        ["signature"] = part.Signature,
        ["steps"] = part.Steps,
        ["tables"] = new JsonArray([.. part.Tables.Select(t => (JsonNode)new JsonObject
        {
            ["name"] = t.Name,
            ["columns"] = new JsonArray([.. t.Schema.Fields.Select(f => (JsonNode)new JsonArray(f.Name, f.Type.ToString(), f.Nullable))]),
            ["keys"] = Numbers(t.Keys),
            ["identity"] = Numbers(t.Identity),
        })]),
    };

    private static StageState PartOf(JsonNode part) => new(
        part["id"]!.GetValue<string>(),
        part["signature"]!.GetValue<string>(),
        [.. part["tables"]!.AsArray().Select(t => new StateTable(
            t!["name"]!.GetValue<string>(),
            new Schema(t["columns"]!.AsArray().Select(c => new Field(c![0]!.GetValue<string>(), DataType.Parse(c[1]!.GetValue<string>()), c[2]!.GetValue<bool>()))),
            Numbers(t["keys"]!),
            Numbers(t["identity"]!)))])
    {
        Steps = part["steps"]?.GetValue<string>(),
    };

    private static JsonArray Numbers(IReadOnlyList<int> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);

    private static int[] Numbers(JsonNode json) => [.. json.AsArray().Select(n => n!.GetValue<int>())];
}
