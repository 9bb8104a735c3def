using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>Where a branch shall stand again; exactly one of the three is given.</summary>
public sealed record RollbackRequest
{
    public string Branch { get; init; } = SnapshotRef.Main;

    public long? SnapshotId { get; init; }

    /// <summary>The last snapshot of the line at or before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>So many snapshots back.</summary>
    public int? Steps { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>What a rollback did, or would do.</summary>
public sealed record RollbackReport(string Branch, long From, long To, int Snapshots, long? RowsBefore, long? RowsAfter, IReadOnlyList<JobRollback> Jobs);

/// <summary>A job whose commits were taken back, to an epoch or, with null, to its beginning: its next run reads what followed again.</summary>
public sealed record JobRollback(string Job, long From, long? To);

/// <summary>Takes a branch back along its own line of snapshots. Nothing is removed: the snapshots that followed stay until they are expired.</summary>
internal static class Rollback
{
    public static async ValueTask<RollbackReport> RunAsync(IcebergTable table, string path, RollbackRequest request, CancellationToken cancellation)
    {
        RollbackReport report = Plan(table.Metadata, path, request);
        if (!request.DryRun && report.From != report.To)
        {
            await table.UpdateAsync(m =>
            {
                report = Plan(m, path, request);
                return report.From == report.To
                    ? new TableChange([], [])
                    : new TableChange(
                        [new MetadataRequirement.SameTable(m.TableUuid), new MetadataRequirement.RefAt(request.Branch, report.From)],
                        [new MetadataUpdate.SetRef(request.Branch, m.Refs[request.Branch] with { SnapshotId = report.To })]);
            }, cancellation).ConfigureAwait(false);
        }

        return report;
    }

    private static RollbackReport Plan(TableMetadata table, string path, RollbackRequest request)
    {
        if (!table.Refs.TryGetValue(request.Branch, out SnapshotRef? branch))
        {
            throw MaintenanceErrors.NoReference(table, path, request.Branch);
        }

        if (!branch.IsBranch)
        {
            throw MaintenanceErrors.BadReference.Error($"'{request.Branch}' is a tag, which has no line to go back on.", ErrorPlace.InFile(path), "Move it with `millrace iceberg tag replace`.");
        }

        List<Snapshot> line = [.. table.AncestorsOf(branch.SnapshotId)];
        Snapshot target = Find(table, line, path, request);
        Snapshot from = line[0];
        return new RollbackReport(
            request.Branch, from.Id, target.Id, line.IndexOf(target), SnapshotTotals.Read(from, "total-records"), SnapshotTotals.Read(target, "total-records"), [.. JobsBetween(table, line, target)]);
    }

    private static Snapshot Find(TableMetadata table, List<Snapshot> line, string path, RollbackRequest request)
    {
        if (request.SnapshotId is { } id)
        {
            string text = id.ToString(CultureInfo.InvariantCulture);
            return line.Find(s => s.Id == id) ?? throw (table.SnapshotOf(id) is null
                ? MaintenanceErrors.NoSnapshot(path, $"{text}{NearestName.Suggest(text, line.Select(s => s.Id.ToString(CultureInfo.InvariantCulture)))}")
                : MaintenanceErrors.NotInLine.Error($"The snapshot {text} is not in the line of '{request.Branch}'.", ErrorPlace.InFile(path)));
        }

        if (request.To is { } time)
        {
            return line.Find(s => s.TimestampMs <= time.ToUnixTimeMilliseconds())
                ?? throw MaintenanceErrors.NoSnapshot(path, $"of {time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)} or before on '{request.Branch}'");
        }

        int steps = request.Steps ?? 1;
        return steps < line.Count ? line[steps] : throw MaintenanceErrors.NoSnapshot(path, string.Create(CultureInfo.InvariantCulture, $"{steps} steps back on '{request.Branch}', whose line has {line.Count}"));
    }

    private static IEnumerable<JobRollback> JobsBetween(TableMetadata table, List<Snapshot> line, Snapshot target)
    {
        Dictionary<string, JobMark> after = table.AncestorsOf(target.Id).SelectMany(JobMark.In).DistinctBy(m => m.Job).ToDictionary(m => m.Job);
        return line.TakeWhile(s => s != target).SelectMany(JobMark.In).DistinctBy(m => m.Job)
            .Where(m => after.GetValueOrDefault(m.Job)?.Origin != m.Origin)
            .Select(m => new JobRollback(m.Job, m.Epoch, after.GetValueOrDefault(m.Job)?.Epoch));
    }
}
