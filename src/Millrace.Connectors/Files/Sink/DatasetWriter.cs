using System.Globalization;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Stages the rows of an epoch as complete files, then decides the commit by one record and moves the files to their
/// names. After a commit that failed half-way only a new sink can tell how it ended.
/// </summary>
/// <remarks>
/// What a commit of one file waits for on a disk, in this order: the file and its staged name, since the record names them;
/// the record and its name, since they decide; the file's final name, since readers may rely on it after the return.
/// </remarks>
internal sealed class DatasetWriter : ISinkWriter
{
    private readonly IObjectStore _store;
    private readonly string _job;
    private readonly OutputHold _hold;
    private readonly string _path;
    private readonly string _run;
    private readonly Schema _schema;
    private readonly PartitionSplitter? _splitter;
    private readonly long _bufferBytes;
    private readonly Action<CommitRecord> _onCommitted;
    private readonly Func<string, EpochFiles> _newEpoch;
    private readonly CommitLog _log;
    private readonly DatasetRecovery _recovery;
    private EpochFiles _files;
    private PartitionBuffer _buffer;
    private CommitRecord? _last;
    private bool _replaces;
    private bool _isBroken;

    /// <param name="store">The dataset.</param>
    /// <param name="job">The job's folder.</param>
    /// <param name="hold">The dataset's lock, borrowed.</param>
    /// <param name="path">What the user calls the dataset.</param>
    /// <param name="run">Id of the run.</param>
    /// <param name="schema">Columns of the dataset.</param>
    /// <param name="last">The job's last commit.</param>
    /// <param name="replaces">Whether the first commit takes the place of what is there.</param>
    /// <param name="splitter">Sorts rows into folders; null when all go into one.</param>
    /// <param name="bufferBytes">What rows of partitions without an open file may take in memory.</param>
    /// <param name="onCommitted">Told of every commit.</param>
    /// <param name="newEpoch">Makes the files of an epoch from the start of their names.</param>
    public DatasetWriter(IObjectStore store, string job, OutputHold hold, string path, string run, Schema schema, CommitRecord? last, bool replaces, PartitionSplitter? splitter, long bufferBytes, Action<CommitRecord> onCommitted, Func<string, EpochFiles> newEpoch)
    {
        _store = store;
        _job = job;
        _hold = hold;
        _path = path;
        _run = run;
        _schema = schema;
        _last = last;
        _replaces = replaces;
        _splitter = splitter;
        _bufferBytes = bufferBytes;
        _onCommitted = onCommitted;
        _newEpoch = newEpoch;
        _log = new CommitLog(store, job);
        _recovery = new DatasetRecovery(store, job, hold);
        _files = newEpoch(NextPrefix());
        _buffer = new PartitionBuffer(_files, bufferBytes);
    }

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        ThrowIfBroken();
        if (_splitter is null)
        {
            await _files.WriteAsync("", batch, cancellation).ConfigureAwait(false);
            return;
        }

        List<PartitionGroup> groups = _splitter.Split(batch);
        using RecordBatch columns = _splitter.Select(batch);
        if (groups.Count == 1)
        {
            await _buffer.AddAsync(groups[0].Folder, columns.Share(), cancellation).ConfigureAwait(false);
            return;
        }

        foreach (PartitionGroup group in groups)
        {
            RecordBatch rows = Take.Rows(columns, _splitter.Order.Slice(group.Start, group.Count));
            await _buffer.AddAsync(group.Folder, rows, cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
        => _hold.GuardAsync(_path, () => TryCommitAsync(checkpoint, cancellation));

    /// <summary>The writer can be used on: what follows belongs to the next commit.</summary>
    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        _buffer.Dispose();
        await _files.DisposeAsync().ConfigureAwait(false);
        if (!_isBroken)
        {
            await _files.DropCompleteAsync(cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => AbortAsync(CancellationToken.None);

    private async ValueTask<CommitSummary> TryCommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        ThrowIfBroken();
        if (_last?.Checkpoint is { } last && checkpoint.FencingToken < last.FencingToken)
        {
            throw ProgressErrors.Fenced.Error(
                string.Create(CultureInfo.InvariantCulture, $"The last commit, by {_last.Run}, has token {last.FencingToken}; this run has {checkpoint.FencingToken}."));
        }

        await _buffer.FlushAllAsync(cancellation).ConfigureAwait(false);
        await _files.CompleteAllAsync(cancellation).ConfigureAwait(false);
        IReadOnlyDictionary<string, long>? replaces = _replaces ? await OtherJobsAsync(cancellation).ConfigureAwait(false) : null;
        long sequence = NextSequence;
        var record = new CommitRecord
        {
            Sequence = sequence,
            Kind = RecordKind.Commit,
            Run = _run,
            Begins = _replaces ? new LogStart(sequence, checkpoint.Epoch) : _last?.Begins ?? new LogStart(1, 0),
            Checkpoint = checkpoint,
            Schema = _schema,
            Replaces = replaces,
            Files = [.. _files.Complete],
        };
        if (!await _hold.IsHeldAsync(cancellation).ConfigureAwait(false))
        {
            throw FilesErrors.TakenOver(_path);
        }

        // From here on a failure does not say whether the commit is decided.
        _isBroken = true;
        record = await AppendAsync(record, cancellation).ConfigureAwait(false);
        await _recovery.FinishAsync(_job, record, CancellationToken.None).ConfigureAwait(false);
        if (record.Sequence % CommitLog.KeptEpochs == 0)
        {
            await _log.FoldAsync(CancellationToken.None).ConfigureAwait(false);
        }

        _isBroken = false;
        _last = record;
        _onCommitted(record);
        _replaces = false;
        _files = _newEpoch(NextPrefix());
        _buffer = new PartitionBuffer(_files, _bufferBytes);
        return new CommitSummary(record.Files.Sum(f => f.Rows), record.Files.Sum(f => f.Bytes), [.. record.Files.Select(f => f.Name)]);
    }

    private async ValueTask<CommitRecord> AppendAsync(CommitRecord record, CancellationToken cancellation)
    {
        try
        {
            record = await _log.AppendAsync(record, record.Replaces is null ? _last : null, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
        {
            throw FilesErrors.TakenOver(_path, e);
        }

        // The number may have been taken by one who took over, and be free again because its record is folded by now.
        return await _log.NewestAsync(cancellation).ConfigureAwait(false) == record.Sequence ? record : throw FilesErrors.TakenOver(_path);
    }

    // How far the logs of other jobs go: their rows up to there are what the commit replaces.
    private async ValueTask<IReadOnlyDictionary<string, long>> OtherJobsAsync(CancellationToken cancellation)
    {
        var others = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string other in await CommitLog.JobsAsync(_store, cancellation).ConfigureAwait(false))
        {
            if (other != _job && await new CommitLog(_store, other).NewestAsync(cancellation).ConfigureAwait(false) is > 0 and var newest)
            {
                others.Add(other, newest);
            }
        }

        return others;
    }

    private long NextSequence => (_last?.Sequence ?? 0) + 1;

    private string NextPrefix() => string.Create(CultureInfo.InvariantCulture, $"part-{StoreName.Escape(_run)}-{NextSequence:D6}-");

    private void ThrowIfBroken()
    {
        if (_isBroken)
        {
            throw FilesErrors.CommitUnknown.Error("The last commit failed half-way.");
        }
    }
}
