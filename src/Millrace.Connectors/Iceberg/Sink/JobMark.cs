using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// That a job has committed an epoch, as the summary of a snapshot tells. The snapshot of the commit tells it, and after that one is
/// expired another one to which the mark was carried.
/// </summary>
/// <param name="Job">The job, with its tenant.</param>
/// <param name="Run">The run that committed.</param>
/// <param name="Epoch">Number of the epoch.</param>
/// <param name="Token">Fencing token of the run.</param>
/// <param name="Origin">The snapshot of the commit.</param>
/// <param name="Snapshot">The snapshot that tells it.</param>
/// <param name="CheckpointKey">Under which name its summary has the checkpoint.</param>
internal sealed record JobMark(string Job, string Run, long Epoch, long Token, long Origin, Snapshot Snapshot, string CheckpointKey)
{
    private const string JobKey = "millrace.job";
    private const string RunKey = "millrace.run";
    private const string EpochKey = "millrace.epoch";
    private const string TokenKey = "millrace.fencing-token";
    private const string OwnCheckpoint = "millrace.checkpoint";
    private const string Carried = "millrace.carried.";
    private const string CarriedCheckpoint = "millrace.carried-checkpoint.";

    /// <summary>The marks of a snapshot: that of its own commit and those carried to it.</summary>
    public static IEnumerable<JobMark> In(Snapshot snapshot)
    {
        ImmutableSortedDictionary<string, string> summary = snapshot.Summary;
        if (summary.TryGetValue(JobKey, out string? job) && LargeSummary.Has(snapshot, OwnCheckpoint))
        {
            yield return new JobMark(job, summary.GetValueOrDefault(RunKey, ""), Number(summary.GetValueOrDefault(EpochKey)), Number(summary.GetValueOrDefault(TokenKey)), snapshot.Id, snapshot, OwnCheckpoint);
        }

        foreach ((string key, string value) in summary)
        {
            if (key.StartsWith(Carried, StringComparison.Ordinal) && Parse(value) is { } mark)
            {
                string name = key[Carried.Length..];
                yield return new JobMark(name, Text(mark, "run"), Number(Text(mark, "epoch")), Number(Text(mark, "token")), Number(Text(mark, "snapshot")), snapshot, CarriedCheckpoint + name);
            }
        }
    }

    /// <summary>Whether a snapshot is there for marks that were carried to it, and for nothing else.</summary>
    public static bool OnlyCarries(Snapshot snapshot)
        => !snapshot.Summary.ContainsKey(JobKey) && !snapshot.Summary.ContainsKey("added-data-files") && snapshot.Summary.Keys.Any(k => k.StartsWith(Carried, StringComparison.Ordinal));

    /// <summary>What the summary of a commit tells of it.</summary>
    public static ImmutableSortedDictionary<string, string> Summary(string job, Checkpoint checkpoint, string run)
        => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, string>
        {
            [JobKey] = job,
            [RunKey] = run,
            [EpochKey] = checkpoint.Epoch.ToString(CultureInfo.InvariantCulture),
            [TokenKey] = checkpoint.FencingToken.ToString(CultureInfo.InvariantCulture),
            [OwnCheckpoint] = Encoding.UTF8.GetString(JsonDocuments.WriteBytes(checkpoint.WriteTo)),
        });

    /// <summary>What the summary of another snapshot tells of marks that are carried to it.</summary>
    public static async ValueTask<ImmutableSortedDictionary<string, string>> CarryAsync(IEnumerable<JobMark> marks, TableFiles files, CancellationToken cancellation)
    {
        ImmutableSortedDictionary<string, string>.Builder summary = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (JobMark mark in marks)
        {
            // All as texts: numbers of 64 bits are no numbers to every reader of JSON.
            summary[Carried + mark.Job] = new JsonObject
            {
                ["snapshot"] = mark.Origin.ToString(CultureInfo.InvariantCulture),
                ["run"] = mark.Run,
                ["epoch"] = mark.Epoch.ToString(CultureInfo.InvariantCulture),
                ["token"] = mark.Token.ToString(CultureInfo.InvariantCulture),
            }.ToJsonString();
            summary[CarriedCheckpoint + mark.Job] = await mark.ReadAsync(files, cancellation).ConfigureAwait(false);
        }

        return summary.ToImmutable();
    }

    public async ValueTask<Checkpoint> CheckpointAsync(TableFiles files, CancellationToken cancellation)
    {
        var place = ErrorPlace.InFile(string.Create(CultureInfo.InvariantCulture, $"snapshot {Snapshot.Id}"));
        try
        {
            using var document = JsonDocument.Parse(await ReadAsync(files, cancellation).ConfigureAwait(false), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Checkpoint.FromJson(document.RootElement, place);
        }
        catch (JsonException e)
        {
            throw ProgressErrors.Corrupt.Error("The checkpoint in the summary of a snapshot is no JSON.", place, inner: e);
        }
    }

    private async ValueTask<string> ReadAsync(TableFiles files, CancellationToken cancellation)
        => await LargeSummary.ReadAsync(files, Snapshot, CheckpointKey, cancellation).ConfigureAwait(false) ?? "";

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonObject mark, string name) => mark[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static long Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
