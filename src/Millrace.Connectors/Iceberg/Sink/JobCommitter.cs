using System.Globalization;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Commits changes of files for one run of a job: with the checkpoint in the summary, and only while no other run has taken the job over.
/// After a commit whose end is not known only a new sink can tell. One thread uses it.
/// </summary>
internal sealed class JobCommitter(IcebergTable table, JobSnapshots job, SinkRequest request, DataFileLimits limits, string branch, SnapshotUpkeep? upkeep = null)
{
    // At about a kilobyte each, what commits take seconds for, and far below what can be read: to expire them the table has to be.
    private const int MostSnapshots = 50_000;

    private JobMark? _last = job.Last(table.Metadata);
    private bool _isBroken;
    private int _sets;

    public IcebergTable Table => table;

    /// <summary>The job's newest commit that the run knows of; null for none.</summary>
    public JobMark? Last => _last;

    /// <summary>The schema that the run writes with.</summary>
    public TableSchema Schema { get; } = table.Metadata.Schema;

    public SinkRequest Request => request;

    /// <summary>The newest snapshot that the run knows of.</summary>
    public Snapshot? Head => table.Metadata.SnapshotOf(branch);

    /// <summary>The table with the schema of the run.</summary>
    public TableMetadata Metadata => table.Metadata with { Schemas = [.. table.Metadata.Schemas.Where(s => s.Id != Schema.Id), Schema], CurrentSchemaId = Schema.Id };

    /// <summary>Whether it is not known how the last commit ended, so that the files of it have to stay.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Start of the names of files, which no other has.</summary>
    public string NextPrefix() => string.Create(CultureInfo.InvariantCulture, $"{StoreName.Escape(request.RunId)}-{_sets++}-{Guid.NewGuid():N}");

    public DataFileSet NewFiles() => new(Metadata, table.Files, NextPrefix(), limits);

    /// <summary>Files for rows that may be in the table already, with <see cref="LineageColumns"/> where the table has that.</summary>
    public DataFileSet NewFilesWithLineage() => new(LineageColumns.Kept(Metadata), table.Files, NextPrefix(), limits);

    public async ValueTask CommitAsync(FileChange change, Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (table.Metadata.Snapshots.Count >= MostSnapshots)
        {
            await MakeRoomAsync(cancellation).ConfigureAwait(false);
        }

        JobMark? last = _last;
        change = change with { Summary = change.Summary.AddRange(job.Summary(checkpoint, request.RunId)), Branch = branch, Check = m => Check(m, last, checkpoint.FencingToken) };

        // From here on a failure need not say whether the commit is made.
        _isBroken = true;
        try
        {
            Snapshot committed = await table.CommitAsync(change, cancellation).ConfigureAwait(false);
            _last = JobMark.In(committed).First(m => m.Origin == committed.Id);
            _isBroken = false;
        }
        catch when (!table.MayBeCommitted)
        {
            // Surely no commit: the files may go.
            _isBroken = false;
            throw;
        }
    }

    /// <summary>Looks after the table behind a commit, when the writer has let go of the files that the commit names.</summary>
    public async ValueTask UpkeepAsync(CancellationToken cancellation)
    {
        if (upkeep is not null)
        {
            await upkeep.RunAsync(table, cancellation).ConfigureAwait(false);
        }
    }

    public void ThrowIfBroken()
    {
        if (_isBroken)
        {
            throw IcebergErrors.CommitUnknown.Error("The last commit failed half-way.");
        }
    }

    private async ValueTask MakeRoomAsync(CancellationToken cancellation)
    {
        if (upkeep is not null)
        {
            await upkeep.MakeRoomAsync(table, cancellation).ConfigureAwait(false);
        }

        if (table.Metadata.Snapshots.Count >= MostSnapshots)
        {
            throw IcebergErrors.Limit(table.Files.Location, string.Create(CultureInfo.InvariantCulture, $"The table has {table.Metadata.Snapshots.Count} snapshots, and {MostSnapshots} are allowed"));
        }
    }

    private void Check(TableMetadata now, JobMark? last, long token)
    {
        job.Guard(now, last, token);

        // Files of an older schema stay readable by their ids, unless a column that they lack has become a required one.
        if (now.CurrentSchemaId != Schema.Id && now.Schema.Fields.FirstOrDefault(f => f.Required && Schema.Find(f.Id) is null) is { } missing)
        {
            throw IcebergErrors.SchemaMisfit.Error($"The table has got the required column '{missing.Name}', which the rows lack.");
        }
    }
}
