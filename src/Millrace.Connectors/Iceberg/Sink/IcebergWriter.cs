using System.Globalization;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes the rows of an epoch as data files that nobody sees, and commits them as one snapshot. After a commit whose end is not known only a new sink can tell.</summary>
internal sealed class IcebergWriter : ISinkWriter
{
    private readonly IcebergTable _table;
    private readonly JobSnapshots _job;
    private readonly SinkRequest _request;
    private readonly DataFileLimits _limits;
    private readonly string _branch;
    private readonly RowConversion _conversion;
    private readonly TableSchema _schema;
    private IcebergReplaces? _replaces;
    private DataFileSet _files;
    private JobMark? _last;
    private int _sets;
    private bool _isBroken;

    /// <param name="table">The table, whose schema fits the rows.</param>
    /// <param name="job">The job's snapshots.</param>
    /// <param name="request">How the run writes.</param>
    /// <param name="limits">How large files grow.</param>
    /// <param name="path">What the user calls the table.</param>
    /// <param name="branch">The branch that commits go to.</param>
    /// <param name="replaces">What the first commit takes the place of; null for nothing.</param>
    public IcebergWriter(IcebergTable table, JobSnapshots job, SinkRequest request, DataFileLimits limits, string path, string branch, IcebergReplaces? replaces)
    {
        _table = table;
        _job = job;
        _request = request;
        _limits = limits;
        _branch = branch;
        _replaces = replaces;
        _schema = table.Metadata.Schema;
        _last = job.Last(table.Metadata);
        _files = NewFiles();
        _conversion = new RowConversion(request.Schema, _files.Columns, path, request.Errors ?? FailOnRowError.Instance);
    }

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        ThrowIfBroken();
        using RecordBatch? rows = _conversion.Convert(batch);
        if (rows is not null)
        {
            await _files.WriteAsync(rows, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        ThrowIfBroken();
        await _files.FinishAsync(cancellation).ConfigureAwait(false);
        IReadOnlyList<DataFile> added = [.. _files.Complete];
        JobMark? last = _last;
        var change = new FileChange
        {
            Operation = _replaces is null ? "append" : "overwrite",
            Added = added,
            Removes = Replaced(added),
            Summary = _job.Summary(checkpoint, _request.RunId),
            Branch = _branch,
            Check = m => Check(m, last, checkpoint.FencingToken),
        };

        // From here on a failure need not say whether the commit is made.
        _isBroken = true;
        Snapshot committed = await CommitAsync(change, cancellation).ConfigureAwait(false);
        _last = JobMark.In(committed).First(m => m.Origin == committed.Id);
        _isBroken = false;
        _replaces = null;
        _files = NewFiles();
        return new CommitSummary(added.Sum(f => f.Rows), added.Sum(f => f.Bytes), [.. added.Select(f => _table.Files.Describe(f.Path))]);
    }

    /// <summary>The writer can be used on: what follows belongs to the next commit.</summary>
    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        await _files.DisposeAsync().ConfigureAwait(false);
        if (!_isBroken)
        {
            await _files.DropAsync(cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => AbortAsync(CancellationToken.None);

    private async ValueTask<Snapshot> CommitAsync(FileChange change, CancellationToken cancellation)
    {
        try
        {
            return await _table.CommitAsync(change, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == IcebergErrors.Conflict || e.Code == ProgressErrors.Fenced || e.Code == IcebergErrors.SchemaMisfit)
        {
            // Surely no commit: the files may go.
            _isBroken = false;
            throw;
        }
    }

    private void Check(TableMetadata table, JobMark? last, long token)
    {
        _job.Guard(table, last, token);

        // Files of an older schema stay readable by their ids, unless a column that they lack has become a required one.
        if (table.CurrentSchemaId != _schema.Id && table.Schema.Fields.FirstOrDefault(f => f.Required && _schema.Find(f.Id) is null) is { } missing)
        {
            throw IcebergErrors.SchemaMisfit.Error($"The table has got the required column '{missing.Name}', which the rows lack.");
        }
    }

    private Func<DataFile, bool>? Replaced(IReadOnlyList<DataFile> added)
    {
        switch (_replaces)
        {
            case IcebergReplaces.Table:
                return static _ => true;
            case IcebergReplaces.Partitions:
                // Files of another spec may hold rows of the same partitions, and nobody can tell.
                int spec = _table.Metadata.DefaultSpecId;
                var partitions = added.Select(f => f.Partition).ToHashSet();
                return file => file.SpecId == spec && partitions.Contains(file.Partition);
            default:
                return null;
        }
    }

    private DataFileSet NewFiles()
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"{StoreName.Escape(_request.RunId)}-{_sets++}-{Guid.NewGuid():N}");
        return new DataFileSet(_table.Metadata with { Schemas = [_schema], CurrentSchemaId = _schema.Id }, _table.Files, prefix, _limits);
    }

    private void ThrowIfBroken()
    {
        if (_isBroken)
        {
            throw IcebergErrors.CommitUnknown.Error("The last commit failed half-way.");
        }
    }
}
