namespace Millrace.Connectors.Iceberg;

/// <summary>Looks after one table: what it holds, its branches and tags, and files that have become too many, too small or of no use. One thread at a time uses it.</summary>
public sealed class TableMaintenance : IAsyncDisposable
{
    private readonly IcebergPlace _place;

    internal TableMaintenance(IcebergPlace place) => _place = place;

    /// <summary>What the user calls the table.</summary>
    public string Path => _place.Path;

    public async ValueTask<TableDescription> DescribeAsync(CancellationToken cancellation)
        => await TableDescription.OfAsync(await _place.RequireAsync(cancellation).ConfigureAwait(false), Path, cancellation).ConfigureAwait(false);

    /// <summary>The snapshots, the newest first.</summary>
    public async ValueTask<IReadOnlyList<SnapshotDescription>> SnapshotsAsync(CancellationToken cancellation)
        => SnapshotDescription.AllOf((await _place.RequireAsync(cancellation).ConfigureAwait(false)).Metadata);

    /// <summary>Takes a branch back to a snapshot of its line.</summary>
    public async ValueTask<RollbackReport> RollbackAsync(RollbackRequest request, CancellationToken cancellation)
        => await Rollback.RunAsync(await _place.RequireAsync(cancellation).ConfigureAwait(false), Path, request, cancellation).ConfigureAwait(false);

    /// <summary>Makes, moves or removes a branch or tag.</summary>
    public async ValueTask<ReferenceReport> ChangeAsync(ReferenceRequest request, CancellationToken cancellation)
        => await ReferenceChange.RunAsync(await _place.RequireAsync(cancellation).ConfigureAwait(false), Path, request, cancellation).ConfigureAwait(false);

    /// <summary>Writes small files, and files with deleted rows, anew.</summary>
    public async ValueTask<CompactionReport> CompactAsync(CompactionOptions options, CancellationToken cancellation)
        => await new Compaction(await _place.RequireAsync(cancellation).ConfigureAwait(false), Path, options).RunAsync(cancellation).ConfigureAwait(false);

    /// <summary>Forgets old snapshots and removes the files that only they named.</summary>
    public async ValueTask<ExpiryReport> ExpireAsync(ExpiryOptions options, CancellationToken cancellation)
        => await new SnapshotExpiry(await _place.RequireAsync(cancellation).ConfigureAwait(false), Path, options, _place.Time).RunAsync(cancellation).ConfigureAwait(false);

    /// <summary>Removes files that no metadata names.</summary>
    public async ValueTask<OrphanReport> RemoveOrphansAsync(OrphanOptions options, CancellationToken cancellation)
        => await OrphanRemoval.RunAsync(await _place.RequireAsync(cancellation).ConfigureAwait(false), Path, options, _place.Time, cancellation).ConfigureAwait(false);

    /// <summary>Writes the manifests of a branch anew: fewer, and the files of a partition together.</summary>
    public async ValueTask<ManifestReport> RewriteManifestsAsync(ManifestOptions options, CancellationToken cancellation)
        => await ManifestRewrite.RunAsync(await _place.RequireAsync(cancellation).ConfigureAwait(false), Path, options, cancellation).ConfigureAwait(false);

    public ValueTask DisposeAsync() => _place.DisposeAsync();
}
