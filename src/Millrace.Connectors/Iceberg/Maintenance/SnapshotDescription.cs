namespace Millrace.Connectors.Iceberg;

/// <summary>A snapshot as people ask about it.</summary>
public sealed record SnapshotDescription
{
    public required long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Operation { get; init; }

    public long? ParentId { get; init; }

    /// <summary>Branches and tags that name it.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>Whether the main branch goes through it.</summary>
    public required bool IsInMain { get; init; }

    public long? AddedFiles { get; init; }

    public long? AddedRows { get; init; }

    public long? RemovedFiles { get; init; }

    public long? RemovedRows { get; init; }

    public long? TotalFiles { get; init; }

    public long? TotalRows { get; init; }

    public long? TotalBytes { get; init; }

    /// <summary>The job that made it, and its epoch.</summary>
    public string? Job { get; init; }

    public long? Epoch { get; init; }

    internal static IReadOnlyList<SnapshotDescription> AllOf(TableMetadata table)
    {
        HashSet<long> main = [.. table.AncestorsOf(table.CurrentSnapshotId).Select(s => s.Id)];
        return [.. table.Snapshots.OrderByDescending(s => s.TimestampMs).ThenByDescending(s => s.SequenceNumber).Select(s => Of(s, table, main.Contains(s.Id)))];
    }

    private static SnapshotDescription Of(Snapshot snapshot, TableMetadata table, bool isInMain)
    {
        JobMark? mark = JobMark.In(snapshot).FirstOrDefault(m => m.Origin == snapshot.Id);
        return new SnapshotDescription
        {
            Id = snapshot.Id,
            At = DateTimeOffset.FromUnixTimeMilliseconds(snapshot.TimestampMs),
            Operation = snapshot.Operation,
            ParentId = snapshot.ParentId,
            References = [.. table.Refs.Where(r => r.Value.SnapshotId == snapshot.Id).Select(r => r.Key)],
            IsInMain = isInMain,
            AddedFiles = SnapshotTotals.Read(snapshot, "added-data-files"),
            AddedRows = SnapshotTotals.Read(snapshot, "added-records"),
            RemovedFiles = SnapshotTotals.Read(snapshot, "deleted-data-files"),
            RemovedRows = SnapshotTotals.Read(snapshot, "deleted-records"),
            TotalFiles = SnapshotTotals.Read(snapshot, "total-data-files"),
            TotalRows = SnapshotTotals.Read(snapshot, "total-records"),
            TotalBytes = SnapshotTotals.Read(snapshot, "total-files-size"),
            Job = mark?.Job,
            Epoch = mark?.Epoch,
        };
    }
}
