namespace Millrace.Connectors.Iceberg;

/// <summary>How manifests are written anew.</summary>
public sealed record ManifestOptions
{
    public string Branch { get; init; } = SnapshotRef.Main;

    /// <summary>Size of a manifest, about; null for what the table asks for, or 8 MiB.</summary>
    public long? TargetBytes { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>Manifests before and after, with the files that they name.</summary>
public sealed record ManifestReport(int Before, long BytesBefore, int After, long BytesAfter, long Files, bool Changed);

/// <summary>Writes the manifests of a branch anew, the files of a partition together, so that plans with a filter read few of them.</summary>
internal static class ManifestRewrite
{
    public static async ValueTask<ManifestReport> RunAsync(IcebergTable table, string path, ManifestOptions options, CancellationToken cancellation)
    {
        if (table.Metadata.SnapshotOf(options.Branch) is not { } snapshot)
        {
            return options.Branch == SnapshotRef.Main ? new ManifestReport(0, 0, 0, 0, 0, false) : throw MaintenanceErrors.NoReference(table.Metadata, path, options.Branch);
        }

        List<ManifestFile> before = [.. (await ManifestList.ReadAsync(table.Files, snapshot, cancellation).ConfigureAwait(false)).Where(m => m.HasLive)];
        long target = options.TargetBytes ?? (ManifestMerging.Of(table.Metadata.Properties.Remove("commit.manifest-merge.enabled")) ?? throw new System.Diagnostics.UnreachableException()).TargetBytes;
        var clustering = new ManifestClustering(target);
        long files = before.Sum(m => (long)(m.AddedFiles ?? 0) + (m.ExistingFiles ?? 0));
        var unchanged = new ManifestReport(before.Count, before.Sum(m => m.Length), before.Count, before.Sum(m => m.Length), files, false);
        if (!clustering.IsWorthwhile(before))
        {
            return unchanged;
        }

        if (options.DryRun)
        {
            return unchanged with { After = clustering.Estimate(before), Changed = true };
        }

        table.RequireWritable();
        Snapshot after = await table.CommitAsync(new FileChange { Operation = "replace", Branch = options.Branch, Clustering = clustering }, cancellation).ConfigureAwait(false);
        List<ManifestFile> manifests = await ManifestList.ReadAsync(table.Files, after, cancellation).ConfigureAwait(false);
        return new ManifestReport(before.Count, before.Sum(m => m.Length), manifests.Count, manifests.Sum(m => m.Length), files, true);
    }
}
