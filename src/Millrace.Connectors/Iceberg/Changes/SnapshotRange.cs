using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>The snapshots that a read of changes is about.</summary>
/// <param name="Start">The one before them; null for none, when the first of them is read as a whole.</param>
/// <param name="Snapshots">The snapshots in the order of their commits.</param>
internal sealed record SnapshotRange(Snapshot? Start, IReadOnlyList<Snapshot> Snapshots)
{
    /// <param name="table">The table.</param>
    /// <param name="options">Where to begin and to end.</param>
    /// <param name="since">What the job has read already.</param>
    /// <param name="path">What the user calls the table.</param>
    public static SnapshotRange Of(TableMetadata table, IcebergSourceOptions options, Checkpoint? since, string path)
    {
        if (options.SnapshotId is not null || options.AsOf is not null)
        {
            throw IcebergErrors.NoSnapshot.Error("snapshot_id and as_of are for reads of one snapshot; this one reads what came from one to another.", ErrorPlace.InFile(path), "Use from_snapshot and to_snapshot, or `mode: full`.");
        }

        Snapshot? end = End(table, options, path);
        if (SnapshotPosition.In(since) is not { } start && (start = options.FromSnapshot ?? 0) == 0)
        {
            return new SnapshotRange(null, end is null ? [] : [end]);
        }

        List<Snapshot> behind = [.. table.AncestorsOf(end?.Id).TakeWhile(s => s.Id != start)];
        if (behind.Count > 0 && behind[^1].ParentId != start)
        {
            // A read that has come further than its end has nothing to read.
            return end is not null && table.AncestorsOf(start).Any(s => s.Id == end.Id) ? new SnapshotRange(end, []) : throw Lost(table, start, path);
        }

        behind.Reverse();
        return table.SnapshotOf(start) is { } known ? new SnapshotRange(known, behind) : throw Lost(table, start, path);
    }

    private static Snapshot? End(TableMetadata table, IcebergSourceOptions options, string path)
    {
        if (options.ToSnapshot is { } id)
        {
            return table.SnapshotOf(id) ?? throw IcebergErrors.NoSnapshot.Error(
                string.Create(CultureInfo.InvariantCulture, $"The table '{path}' has no snapshot with the id {id}, at which to_snapshot ends."), ErrorPlace.InFile(path));
        }

        return options.Ref is { } name
            ? table.SnapshotOf(name) ?? throw IcebergErrors.NoSnapshot.Error($"The table '{path}' has no branch or tag '{name}'{NearestName.Suggest(name, table.Refs.Keys)}.", ErrorPlace.InFile(path))
            : table.CurrentSnapshot;
    }

    private static MillraceException Lost(TableMetadata table, long start, string path)
        => IcebergErrors.LostSnapshot.Error(
            table.SnapshotOf(start) is null
                ? string.Create(CultureInfo.InvariantCulture, $"The table '{path}' has no snapshot {start} any more, up to which it was read: it has expired.")
                : string.Create(CultureInfo.InvariantCulture, $"The table '{path}' was read up to snapshot {start}, which is none of those that led to its present state: it was rolled back."),
            ErrorPlace.InFile(path));
}
