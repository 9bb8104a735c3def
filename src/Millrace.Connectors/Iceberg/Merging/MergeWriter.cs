using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Merges the rows of an epoch into a table by key, and commits them as one snapshot. Rows wait in memory up to a limit, so that of several
/// with one key only the last is written; what is beyond is merged block by block.
/// </summary>
internal sealed class MergeWriter : ISinkWriter
{
    // Rows that wait are held once, their keys twice.
    public const long BlockBytes = 96 << 20;
    private const int MaxRepeats = 20;

    private readonly JobCommitter _commits;
    private readonly MergeTarget _target;
    private readonly MergeRules _rules;
    private readonly IcebergRowChanges _changes;
    private readonly IReadOnlySet<string> _absent;
    private readonly RowConversion _conversion;
    private readonly TimeProvider _time;
    private readonly StagedRows _staged = new();
    private MergeEpoch? _epoch;
    private long _rows;
    private bool _isEmptied;
    private bool _isFlushed;
    private bool _hasBlocks;

    /// <param name="commits">Commits to the table, whose schema fits the rows.</param>
    /// <param name="target">The table.</param>
    /// <param name="rules">How rows are merged.</param>
    /// <param name="changes">How rows of the table are replaced.</param>
    /// <param name="time">The clock for versions and marks.</param>
    public MergeWriter(JobCommitter commits, MergeTarget target, MergeRules rules, IcebergRowChanges changes, TimeProvider time)
    {
        SinkRequest request = commits.Request;
        _commits = commits;
        _rules = rules;
        _changes = changes;
        _time = time;
        _target = target;
        _absent = target.Columns.Fields.Select(f => f.Name).Where(n => !rules.RemovesMissing && request.Schema.IndexOf(n) < 0 && rules.Added.All(a => a.Name != n)).ToHashSet(StringComparer.Ordinal);
        Schema columns = rules.RemovesMissing ? new Schema(target.Key.Select(k => target.Columns[k])) : target.Columns;
        _conversion = new RowConversion(request.Schema, columns, target.Path, request.Errors ?? FailOnRowError.Instance, request.Key, rules.RemovesMissing ? null : target.Schema);
    }

    /// <summary>Most bytes of rows that wait.</summary>
    public long BlockSize { get; init; } = BlockBytes;

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        _commits.ThrowIfBroken();
        if (_conversion.Convert(batch) is not { } rows)
        {
            return;
        }

        _rows += rows.Length;
        _staged.Add(rows);
        if (_staged.Bytes >= BlockSize)
        {
            await MergeAsync(cancellation).ConfigureAwait(false);
            _staged.Clear();
            _hasBlocks = true;
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        _commits.ThrowIfBroken();
        if (!_isFlushed)
        {
            await MergeAsync(cancellation).ConfigureAwait(false);
            await _epoch!.EndAsync(cancellation).ConfigureAwait(false);
            _isFlushed = true;
        }
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        FileChange change = await CommitChangeAsync(checkpoint, cancellation).ConfigureAwait(false);
        long rows = _rules.RemovesMissing ? _epoch!.Removed : _rows;
        await DropUselessAsync().ConfigureAwait(false);
        await ForgetAsync().ConfigureAwait(false);
        await _commits.UpkeepAsync(cancellation).ConfigureAwait(false);

        // The bytes of rows that are deleted by their place are known to the commit alone.
        DataFile[] files = [.. change.Added, .. change.AddedDeletes];
        return new CommitSummary(rows, SnapshotTotals.Read(_commits.Last!.Snapshot, SnapshotTotals.AddedBytes) ?? 0, [.. files.Select(f => _target.Files.Describe(f.Path))]);
    }

    /// <summary>The writer can be used on: what follows belongs to the next commit.</summary>
    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        MergeEpoch? epoch = _epoch;
        await ForgetAsync().ConfigureAwait(false);
        if (epoch is not null && !_commits.IsBroken)
        {
            await epoch.DropAsync(cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => AbortAsync(CancellationToken.None);

    // Another writer may have got rows of the same keys in: then the merge is worked out anew from the table as it is.
    private async ValueTask<FileChange> CommitChangeAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            await FlushAsync(cancellation).ConfigureAwait(false);
            FileChange change = await _epoch!.ChangeAsync(cancellation).ConfigureAwait(false);
            try
            {
                await _commits.CommitAsync(change, checkpoint, cancellation).ConfigureAwait(false);
                return change;
            }
            catch (MillraceException e) when (e.Code == IcebergErrors.Conflict && !_hasBlocks && attempt < MaxRepeats)
            {
                await _epoch.DropAsync(cancellation).ConfigureAwait(false);
                await _epoch.DisposeAsync().ConfigureAwait(false);
                _epoch = null;
                _isFlushed = false;
            }
        }
    }

    private async ValueTask MergeAsync(CancellationToken cancellation)
    {
        if (_epoch is null)
        {
            if (!_commits.Table.IsStaged)
            {
                await _commits.Table.RefreshAsync(cancellation).ConfigureAwait(false);
            }

            _epoch = new MergeEpoch(_commits, _target, _rules, _changes, _absent, _time.GetUtcNow());
        }

        // Kept for a repetition, whose rows do not say so any more.
        if (_staged.ForgetTruncated() || (_isEmptied && !_hasBlocks))
        {
            _isEmptied = true;
            await _epoch.EmptyAsync(cancellation).ConfigureAwait(false);
        }

        if (_staged.Count > 0)
        {
            await _epoch.MergeAsync(_staged, cancellation).ConfigureAwait(false);
        }
    }

    // Only saves room: the commit is made.
    private async ValueTask DropUselessAsync()
    {
        try
        {
            await _epoch!.DropUselessAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (MillraceException)
        {
        }
    }

    private async ValueTask ForgetAsync()
    {
        _staged.Clear();
        _conversion.Restart();
        _rows = 0;
        (_isEmptied, _isFlushed, _hasBlocks) = (false, false, false);
        if (_epoch is { } epoch)
        {
            _epoch = null;
            await epoch.DisposeAsync().ConfigureAwait(false);
        }
    }
}
