using System.Globalization;
using System.Runtime.CompilerServices;

namespace Millrace.Connectors.Iceberg;

/// <summary>Finds out what a snapshot added and removed, file by file: what is removed comes first.</summary>
/// <param name="table">The table.</param>
/// <param name="schema">The schema that it is read with.</param>
internal sealed class SnapshotSplits(IcebergTable table, TableSchema schema)
{
    /// <summary>The splits of a snapshot; the last one ends with its position.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="before">The one before; null for none, when all its rows are added.</param>
    /// <param name="others">What is done about a snapshot that replaces or removes rows, where only added ones are read; null where changes are.</param>
    /// <param name="cancellation">Stops the finding.</param>
    public async IAsyncEnumerable<SnapshotSplit> OfAsync(Snapshot snapshot, Snapshot? before, IcebergOtherSnapshots? others, [EnumeratorCancellation] CancellationToken cancellation)
    {
        SnapshotSplit? last = null;
        await foreach (SnapshotSplit split in FindAsync(snapshot, before, others, cancellation).ConfigureAwait(false))
        {
            if (last is not null)
            {
                yield return last;
            }

            last = split;
        }

        last ??= Make(snapshot, before, null, "none");
        yield return last with { EndPosition = SnapshotPosition.Of(snapshot.Id) };
    }

    private IAsyncEnumerable<SnapshotSplit> FindAsync(Snapshot snapshot, Snapshot? before, IcebergOtherSnapshots? others, CancellationToken cancellation)
    {
        switch (snapshot.Operation)
        {
            case var _ when before is null:
                return WholeAsync(snapshot, cancellation);
            case "replace":
                // The same rows in other files.
                return AsyncEnumerable.Empty<SnapshotSplit>();
            case "append":
                return AddedAsync(snapshot, before, cancellation);
            case var operation when others == IcebergOtherSnapshots.Fail:
                throw IcebergErrors.OtherSnapshot.Error(
                    string.Create(CultureInfo.InvariantCulture, $"The snapshot {snapshot.Id} of '{table.Name}' is of the kind '{operation}': it replaces or removes rows, and only rows that are added are read."));
            case var _ when others == IcebergOtherSnapshots.Skip:
                return AsyncEnumerable.Empty<SnapshotSplit>();
            default:
                return DifferenceAsync(snapshot, before, cancellation);
        }
    }

    private async IAsyncEnumerable<SnapshotSplit> WholeAsync(Snapshot snapshot, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ScanTask task in PlanAsync(snapshot, cancellation).ConfigureAwait(false))
        {
            yield return Make(snapshot, null, task, "all");
        }
    }

    // An append has manifests of its own; those of others need not be read.
    private async IAsyncEnumerable<SnapshotSplit> AddedAsync(Snapshot snapshot, Snapshot before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (ManifestFile manifest in (await ManifestList.ReadAsync(table.Files, snapshot, cancellation).ConfigureAwait(false)).Where(m => m.AddedSnapshotId == snapshot.Id && m.Content == ManifestContent.Data))
        {
            await foreach (ManifestEntry entry in ManifestReader.ReadAsync(table.Files, manifest, table.Metadata, cancellation).ConfigureAwait(false))
            {
                if (entry.Status == EntryStatus.Added && entry.SnapshotId == snapshot.Id)
                {
                    yield return Make(snapshot, before, new ScanTask(entry.File with { Metrics = FileMetrics.None }, [], []) { SequenceNumber = entry.SequenceNumber ?? 0 }, "added");
                }
            }
        }
    }

    // Whatever a commit did, it shows in the files and in the deletes that apply to them.
    private async IAsyncEnumerable<SnapshotSplit> DifferenceAsync(Snapshot snapshot, Snapshot before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var old = new Dictionary<string, ScanTask>(StringComparer.Ordinal);
        await foreach (ScanTask task in PlanAsync(before, cancellation).ConfigureAwait(false))
        {
            old.Add(task.File.Path, task);
        }

        var added = new List<ScanTask>();
        await foreach (ScanTask task in PlanAsync(snapshot, cancellation).ConfigureAwait(false))
        {
            if (!old.Remove(task.File.Path, out ScanTask? was))
            {
                added.Add(task);
                continue;
            }

            DataFile[] positions = [.. task.Positions.ExceptBy(was.Positions.Select(f => f.Path), f => f.Path)];
            DataFile[] equalities = [.. task.Equalities.ExceptBy(was.Equalities.Select(f => f.Path), f => f.Path)];
            DataFile? vector = task.Vector is { } now && !IsSame(now, was.Vector) ? now : null;
            if (task.Vector is null && was.Vector is not null)
            {
                throw IcebergErrors.RowsBack(task.File.Path);
            }

            if (positions.Length + equalities.Length > 0 || vector is not null)
            {
                yield return Make(snapshot, before, was, "removed") with { IsRemoved = true, By = new ScanTask(task.File, positions, equalities) { Vector = vector } };
            }
        }

        foreach (ScanTask task in old.Values)
        {
            yield return Make(snapshot, before, task, "removed") with { IsRemoved = true };
        }

        foreach (ScanTask task in added)
        {
            yield return Make(snapshot, before, task, "added");
        }
    }

    // Vectors lie side by side in one file.
    private static bool IsSame(DataFile vector, DataFile? other) => other is not null && vector.Path == other.Path && vector.ContentOffset == other.ContentOffset;

    private IAsyncEnumerable<ScanTask> PlanAsync(Snapshot snapshot, CancellationToken cancellation)
        => new ScanPlanner(table.Files, table.Metadata, snapshot, schema, []).PlanAsync(cancellation);

    private SnapshotSplit Make(Snapshot snapshot, Snapshot? before, ScanTask? task, string what) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{snapshot.Id}#{what}#{(task is null ? "" : table.Files.NameOf(task.File.Path))}"),
        Key = SnapshotPosition.Key,
        EndsKey = false,
        Snapshot = snapshot,
        Before = before?.Id,
        Task = task,
        Bytes = task?.File.Bytes,
    };
}
