namespace Millrace.Connectors.Iceberg;

/// <summary>Which snapshots are forgotten; what is left open the table's properties decide, or 5 days.</summary>
public sealed record ExpiryOptions
{
    public DateTimeOffset? OlderThan { get; init; }

    /// <summary>Snapshots that every branch keeps, however old.</summary>
    public int? RetainLast { get; init; }

    /// <summary>These and no others.</summary>
    public IReadOnlyList<long> Snapshots { get; init; } = [];

    public bool DryRun { get; init; }
}

/// <summary>What an expiry did, or would do.</summary>
public sealed record ExpiryReport(IReadOnlyList<long> Expired, int Kept, IReadOnlyList<string> References, IReadOnlyList<string> CarriedJobs, RemovedFiles Removed);

/// <summary>
/// Forgets snapshots and removes the files that only they named. The snapshots are forgotten first, in one commit, and files are removed
/// after it; what a death in between leaves is for the removal of orphans. Jobs find their progress in the summary of their last commit:
/// where that goes, a new snapshot without rows carries it on before.
/// </summary>
internal sealed class SnapshotExpiry(IcebergTable table, string path, ExpiryOptions options, TimeProvider time)
{
    // Each time a job was faster, which is harmless to repeat.
    private const int MaxAttempts = 20;

    public async ValueTask<ExpiryReport> RunAsync(CancellationToken cancellation)
    {
        TableWrites.RequireRemoval(table, path);
        var carried = new SortedSet<string>(StringComparer.Ordinal);
        if (options.DryRun)
        {
            Retention planned = Retention.Of(table.Metadata, path, options, time.GetUtcNow());
            carried.UnionWith(CheckpointCarrier.Needed(table.Metadata, planned).SelectMany(b => b.Value).Select(m => m.Job));
            return await ReportAsync(table.Metadata, MetadataBuilder.Apply(table.Metadata, null, [.. Updates(planned)], time.GetUtcNow()), planned, carried, cancellation).ConfigureAwait(false);
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await ExpireAsync(carried, cancellation).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Code == IcebergErrors.Conflict && attempt < MaxAttempts)
            {
                await table.RefreshAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<ExpiryReport> ExpireAsync(SortedSet<string> carried, CancellationToken cancellation)
    {
        Retention first = Retention.Of(table.Metadata, path, options, time.GetUtcNow());
        foreach ((string branch, List<JobMark> marks) in CheckpointCarrier.Needed(table.Metadata, first))
        {
            await CheckpointCarrier.CarryAsync(table, branch, marks, cancellation).ConfigureAwait(false);
            carried.UnionWith(marks.Select(m => m.Job));
        }

        TableMetadata before = table.Metadata;
        Retention done = first;
        await table.UpdateAsync(m =>
        {
            before = m;
            done = Retention.Of(m, path, options, time.GetUtcNow());
            if (CheckpointCarrier.Needed(m, done).Count > 0)
            {
                throw IcebergErrors.Conflicts(path, "has got commits of jobs in the meantime");
            }

            return done.IsEmpty ? new TableChange([], []) : new TableChange(
                [new MetadataRequirement.SameTable(m.TableUuid), .. m.Refs.Select(r => new MetadataRequirement.RefAt(r.Key, r.Value.SnapshotId))],
                [.. Updates(done)]);
        }, cancellation).ConfigureAwait(false);
        return await ReportAsync(before, table.Metadata, done, carried, cancellation).ConfigureAwait(false);
    }

    private static IEnumerable<MetadataUpdate> Updates(Retention retention)
    {
        foreach (string name in retention.References)
        {
            yield return new MetadataUpdate.RemoveRef(name);
        }

        if (retention.Expired.Count > 0)
        {
            yield return new MetadataUpdate.RemoveSnapshots([.. retention.Expired]);
        }
    }

    private async ValueTask<ExpiryReport> ReportAsync(TableMetadata before, TableMetadata after, Retention retention, SortedSet<string> carried, CancellationToken cancellation)
    {
        Snapshot[] expired = [.. before.Snapshots.Where(s => retention.Expired.Contains(s.Id))];
        RemovedFiles removed = expired.Length == 0
            ? new RemovedFiles()
            : await new ExpiredFiles(table.Files, before, after).RemoveAsync(expired, options.DryRun, cancellation).ConfigureAwait(false);
        return new ExpiryReport([.. expired.OrderBy(s => s.TimestampMs).Select(s => s.Id)], after.Snapshots.Count, retention.References, [.. carried], removed);
    }
}
