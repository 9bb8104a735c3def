using System.Text.Json.Nodes;

namespace Millrace.Runtime;

/// <summary>How a run of several streams ended.</summary>
public sealed record GroupSummary
{
    public required string Job { get; init; }

    /// <summary>One for each stream that was begun, in the order of their names.</summary>
    public required IReadOnlyList<(string Stream, RunSummary Summary)> Streams { get; init; }

    /// <summary>Streams that were left out, since an unfinished run before has done them.</summary>
    public IReadOnlyList<string> DoneBefore { get; init; } = [];

    /// <summary>Streams that were not begun, since the run was stopped.</summary>
    public IReadOnlyList<string> NotBegun { get; init; } = [];

    public TimeSpan Duration { get; init; }

    /// <summary>Whether a run of the same job does only the streams that are left.</summary>
    public bool GoesOn { get; init; }

    /// <summary>What kept the run from beginning; null otherwise.</summary>
    public MillraceException? Error { get; init; }

    public long Rows => Streams.Sum(s => s.Summary.Rows);

    public long BadRows => Streams.Sum(s => s.Summary.BadRows);

    public long BytesRead => Streams.Sum(s => s.Summary.BytesRead);

    public long BytesWritten => Streams.Sum(s => s.Summary.BytesWritten);

    /// <summary>Streams that failed.</summary>
    public IEnumerable<string> Failed => Streams.Where(s => s.Summary.Outcome == RunOutcome.Failed).Select(s => s.Stream);

    /// <summary>Partial when some streams arrived and others did not.</summary>
    public RunOutcome Outcome
    {
        get
        {
            int failed = Failed.Count() + NotBegun.Count;
            bool some = Streams.Count + DoneBefore.Count > Failed.Count();
            return Error is not null || (failed > 0 && !some) ? RunOutcome.Failed
                : failed > 0 || Streams.Any(s => s.Summary.Outcome != RunOutcome.Succeeded) ? RunOutcome.Partial
                : RunOutcome.Succeeded;
        }
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["job"] = Job,
            ["outcome"] = Sdk.OptionInfo.SnakeCase(Outcome.ToString()),
            ["rows"] = Rows,
            ["bad_rows"] = BadRows,
            ["bytes_read"] = BytesRead,
            ["bytes_written"] = BytesWritten,
            ["seconds"] = Math.Round(Duration.TotalSeconds, 3),
            ["streams"] = new JsonArray([.. Streams.Select(s => (JsonNode)Of(s.Stream, s.Summary))]),
        };
        Add("done_before", DoneBefore);
        Add("failed", [.. Failed]);
        Add("not_begun", NotBegun);
        if (Error is not null)
        {
            json["error"] = ErrorJson.Of(Error);
        }

        return json;

        void Add(string name, IReadOnlyList<string> streams)
        {
            if (streams.Count > 0)
            {
                json[name] = new JsonArray([.. streams.Select(s => (JsonNode)s)]);
            }
        }
    }

    private static JsonObject Of(string stream, RunSummary summary)
    {
        JsonObject json = summary.ToJson();
        json.Insert(0, "stream", stream);
        return json;
    }
}
