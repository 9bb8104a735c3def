using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes the rows of an epoch as data files that nobody sees, and commits them as one snapshot.</summary>
internal sealed class IcebergWriter : ISinkWriter
{
    private readonly JobCommitter _commits;
    private readonly RowConversion _conversion;
    private IcebergReplaces? _replaces;
    private DataFileSet _files;

    /// <param name="commits">Commits to the table, whose schema fits the rows.</param>
    /// <param name="path">What the user calls the table.</param>
    /// <param name="replaces">What the first commit takes the place of; null for nothing.</param>
    public IcebergWriter(JobCommitter commits, string path, IcebergReplaces? replaces)
    {
        _commits = commits;
        _replaces = replaces;
        _files = commits.NewFiles();
        _conversion = new RowConversion(commits.Request.Schema, _files.Columns, path, commits.Request.Errors ?? FailOnRowError.Instance, schema: commits.Table.Metadata.Schema);
    }

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        _commits.ThrowIfBroken();
        using RecordBatch? rows = _conversion.Convert(batch);
        if (rows is not null)
        {
            await _files.WriteAsync(rows, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        _commits.ThrowIfBroken();
        await _files.FinishAsync(cancellation).ConfigureAwait(false);
        IReadOnlyList<DataFile> added = [.. _files.Complete];
        var change = new FileChange { Operation = _replaces is null ? "append" : "overwrite", Added = added, Removes = Replaced(added) };
        await _commits.CommitAsync(change, checkpoint, cancellation).ConfigureAwait(false);
        _replaces = null;
        _conversion.Restart();
        _files = _commits.NewFiles();
        await _commits.UpkeepAsync(cancellation).ConfigureAwait(false);
        return new CommitSummary(added.Sum(f => f.Rows), added.Sum(f => f.Bytes), [.. added.Select(f => _commits.Table.Files.Describe(f.Path))]);
    }

    /// <summary>The writer can be used on: what follows belongs to the next commit.</summary>
    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        _conversion.Restart();
        await _files.DisposeAsync().ConfigureAwait(false);
        if (!_commits.IsBroken)
        {
            await _files.DropAsync(cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => AbortAsync(CancellationToken.None);

    private Func<DataFile, bool>? Replaced(IReadOnlyList<DataFile> added)
    {
        switch (_replaces)
        {
            case IcebergReplaces.Table:
                return static _ => true;
            case IcebergReplaces.Partitions:
                // Files of another spec may hold rows of the same partitions, and nobody can tell.
                int spec = _commits.Table.Metadata.DefaultSpecId;
                var partitions = added.Select(f => f.Partition).ToHashSet();
                return file => file.SpecId == spec && partitions.Contains(file.Partition);
            default:
                return null;
        }
    }
}
