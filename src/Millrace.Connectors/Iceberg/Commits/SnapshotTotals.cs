using System.Collections.Immutable;
using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>Counts what a commit adds and removes, for its summary (specification, "Optional Snapshot Summary Fields").</summary>
internal sealed class SnapshotTotals
{
    /// <summary>How many deletion vectors a commit took out.</summary>
    public const string RemovedVectors = "removed-dvs";

    /// <summary>How many bytes a commit added.</summary>
    public const string AddedBytes = "added-files-size";

    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<(int Spec, PartitionTuple Partition)> _partitions = [];

    public void Add(DataFile file) => Count(file, "added", AddedBytes);

    public void Remove(DataFile file) => Count(file, file.Content == FileContent.Data ? "deleted" : "removed", "removed-files-size");

    /// <summary>The summary, with totals that go on from those of the parent where it has them.</summary>
    public ImmutableSortedDictionary<string, string> Summary(string operation, Snapshot? parent, ImmutableSortedDictionary<string, string> more)
    {
        ImmutableSortedDictionary<string, string>.Builder summary = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        summary["operation"] = operation;
        foreach ((string name, long count) in _counts)
        {
            summary[name] = count.ToString(CultureInfo.InvariantCulture);
        }

        summary["changed-partition-count"] = _partitions.Count.ToString(CultureInfo.InvariantCulture);
        Total(summary, parent, "total-data-files", Get("added-data-files") - Get("deleted-data-files"));
        Total(summary, parent, "total-records", Get("added-records") - Get("deleted-records"));
        Total(summary, parent, "total-files-size", Get(AddedBytes) - Get("removed-files-size"));
        Total(summary, parent, "total-delete-files", Get("added-delete-files") - Get("removed-delete-files"));
        Total(summary, parent, "total-position-deletes", Get("added-position-deletes") - Get("removed-position-deletes"));
        Total(summary, parent, "total-equality-deletes", Get("added-equality-deletes") - Get("removed-equality-deletes"));
        summary.AddRange(more);
        return summary.ToImmutable();
    }

    /// <summary>A number in the summary of a snapshot; null where it has none.</summary>
    public static long? Read(Snapshot snapshot, string name)
        => long.TryParse(snapshot.Summary.GetValueOrDefault(name), CultureInfo.InvariantCulture, out long number) ? number : null;

    private void Count(DataFile file, string verb, string size)
    {
        _partitions.Add((file.SpecId, file.Partition));

        // Vectors share a file.
        Plus(size, file.ContentSize ?? file.Bytes);
        switch (file.Content)
        {
            case FileContent.Data:
                Plus($"{verb}-data-files", 1);
                Plus($"{verb}-records", file.Rows);
                break;
            case FileContent.PositionDeletes:
                Plus($"{verb}-delete-files", 1);
                Plus(file.IsVector ? $"{verb}-dvs" : $"{verb}-position-delete-files", 1);
                Plus($"{verb}-position-deletes", file.Rows);
                break;
            default:
                Plus($"{verb}-delete-files", 1);
                Plus($"{verb}-equality-delete-files", 1);
                Plus($"{verb}-equality-deletes", file.Rows);
                break;
        }
    }

    private void Plus(string name, long count) => _counts[name] = Get(name) + count;

    private long Get(string name) => _counts.GetValueOrDefault(name);

    // A parent that does not tell its total leaves it unknown for good.
    private static void Total(ImmutableSortedDictionary<string, string>.Builder summary, Snapshot? parent, string name, long change)
    {
        long before = 0;
        if (parent is null || long.TryParse(parent.Summary.GetValueOrDefault(name), CultureInfo.InvariantCulture, out before))
        {
            summary[name] = Math.Max(0, before + change).ToString(CultureInfo.InvariantCulture);
        }
    }
}
