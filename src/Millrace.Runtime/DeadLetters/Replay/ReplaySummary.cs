using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>How a replay ended.</summary>
public sealed record ReplaySummary
{
    public required string Job { get; init; }

    public required string RunId { get; init; }

    /// <summary>Letters whose rows are in the target now.</summary>
    public long Replayed { get; init; }

    /// <summary>Rows that the target has gained.</summary>
    public long Rows { get; init; }

    /// <summary>Letters that were tried and are still bad.</summary>
    public long Failed { get; init; }

    /// <summary>Some of them, with what is wrong now.</summary>
    public IReadOnlyList<DeadLetter> FailedSample { get; init; } = [];

    /// <summary>Letters that wait now.</summary>
    public long Waiting { get; init; }

    /// <summary>Epochs that were committed.</summary>
    public int Epochs { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What ended the replay, when it failed. What was replayed before stays so.</summary>
    public MillraceException? Error { get; init; }

    public RunOutcome Outcome => Error is not null ? RunOutcome.Failed : Failed > 0 ? RunOutcome.Partial : RunOutcome.Succeeded;

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["job"] = Job,
            ["run"] = RunId,
            ["outcome"] = OptionInfo.SnakeCase(Outcome.ToString()),
            ["replayed"] = Replayed,
            ["rows"] = Rows,
            ["failed"] = Failed,
            ["waiting"] = Waiting,
            ["epochs"] = Epochs,
        };
        if (FailedSample.Count > 0)
        {
            json["failed_sample"] = new JsonArray([.. FailedSample.Select(l => JsonNode.Parse(LetterExport.ToJson(l)))]);
        }

        if (Notes.Count > 0)
        {
            json["notes"] = new JsonArray([.. Notes.Select(n => (JsonNode)n)]);
        }

        if (Error is not null)
        {
            json["error"] = ErrorJson.Of(Error);
        }

        return json;
    }
}
