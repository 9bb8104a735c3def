namespace Millrace.Connectors.Iceberg;

/// <summary>A table as people ask about it.</summary>
public sealed record TableDescription
{
    public required string Location { get; init; }

    public required string MetadataFile { get; init; }

    public required Guid Uuid { get; init; }

    public required int FormatVersion { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Columns as <c>name type</c>, those without nulls with <c>not null</c>.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Partition fields as <c>day(ts)</c>.</summary>
    public required IReadOnlyList<string> Partition { get; init; }

    public required IReadOnlyDictionary<string, string> Properties { get; init; }

    public required IReadOnlyList<ReferenceDescription> References { get; init; }

    /// <summary>The newest commits of jobs on the main branch.</summary>
    public required IReadOnlyList<JobDescription> Jobs { get; init; }

    public required int Snapshots { get; init; }

    public DateTimeOffset? OldestSnapshotAt { get; init; }

    /// <summary>Of the main branch, from here on.</summary>
    public long? CurrentSnapshot { get; init; }

    public required int Manifests { get; init; }

    public required long DataFiles { get; init; }

    public required long DeleteFiles { get; init; }

    /// <summary>Rows in the data files, those that are deleted among them.</summary>
    public required long Rows { get; init; }

    public required long DataBytes { get; init; }

    /// <summary>Data files below three quarters of the target size.</summary>
    public required long SmallFiles { get; init; }

    public required long TargetFileBytes { get; init; }

    internal static async ValueTask<TableDescription> OfAsync(IcebergTable table, string path, CancellationToken cancellation)
    {
        TableMetadata metadata = table.Metadata;
        List<ManifestFile> manifests = metadata.CurrentSnapshot is { } current ? await ManifestList.ReadAsync(table.Files, current, cancellation).ConfigureAwait(false) : [];
        List<DataFile> files = [.. (await ManifestReader.ReadAllAsync(table.Files, manifests, metadata, cancellation).ConfigureAwait(false)).Where(e => e.IsLive).Select(e => e.File)];
        long target = CompactionOptions.TargetOf(metadata);
        return new TableDescription
        {
            Location = metadata.Location,
            MetadataFile = table.MetadataFile,
            Uuid = metadata.TableUuid,
            FormatVersion = metadata.FormatVersion,
            ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(metadata.LastUpdatedMs),
            Columns = [.. metadata.Schema.Fields.Select(f => $"{f.Name} {f.Type}{(f.Required ? " not null" : "")}")],
            Partition = [.. metadata.Spec.Fields.Select(f => f.Transform.Kind == TransformKind.Identity ? metadata.Schema.PathOf(f.SourceId) : $"{f.Transform}({metadata.Schema.PathOf(f.SourceId)})")],
            Properties = metadata.Properties,
            References = [.. metadata.Refs.Select(r => ReferenceDescription.Of(r.Key, r.Value))],
            Jobs = [.. JobsOf(metadata)],
            Snapshots = metadata.Snapshots.Count,
            OldestSnapshotAt = metadata.Snapshots.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(metadata.Snapshots.Min(s => s.TimestampMs)),
            CurrentSnapshot = metadata.CurrentSnapshotId,
            Manifests = manifests.Count,
            DataFiles = files.LongCount(f => f.Content == FileContent.Data),
            DeleteFiles = files.LongCount(f => f.Content != FileContent.Data),
            Rows = files.Where(f => f.Content == FileContent.Data).Sum(f => f.Rows),
            DataBytes = files.Where(f => f.Content == FileContent.Data).Sum(f => f.Bytes),
            SmallFiles = files.LongCount(f => f.Content == FileContent.Data && CompactionOptions.IsSmall(f.Bytes, target)),
            TargetFileBytes = target,
        };
    }

    private static IEnumerable<JobDescription> JobsOf(TableMetadata metadata)
        => metadata.AncestorsOf(metadata.CurrentSnapshotId).SelectMany(JobMark.In).DistinctBy(m => m.Job).OrderBy(m => m.Job, StringComparer.Ordinal)
            .Select(m => new JobDescription(m.Job, m.Epoch, m.Origin));
}

/// <summary>A branch or tag and how long it is kept; null where the table decides.</summary>
public sealed record ReferenceDescription(string Name, bool IsBranch, long SnapshotId, TimeSpan? MaxAge, int? MinSnapshots, TimeSpan? MaxSnapshotAge)
{
    internal static ReferenceDescription Of(string name, SnapshotRef reference)
        => new(name, reference.IsBranch, reference.SnapshotId, Time(reference.MaxRefAgeMs), reference.MinSnapshotsToKeep, Time(reference.MaxSnapshotAgeMs));

    private static TimeSpan? Time(long? milliseconds) => milliseconds is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, (long)TimeSpan.MaxValue.TotalMilliseconds - 1)) : null;
}

/// <summary>Where a job stands in a table.</summary>
public sealed record JobDescription(string Job, long Epoch, long SnapshotId);
