using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>What is done to a branch or tag.</summary>
public enum ReferenceAction
{
    Create,

    /// <summary>Set to another snapshot, whatever it is.</summary>
    Replace,

    Delete,

    /// <summary>Moved along to where another one is, which has all of its snapshots.</summary>
    FastForward,
}

/// <summary>A change of a branch or tag.</summary>
public sealed record ReferenceRequest(string Name, bool IsBranch, ReferenceAction Action)
{
    /// <summary>The snapshot; null for that of <see cref="At"/>.</summary>
    public long? SnapshotId { get; init; }

    /// <summary>The branch or tag whose snapshot is meant.</summary>
    public string At { get; init; } = SnapshotRef.Main;

    /// <summary>How long the branch or tag itself is kept; null leaves it as it is.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Of a branch: snapshots that expiry leaves at least.</summary>
    public int? MinSnapshots { get; init; }

    /// <summary>Of a branch: the age from which expiry takes its snapshots.</summary>
    public TimeSpan? MaxSnapshotAge { get; init; }
}

/// <summary>What became of a branch or tag; null for one that was not, or is not any more.</summary>
public sealed record ReferenceReport(string Name, bool IsBranch, ReferenceDescription? Before, ReferenceDescription? After);

/// <summary>Changes branches and tags, each change a commit of metadata alone.</summary>
internal static class ReferenceChange
{
    public static async ValueTask<ReferenceReport> RunAsync(IcebergTable table, string path, ReferenceRequest request, CancellationToken cancellation)
    {
        ReferenceReport? report = null;
        await table.UpdateAsync(m =>
        {
            SnapshotRef? before = m.Refs.GetValueOrDefault(request.Name);
            Check(m, before, path, request);
            SnapshotRef? after = request.Action == ReferenceAction.Delete ? null : Next(m, before, path, request);
            report = new ReferenceReport(
                request.Name, request.IsBranch, before is null ? null : ReferenceDescription.Of(request.Name, before), after is null ? null : ReferenceDescription.Of(request.Name, after));
            return before == after
                ? new TableChange([], [])
                : new TableChange(
                    [new MetadataRequirement.SameTable(m.TableUuid), new MetadataRequirement.RefAt(request.Name, before?.SnapshotId)],
                    [after is null ? new MetadataUpdate.RemoveRef(request.Name) : new MetadataUpdate.SetRef(request.Name, after)]);
        }, cancellation).ConfigureAwait(false);
        return report!;
    }

    private static void Check(TableMetadata table, SnapshotRef? before, string path, ReferenceRequest request)
    {
        var place = ErrorPlace.InFile(path);
        string kind = Kind(request.IsBranch);
        if (request.Action == ReferenceAction.Create && before is not null)
        {
            throw MaintenanceErrors.ReferenceExists.Error($"The table '{path}' has a {Kind(before.IsBranch)} '{request.Name}' already.", place);
        }

        if (request.Action != ReferenceAction.Create && before is null)
        {
            throw MaintenanceErrors.NoReference(table, path, request.Name);
        }

        if (before is not null && before.IsBranch != request.IsBranch)
        {
            throw MaintenanceErrors.BadReference.Error($"'{request.Name}' is a {Kind(before.IsBranch)}, no {kind}.", place, $"Use `millrace iceberg {Kind(before.IsBranch)}`.");
        }

        if (request.Action == ReferenceAction.Delete && request.Name == SnapshotRef.Main)
        {
            throw MaintenanceErrors.BadReference.Error("The main branch cannot be deleted.", place, "Take it back with `millrace iceberg rollback`.");
        }

        if (!request.IsBranch && (request.MinSnapshots ?? (object?)request.MaxSnapshotAge) is not null)
        {
            throw MaintenanceErrors.BadReference.Error("A tag names one snapshot, so only its own age can be limited.", place, "Use --max-age.");
        }

        if (request.Name == SnapshotRef.Main && request.MaxAge is not null)
        {
            throw MaintenanceErrors.BadReference.Error("The main branch never ends, so its age cannot be limited.", place, "Use --max-snapshot-age and --min-snapshots.");
        }
    }

    private static SnapshotRef Next(TableMetadata table, SnapshotRef? before, string path, ReferenceRequest request)
    {
        SnapshotRef reference = before ?? new SnapshotRef(0, request.IsBranch);

        // A change of how long something is kept leaves it where it is.
        bool keepsPlace = request.Action == ReferenceAction.Replace && request.SnapshotId is null && request.At == SnapshotRef.Main && before is not null
            && (request.MaxAge ?? request.MaxSnapshotAge ?? (object?)request.MinSnapshots) is not null;
        reference = keepsPlace ? reference : reference with { SnapshotId = Target(table, path, request).Id };
        if (request.Action == ReferenceAction.FastForward && table.AncestorsOf(reference.SnapshotId).All(s => s.Id != before!.SnapshotId))
        {
            throw MaintenanceErrors.NotInLine.Error(
                string.Create(CultureInfo.InvariantCulture, $"'{request.At}' does not go on from '{request.Name}': the snapshot {before!.SnapshotId} is not in its line."),
                ErrorPlace.InFile(path),
                "Both have commits of their own; set the branch with `branch replace`, which gives up its own.");
        }

        return reference with
        {
            MaxRefAgeMs = Milliseconds(request.MaxAge) ?? reference.MaxRefAgeMs,
            MinSnapshotsToKeep = request.MinSnapshots ?? reference.MinSnapshotsToKeep,
            MaxSnapshotAgeMs = Milliseconds(request.MaxSnapshotAge) ?? reference.MaxSnapshotAgeMs,
        };
    }

    private static Snapshot Target(TableMetadata table, string path, ReferenceRequest request)
    {
        if (request.SnapshotId is { } id)
        {
            string text = id.ToString(CultureInfo.InvariantCulture);
            return table.SnapshotOf(id) ?? throw MaintenanceErrors.NoSnapshot(path, $"{text}{NearestName.Suggest(text, table.Snapshots.Select(s => s.Id.ToString(CultureInfo.InvariantCulture)))}");
        }

        return table.SnapshotOf(request.At) ?? throw (request.At == SnapshotRef.Main ? MaintenanceErrors.NoSnapshot(path, "yet: nothing was committed") : MaintenanceErrors.NoReference(table, path, request.At));
    }

    private static long? Milliseconds(TimeSpan? time) => time is { } given ? (long)given.TotalMilliseconds : null;

    private static string Kind(bool isBranch) => isBranch ? "branch" : "tag";
}
