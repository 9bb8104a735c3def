using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// One epoch of a merge as worked out from one snapshot: the new rows in files that nobody sees, and for every data file which of its rows
/// they replace. Rows come block by block; each block is merged with the snapshot and with what the blocks before it wrote. One thread uses it.
/// </summary>
internal sealed class MergeEpoch : IAsyncDisposable
{
    private const int ChunkRows = 1 << 13;

    private readonly JobCommitter _commits;
    private readonly MergeTarget _target;
    private readonly MergeRules _rules;
    private readonly IcebergRowChanges _changes;
    private readonly IReadOnlySet<string> _absent;
    private readonly DateTimeOffset _now;
    private readonly TableMetadata _table;
    private readonly bool _hasIds;
    private readonly Dictionary<string, MergedFile> _files = new(StringComparer.Ordinal);
    private readonly List<DataFileSet> _sets = [];
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _useless = new(StringComparer.Ordinal);
    private readonly List<DataFile> _keys = [];
    private Snapshot? _start;
    private DataFileSet _own;
    private KeyPruning? _pruning;
    private int _blocks;
    private bool _isEmptied;
    private bool _hasReadRows;

    /// <param name="commits">The table as of which rows are merged.</param>
    /// <param name="target">The same as the run sees it.</param>
    /// <param name="rules">How rows are merged.</param>
    /// <param name="changes">How rows of the table are replaced.</param>
    /// <param name="absent">Columns of the table that the rows lack.</param>
    /// <param name="now">The time for versions and marks.</param>
    public MergeEpoch(JobCommitter commits, MergeTarget target, MergeRules rules, IcebergRowChanges changes, IReadOnlySet<string> absent, DateTimeOffset now)
    {
        _commits = commits;
        _target = target;
        _rules = rules;
        _changes = changes;
        _absent = absent;
        _now = now;
        _table = commits.Metadata;
        _hasIds = _table.FormatVersion > 2;
        _start = commits.Head;
        _own = NewSet();
    }

    /// <summary>Rows of the table that were found to be gone.</summary>
    public long Removed { get; private set; }

    private IEnumerable<MergedFile> Own => _files.Values.Where(f => f.IsOwn);

    /// <summary>The table was emptied: what was there before the rows that follow is gone.</summary>
    public async ValueTask EmptyAsync(CancellationToken cancellation)
    {
        if (_rules.KeepsVersions)
        {
            await new MissingRows(_rules, _own, _now).CloseAllAsync(NewScan(_target.Schema.Fields), await AllAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            await EndBlockAsync(cancellation).ConfigureAwait(false);
            return;
        }

        await DropAsync(cancellation).ConfigureAwait(false);
        _files.Clear();
        _keys.Clear();
        _start = null;
        _isEmptied = true;
        _own = NewSet();
    }

    /// <summary>Merges some rows; of several with one key the last counts.</summary>
    /// <param name="staged">At least one row, none of which says that the table was emptied. Borrowed.</param>
    /// <param name="cancellation">Stops the merging.</param>
    public async ValueTask MergeAsync(StagedRows staged, CancellationToken cancellation)
    {
        _blocks++;
        _pruning?.Dispose();
        _pruning = null;
        using KeyedRows rows = KeyedRows.Of(staged, _target.Key);
        _pruning = new KeyPruning(_table, _target.KeyFields, rows.Keys.Keys);
        using var old = new OldRows(rows.Keys.Count);
        KeptIds? ids = _hasIds ? new KeptIds(rows.Keys.Count) : null;
        await LookUpAsync(rows, _pruning, old, ids, cancellation).ConfigureAwait(false);
        if (!_rules.RemovesMissing)
        {
            bool[] same = new bool[rows.Keys.Count];
            await WriteAsync(rows, old, ids, same, cancellation).ConfigureAwait(false);
            await ReplaceAsync(old, same, rows.IsGone, cancellation).ConfigureAwait(false);
            if (_changes == IcebergRowChanges.EqualityDeletes && _start is not null)
            {
                await WriteKeysAsync(rows, cancellation).ConfigureAwait(false);
            }
        }

        await EndBlockAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>All rows have been merged: what the table has beside them is gone, where they are all that there are.</summary>
    public async ValueTask EndAsync(CancellationToken cancellation)
    {
        if (_rules.FindsMissing)
        {
            IReadOnlyList<IcebergField> columns = _rules.KeepsVersions || _rules.MarksMissing ? _target.Schema.Fields : _target.KeyFields;
            var missing = new MissingRows(_rules, _own, _now);
            await missing.RemoveAsync(NewScan(columns), (await AllAsync(cancellation).ConfigureAwait(false)).Where(f => !f.IsOwn), cancellation).ConfigureAwait(false);
            Removed = missing.Removed;
        }

        await _own.FinishAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The change of files that makes it so.</summary>
    public async ValueTask<FileChange> ChangeAsync(CancellationToken cancellation)
    {
        List<MergedFile> changed = [.. _files.Values.Where(f => f.Dead.Count > 0)];
        List<MergedFile> rewritten = [.. changed.Where(f => f.Dead.IsFull || _changes == IcebergRowChanges.CopyOnWrite)];
        using (var scan = new MergeScan(_target.Files, _table, _target.Schema, LineageColumns.Kept(_table).Schema.Fields))
        {
            foreach (MergedFile file in rewritten.Where(f => !f.Dead.IsFull))
            {
                await FileRewrite.CopyLiveAsync(scan, file, _own, cancellation).ConfigureAwait(false);
            }
        }

        await _own.FinishAsync(cancellation).ConfigureAwait(false);
        _useless.UnionWith(rewritten.Where(f => f.IsOwn).Select(f => f.File.Path));
        HashSet<string> removed = [.. rewritten.Where(f => !f.IsOwn).Select(f => f.File.Path)];
        DataFile[] added = [.. _own.Complete.Where(f => !_useless.Contains(f.Path))];
        DeadRows[] dead = [.. changed.Except(rewritten).Select(f => new DeadRows(f.File, f.Dead))];
        bool removes = _isEmptied || removed.Count > 0 || dead.Length > 0 || _keys.Count > 0;
        return new FileChange
        {
            Operation = !removes ? "append" : added.Length > 0 ? "overwrite" : "delete",
            Added = added,
            AddedDeletes = [.. _keys],
            Dead = dead,
            Removes = _isEmptied ? static _ => true : removed.Count > 0 ? file => removed.Contains(file.Path) : null,
            Needs = changed.Where(f => !f.IsOwn).Select(f => f.File.Path).ToHashSet(StringComparer.Ordinal),
            BasedOn = _start?.Id,
            ConflictsWith = _isEmptied ? null : Conflicts,
        };
    }

    /// <summary>Removes the files that the commit does not name, or all of them when there is none.</summary>
    public async ValueTask DropUselessAsync(CancellationToken cancellation)
        => await _target.Files.Store.DeleteAllAsync(_useless.Select(_target.Files.NameOf), cancellation).ConfigureAwait(false);

    public async ValueTask DropAsync(CancellationToken cancellation)
    {
        await DisposeSetsAsync().ConfigureAwait(false);
        foreach (DataFileSet set in _sets)
        {
            await set.DropAsync(cancellation).ConfigureAwait(false);
        }

        _sets.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeSetsAsync().ConfigureAwait(false);
        _pruning?.Dispose();
    }

    private async ValueTask LookUpAsync(KeyedRows rows, KeyPruning pruning, OldRows old, KeptIds? ids, CancellationToken cancellation)
    {
        bool readsValues = _rules.ComparesRows || _absent.Count > 0 || rows.LeftOut.Count > 0;
        _hasReadRows |= readsValues;
        if (rows.LeftOut.FirstOrDefault(n => _target.Columns.IndexOf(n) < 0) is { } unknown)
        {
            throw IcebergErrors.SchemaMisfit.Error($"A row leaves the value of '{unknown}' as it was, and the table has no such column.", ErrorPlace.InFile(_target.Path), "A column of a read of changes keeps its name.");
        }

        List<MergedFile> candidates = [.. Own.Where(f => pruning.MayHold(f.File))];
        if (_changes != IcebergRowChanges.EqualityDeletes || readsValues)
        {
            await FindAsync(candidates, pruning, cancellation).ConfigureAwait(false);
        }

        IReadOnlyList<IcebergField> columns = _rules.ComparesRows ? _target.Schema.Fields
            : [.. _target.KeyFields, .. _target.Schema.Fields.Except(_target.KeyFields).Where(f => _absent.Contains(f.Name) || rows.LeftOut.Contains(f.Name))];
        int[] key = [.. _target.KeyFields.Select(k => columns.ToList().IndexOf(k))];
        using MergeScan scan = NewScan(columns);
        foreach (MergedFile file in candidates)
        {
            await foreach (NumberedRows read in scan.ReadAsync(file, cancellation).ConfigureAwait(false))
            {
                using (read)
                {
                    Match(read, key, rows.Keys, readsValues ? old : null, ids);
                }
            }
        }
    }

    // Rows that are dead already are nobody's, and of versions only the one that holds counts.
    private void Match(NumberedRows read, int[] key, KeyTable keys, OldRows? old, KeptIds? ids)
    {
        int[] groups = new int[read.Rows.Length];
        keys.Find(Array.ConvertAll(key, k => read.Rows[k]), groups);
        ReadOnlySpan<long> numbers = read.Numbers.Values;
        Column? current = _rules.KeepsVersions ? read.Rows[HistoryColumns.IsCurrent] : null;
        var found = new List<int>();
        for (int row = 0; row < groups.Length; row++)
        {
            if (groups[row] != KeyTable.None && !read.File.Dead[numbers[row]] && (current is null || MissingRows.IsTrue(current, row)))
            {
                found.Add(row);
            }
        }

        if (found.Count == 0)
        {
            return;
        }

        if (ids is not null)
        {
            var column = (FixedColumn<long>)read.Rows[LineageColumns.RowId.Name];
            foreach (int row in found)
            {
                ids.Note(groups[row], column, row);
            }
        }

        if (old is not null)
        {
            int[] rows = [.. found];
            old.Add(Take.Rows(read.Rows, rows), read.File, [.. rows.Select(r => read.Numbers.Values[r])], Array.ConvertAll(rows, r => groups[r]));
            return;
        }

        RowMarks marks = _rules.RemovesMissing ? read.File.Seen : read.File.Dead;
        foreach (int row in found)
        {
            marks.Set(numbers[row]);
        }
    }

    private async ValueTask WriteAsync(KeyedRows rows, OldRows old, KeptIds? ids, bool[] same, CancellationToken cancellation)
    {
        using var final = new FinalRows(_target, _rules, rows, old, _absent, _now);
        foreach (int[] chunk in rows.Kept().Chunk(ChunkRows))
        {
            using RecordBatch made = final.Of(chunk);
            if (_rules.ComparesRows)
            {
                Compare(made, chunk, old, same);
            }

            int[] kept = [.. Enumerable.Range(0, chunk.Length).Where(i => !same[chunk[i]])];
            if (kept.Length == 0)
            {
                continue;
            }

            // A further version is a row of its own, beside the one that is over.
            using RecordBatch written = ids is null || _rules.KeepsVersions ? made.Slice(0, made.Length) : ids.Give(made, chunk);
            if (kept.Length == chunk.Length)
            {
                await _own.WriteAsync(written, cancellation).ConfigureAwait(false);
            }
            else
            {
                using RecordBatch changed = Take.Rows(written, kept);
                await _own.WriteAsync(changed, cancellation).ConfigureAwait(false);
            }
        }
    }

    // Finds the rows that are there as they came; those that were marked as gone are not.
    private void Compare(RecordBatch made, int[] groups, OldRows old, bool[] same)
    {
        int[] rows = [.. Enumerable.Range(0, groups.Length).Where(i => old.Find(groups[i]) is not null)];
        if (rows.Length == 0)
        {
            return;
        }

        (int Batch, int Row)[] places = Array.ConvertAll(rows, i => old.Find(groups[i])!.Value);
        using RecordBatch before = Gather.Rows(old.Batches, Array.ConvertAll(places, p => p.Batch), Array.ConvertAll(places, p => p.Row));
        int[] compared = [.. Enumerable.Range(0, made.Schema.Count).Where(c => _rules.Added.All(a => a.Name != made.Schema[c].Name))];
        bool[] equal = new bool[rows.Length];
        RowEquality.Test(Array.ConvertAll(compared, c => made[c]), rows, Array.ConvertAll(compared, c => before[c]), [.. Enumerable.Range(0, rows.Length)], equal);
        Column? gone = _rules.MarksMissing ? before[HistoryColumns.DeletedAt] : null;
        for (int i = 0; i < rows.Length; i++)
        {
            same[groups[rows[i]]] = equal[i] && gone?.IsNull(i) != false;
        }
    }

    private async ValueTask ReplaceAsync(OldRows old, bool[] same, bool[] isGone, CancellationToken cancellation)
    {
        for (int batch = 0; batch < old.Places.Count; batch++)
        {
            (MergedFile file, long[] numbers, int[] groups) = old.Places[batch];
            var closed = new List<int>();
            for (int row = 0; row < groups.Length; row++)
            {
                if (same[groups[row]] && !isGone[groups[row]] && old.Find(groups[row]) == (batch, row))
                {
                    file.Seen.Set(numbers[row]);
                    continue;
                }

                // What equality deletes reach needs no delete of its own.
                if (file.IsOwn || _changes != IcebergRowChanges.EqualityDeletes)
                {
                    file.Dead.Set(numbers[row]);
                }

                closed.Add(row);
            }

            if (_rules.KeepsVersions && closed.Count > 0)
            {
                using RecordBatch versions = Take.Rows(old.Batches[batch], closed.ToArray());
                using RecordBatch ended = Altered.Close(versions, _now);
                await _own.WriteAsync(ended, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask WriteKeysAsync(KeyedRows rows, CancellationToken cancellation)
    {
        var schema = new TableSchema(_target.Schema.Id, _target.KeyFields);
        var set = new DataFileSet(_table with { Schemas = [schema], CurrentSchemaId = schema.Id, DefaultSortOrderId = SortOrder.Unsorted.Id }, _target.Files, _commits.NextPrefix() + "-keys", new DataFileLimits(long.MaxValue, ChunkRows));
        _sets.Add(set);
        int[] firsts = [.. Enumerable.Range(0, rows.Keys.Count).Select(rows.Keys.FirstOf)];
        foreach (int[] chunk in firsts.Chunk(ChunkRows))
        {
            using RecordBatch keys = Take.Rows(rows.Keys.Keys, chunk);
            await set.WriteAsync(keys, cancellation).ConfigureAwait(false);
        }

        await set.FinishAsync(cancellation).ConfigureAwait(false);
        int[] ids = [.. _target.KeyFields.Select(f => f.Id)];
        _keys.AddRange(set.Complete.Select(f => f with { Content = FileContent.EqualityDeletes, EqualityIds = ids }));
    }

    // What was written can be looked at by the next block once its files are ended.
    private async ValueTask EndBlockAsync(CancellationToken cancellation)
    {
        await _own.FinishAsync(cancellation).ConfigureAwait(false);
        foreach (DataFile file in _own.Complete)
        {
            if (_given.Add(file.Path))
            {
                _files.Add(file.Path, new MergedFile(new ScanTask(file, [], []), isOwn: true));
            }
        }
    }

    private async ValueTask FindAsync(List<MergedFile> candidates, KeyPruning pruning, CancellationToken cancellation)
    {
        if (_start is not { } snapshot)
        {
            return;
        }

        List<ColumnPredicate> bounds = pruning.Bounds();
        try
        {
            var planner = new ScanPlanner(_target.Files, _table, snapshot, _target.Schema, bounds) { Keeps = pruning.MayHold };
            await foreach (ScanTask task in planner.PlanAsync(cancellation).ConfigureAwait(false))
            {
                candidates.Add(FileOf(task));
            }
        }
        finally
        {
            bounds.ForEach(b => b.Value?.Dispose());
        }
    }

    private async ValueTask<List<MergedFile>> AllAsync(CancellationToken cancellation)
    {
        List<MergedFile> all = [.. Own];
        if (_start is { } snapshot)
        {
            await foreach (ScanTask task in new ScanPlanner(_target.Files, _table, snapshot, _target.Schema, []).PlanAsync(cancellation).ConfigureAwait(false))
            {
                all.Add(FileOf(task));
            }
        }

        _hasReadRows = true;
        return all;
    }

    private MergedFile FileOf(ScanTask task)
    {
        if (!_files.TryGetValue(task.File.Path, out MergedFile? file))
        {
            _files.Add(task.File.Path, file = new MergedFile(task, isOwn: false));
        }

        return file;
    }

    // Rows that others added may have the same keys; rows that they deleted may be among those that were read to be written anew.
    private bool Conflicts(DataFile file) => file.Content == FileContent.Data
        ? _blocks != 1 || _rules.FindsMissing || _pruning is null || _pruning.MayHold(file)
        : _hasReadRows || _changes == IcebergRowChanges.CopyOnWrite;

    // Rows that are written anew take their ids along.
    private MergeScan NewScan(IReadOnlyList<IcebergField> columns) => new(_target.Files, _table, _target.Schema, _hasIds ? [.. columns, LineageColumns.RowId] : columns);

    private DataFileSet NewSet()
    {
        _sets.Add(_commits.NewFilesWithLineage());
        return _sets[^1];
    }

    private async ValueTask DisposeSetsAsync()
    {
        foreach (DataFileSet set in _sets)
        {
            await set.DisposeAsync().ConfigureAwait(false);
        }
    }
}
