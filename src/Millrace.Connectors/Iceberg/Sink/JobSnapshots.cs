using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>The commits of one job in the snapshots of a table: the summary of each holds the checkpoint, so that rows and progress are one commit.</summary>
internal sealed class JobSnapshots(string job, string branch)
{
    private const string Job = "millrace.job";
    private const string Run = "millrace.run";
    private const string Epoch = "millrace.epoch";
    private const string Token = "millrace.fencing-token";
    private const string CheckpointText = "millrace.checkpoint";

    /// <summary>The job's newest snapshot on the branch; null when it has none.</summary>
    public Snapshot? Last(TableMetadata table) => All(table).FirstOrDefault();

    /// <summary>The job's snapshots, the newest first.</summary>
    public IEnumerable<Snapshot> All(TableMetadata table)
        => table.AncestorsOf(table.SnapshotOf(branch)?.Id).Where(s => s.Summary.GetValueOrDefault(Job) == job && s.Summary.ContainsKey(CheckpointText));

    public static Checkpoint CheckpointOf(Snapshot snapshot)
    {
        var place = ErrorPlace.InFile(string.Create(CultureInfo.InvariantCulture, $"snapshot {snapshot.Id}"));
        try
        {
            using var document = JsonDocument.Parse(snapshot.Summary[CheckpointText], new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Checkpoint.FromJson(document.RootElement, place);
        }
        catch (JsonException e)
        {
            throw ProgressErrors.Corrupt.Error("The checkpoint in the summary of a snapshot is no JSON.", place, inner: e);
        }
    }

    public static string RunOf(Snapshot snapshot) => snapshot.Summary.GetValueOrDefault(Run, "");

    public ImmutableSortedDictionary<string, string> Summary(Checkpoint checkpoint, string run)
    {
        string text = Encoding.UTF8.GetString(JsonDocuments.WriteBytes(checkpoint.WriteTo));
        return ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, string>
        {
            [Job] = job,
            [Run] = run,
            [Epoch] = checkpoint.Epoch.ToString(CultureInfo.InvariantCulture),
            [Token] = checkpoint.FencingToken.ToString(CultureInfo.InvariantCulture),
            [CheckpointText] = text,
        });
    }

    /// <summary>Throws when another run of the job has committed since, or holds a greater token.</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="last">The job's newest snapshot as the run knows it.</param>
    /// <param name="token">The run's token.</param>
    public void Guard(TableMetadata table, Snapshot? last, long token)
    {
        if (Last(table) is not { } newest)
        {
            return;
        }

        _ = long.TryParse(newest.Summary.GetValueOrDefault(Token), CultureInfo.InvariantCulture, out long other);
        if (other > token)
        {
            throw ProgressErrors.Fenced.Error(string.Create(CultureInfo.InvariantCulture, $"The last commit, by {RunOf(newest)}, has token {other}; this run has {token}."));
        }

        // Older than what is known: the known one was expired, which changes nothing.
        if (newest.Id != last?.Id && newest.SequenceNumber >= (last?.SequenceNumber ?? 0) && newest.TimestampMs >= (last?.TimestampMs ?? 0))
        {
            throw ProgressErrors.Fenced.Error($"The run {RunOf(newest)} has committed in the meantime.");
        }
    }
}
