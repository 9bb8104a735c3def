using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>How a run ended.</summary>
public sealed record RunSummary
{
    public required string Job { get; init; }

    public required string RunId { get; init; }

    public required RunOutcome Outcome { get; init; }

    /// <summary>Rows that the target has gained.</summary>
    public long Rows { get; init; }

    public long BytesRead { get; init; }

    public long BytesWritten { get; init; }

    /// <summary>Rows that were set aside.</summary>
    public long BadRows { get; init; }

    /// <summary>Some of the bad rows.</summary>
    public IReadOnlyList<RowError> BadRowSample { get; init; } = [];

    /// <summary>Folder with the bad rows, when the job kept some.</summary>
    public string? DeadLetters { get; init; }

    /// <summary>Bad rows that became dead letters.</summary>
    public long NewDeadLetters { get; init; }

    /// <summary>Dead letters that were removed because of the job's limits.</summary>
    public long RemovedDeadLetters { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>Files or tables that were written.</summary>
    public IReadOnlyList<string> Objects { get; init; } = [];

    /// <summary>The last epoch that was committed; null when none was.</summary>
    public long? Epoch { get; init; }

    /// <summary>Epochs that were committed.</summary>
    public int Epochs { get; init; }

    /// <summary>How epochs were closed, with the origin of each setting; null when the run did not come so far.</summary>
    public string? Batching { get; init; }

    /// <summary>Attempts that failed and were followed by another.</summary>
    public int Retries { get; init; }

    /// <summary>How long commits took and how many epochs there were; null for what ran without epochs.</summary>
    public RunMetrics? Metrics { get; init; }

    /// <summary>How far the last commit was behind the source when the run ended, for sources that can tell.</summary>
    public SourceLag? Lag { get; init; }

    /// <summary>What the job promises from end to end; null when the run did not come so far.</summary>
    public JobGuarantee? Guarantee { get; init; }

    /// <summary>Remarks of source and sink.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What ended the run, when it failed.</summary>
    public MillraceException? Error { get; init; }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["job"] = Job,
            ["run"] = RunId,
            ["outcome"] = OptionInfo.SnakeCase(Outcome.ToString()),
            ["rows"] = Rows,
            ["bad_rows"] = BadRows,
            ["bytes_read"] = BytesRead,
            ["bytes_written"] = BytesWritten,
            ["seconds"] = Math.Round(Duration.TotalSeconds, 3),
            ["objects"] = new JsonArray([.. Objects.Select(o => (JsonNode)o)]),
        };
        if (Retries > 0)
        {
            json["retries"] = Retries;
        }

        if (Epoch is { } epoch)
        {
            json["epoch"] = epoch;
            json["epochs"] = Epochs;
        }

        if (Guarantee is { } guarantee)
        {
            json["guarantee"] = OptionInfo.SnakeCase(guarantee.Level.ToString());
            json["guarantee_reason"] = guarantee.Reason;
        }

        if (Batching is not null)
        {
            json["batching"] = Batching;
        }

        if (Metrics is not null)
        {
            json["metrics"] = Metrics.ToJson(Rows / Math.Max(Duration.TotalSeconds, 1e-3));
        }

        if (Lag is { } lag)
        {
            json["behind"] = LagJson(lag);
        }

        if (DeadLetters is not null)
        {
            json["dead_letters"] = DeadLetters;
            json["new_dead_letters"] = NewDeadLetters;
        }

        if (RemovedDeadLetters > 0)
        {
            json["removed_dead_letters"] = RemovedDeadLetters;
        }

        if (BadRowSample.Count > 0)
        {
            json["bad_row_sample"] = new JsonArray([.. BadRowSample.Select(e => (JsonNode)ErrorJson.Of(e))]);
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

    /// <summary>A lag as it stands in documents: <c>seconds</c> and, where known, <c>bytes</c>.</summary>
    public static JsonObject LagJson(SourceLag lag)
    {
        var json = new JsonObject { ["seconds"] = Math.Round(lag.Time.TotalSeconds, 3) };
        if (lag.Bytes is { } bytes)
        {
            json["bytes"] = bytes;
        }

        return json;
    }
}

public enum RunOutcome
{
    /// <summary>Every row arrived.</summary>
    Succeeded,

    /// <summary>The good rows arrived; some were set aside.</summary>
    Partial,

    /// <summary>Nothing of the last epoch was committed.</summary>
    Failed,
}
