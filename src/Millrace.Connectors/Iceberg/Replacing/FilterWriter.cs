using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Replaces the rows of a table that match a filter, in one commit: files of which every row matches are taken out, and those of which some
/// do are written anew without them.
/// </summary>
internal sealed class FilterWriter : ISinkWriter
{
    private const int MaxRepeats = 20;

    private readonly JobCommitter _commits;
    private readonly string _path;
    private readonly string _filter;
    private readonly List<ColumnPredicate> _predicates;
    private readonly PredicateFilter _test;
    private readonly RowConversion _conversion;
    private readonly IRowErrorHandler _errors;
    private DataFileSet _files;
    private DataFileSet _rest;

    /// <param name="commits">Commits to the table, whose schema fits the rows.</param>
    /// <param name="path">What the user calls the table.</param>
    /// <param name="filter">The filter.</param>
    public FilterWriter(JobCommitter commits, string path, string filter)
    {
        _commits = commits;
        _path = path;
        _filter = filter;
        _predicates = FilterExpression.Parse(filter, commits.Schema, path);
        _test = new PredicateFilter(_predicates);
        _files = commits.NewFiles();
        _rest = commits.NewFilesWithLineage();
        _errors = commits.Request.Errors ?? FailOnRowError.Instance;
        _conversion = new RowConversion(commits.Request.Schema, _files.Columns, path, _errors, schema: commits.Table.Metadata.Schema);
    }

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        _commits.ThrowIfBroken();
        using RecordBatch? rows = _conversion.Convert(batch);
        if (rows is null)
        {
            return;
        }

        bool[] matches = Matches(rows);
        int[] kept = [.. Enumerable.Range(0, matches.Length).Where(r => matches[r])];
        if (kept.Length == rows.Length)
        {
            await _files.WriteAsync(rows, cancellation).ConfigureAwait(false);
            return;
        }

        foreach (int row in Enumerable.Range(0, matches.Length).Where(r => !matches[r]))
        {
            // Where others were set aside before, its number among those given is lost.
            var place = new ErrorPlace { File = _path, Row = rows.Length == batch.Length ? _conversion.FirstGiven + row : null };

            // The next run would not replace it, and add it once more.
            _errors.OnRowError(new RowError(IcebergErrors.OutsideFilter, $"The row does not match the filter {_filter} of the rows that are replaced.", place, JsonRow.Of(rows.Schema, [.. rows.Columns], row))
            {
                Stage = RowStage.Convert,
                Form = RawForm.Json,
            });
        }

        if (kept.Length > 0)
        {
            using RecordBatch good = Take.Rows(rows, kept);
            await _files.WriteAsync(good, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        _commits.ThrowIfBroken();
        await _files.FinishAsync(cancellation).ConfigureAwait(false);
        IReadOnlyList<DataFile> added = [.. _files.Complete];
        for (int attempt = 1; ; attempt++)
        {
            FileChange change = await ChangeAsync(added, cancellation).ConfigureAwait(false);
            try
            {
                await _commits.CommitAsync(change, checkpoint, cancellation).ConfigureAwait(false);
                break;
            }
            catch (MillraceException e) when (e.Code == IcebergErrors.Conflict && attempt < MaxRepeats)
            {
                // Another writer has got rows in that may match, too.
                await DropRestAsync(cancellation).ConfigureAwait(false);
            }
        }

        _conversion.Restart();
        _files = _commits.NewFiles();
        _rest = _commits.NewFilesWithLineage();
        await _commits.UpkeepAsync(cancellation).ConfigureAwait(false);
        return new CommitSummary(added.Sum(f => f.Rows), added.Sum(f => f.Bytes), [.. added.Select(f => _commits.Table.Files.Describe(f.Path))]);
    }

    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        _conversion.Restart();
        await _files.DisposeAsync().ConfigureAwait(false);
        await _rest.DisposeAsync().ConfigureAwait(false);
        if (!_commits.IsBroken)
        {
            await _files.DropAsync(cancellation).ConfigureAwait(false);
            await _rest.DropAsync(cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _test.Dispose();
        _predicates.ForEach(p => p.Value?.Dispose());
        _predicates.Clear();
        await AbortAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask<FileChange> ChangeAsync(IReadOnlyList<DataFile> added, CancellationToken cancellation)
    {
        if (!_commits.Table.IsStaged)
        {
            await _commits.Table.RefreshAsync(cancellation).ConfigureAwait(false);
        }

        TableMetadata table = _commits.Metadata;
        Snapshot? start = _commits.Head;
        List<ScanPredicate> bound = ScanPredicate.Bind(_predicates, _commits.Schema);
        var removed = new HashSet<string>(StringComparer.Ordinal);
        if (start is not null)
        {
            // Figures of files are not kept behind the planning.
            var whole = new HashSet<string>(StringComparer.Ordinal);
            var planner = new ScanPlanner(_commits.Table.Files, table, start, _commits.Schema, _predicates)
            {
                Keeps = file =>
                {
                    _ = FilterCertainty.IsCertain(file, bound) && whole.Add(file.Path);
                    return true;
                },
            };
            using var scan = new MergeScan(_commits.Table.Files, table, _commits.Schema, LineageColumns.Kept(table).Schema.Fields);
            await foreach (ScanTask task in planner.PlanAsync(cancellation).ConfigureAwait(false))
            {
                if (whole.Contains(task.File.Path) || await KeepRestAsync(scan, task, cancellation).ConfigureAwait(false))
                {
                    removed.Add(task.File.Path);
                }
            }
        }

        await _rest.FinishAsync(cancellation).ConfigureAwait(false);
        return new FileChange
        {
            Operation = "overwrite",
            Added = [.. added, .. _rest.Complete],
            Removes = removed.Count > 0 ? file => removed.Contains(file.Path) : null,
            Needs = removed,
            BasedOn = start?.Id,
            ConflictsWith = file => file.Content != FileContent.Data || MetricsPruner.MayMatch(file, bound),
        };
    }

    // Writes the rows of a file that do not match; false when none matches, so that the file stays. A second look costs less than
    // rows that wait.
    private async ValueTask<bool> KeepRestAsync(MergeScan scan, ScanTask task, CancellationToken cancellation)
    {
        var file = new MergedFile(task, isOwn: false);
        await foreach (NumberedRows read in scan.ReadAsync(file, cancellation).ConfigureAwait(false))
        {
            using (read)
            {
                bool[] matches = Matches(read.Rows);
                for (int row = 0; row < matches.Length; row++)
                {
                    if (matches[row])
                    {
                        file.Dead.Set(read.Numbers.Values[row]);
                    }
                }
            }
        }

        if (file.Dead.Count == 0)
        {
            return false;
        }

        await FileRewrite.CopyLiveAsync(scan, file, _rest, cancellation).ConfigureAwait(false);
        return true;
    }

    private async ValueTask DropRestAsync(CancellationToken cancellation)
    {
        await _rest.DisposeAsync().ConfigureAwait(false);
        await _rest.DropAsync(cancellation).ConfigureAwait(false);
        _rest = _commits.NewFilesWithLineage();
    }

    private bool[] Matches(RecordBatch rows)
    {
        using BooleanColumn? test = _test.Test(rows);
        bool[] matches = new bool[rows.Length];
        for (int row = 0; row < matches.Length; row++)
        {
            matches[row] = test is null || (!test.IsNull(row) && test.Values[row]);
        }

        return matches;
    }
}
