using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Makes the snapshot of one commit: manifests of what it adds, which are written once, and for every attempt the manifests that lose files
/// and the list of all (specification, "Manifest Lists", "Commit Conflict Resolution and Retry"). One thread uses it.
/// </summary>
internal sealed class SnapshotProducer(TableFiles files, FileChange change)
{
    private const int MostMergingAttempts = 4;

    private readonly string _uuid = Guid.NewGuid().ToString();
    private readonly List<string> _written = [];
    private readonly List<string> _ofAttempt = [];

    // What is written becomes durable beside what is still to be written; all of it is before the metadata names the list.
    private readonly Publisher<string> _publisher = new();
    private HashSet<string> _used = [];
    private HashSet<string> _gone = [];
    private List<ManifestFile>? _added;
    private List<DataFile>? _positions;
    private List<DataFile> _dead = [];
    private VectorUpdate? _vectors;
    private ImmutableSortedDictionary<string, string>? _summary;
    private int _addedSchema;
    private int _manifests;
    private int _attempt;

    /// <summary>The snapshot's id, the same in every attempt.</summary>
    public long SnapshotId { get; } = NewId();

    private IEnumerable<DataFile> Added => change.Added.Concat(change.AddedDeletes).Concat(_dead);

    /// <summary>The change of metadata that commits to the table as it is.</summary>
    public async ValueTask<TableChange> PrepareAsync(TableMetadata table, DateTimeOffset now, CancellationToken cancellation)
    {
        change.Check(table);
        RequireVersion(table);
        _attempt++;
        Snapshot? parent = table.SnapshotOf(change.Branch);
        RequireBase(table, parent);
        List<ManifestFile> before = parent is null ? [] : await ManifestList.ReadAsync(files, parent, cancellation).ConfigureAwait(false);
        await WriteDeadAsync(table, before, cancellation).ConfigureAwait(false);
        var totals = new SnapshotTotals();
        List<ManifestFile> manifests = await AddedAsync(table, totals, cancellation).ConfigureAwait(false);
        await KeepAsync(table, before, manifests, totals, cancellation).ConfigureAwait(false);
        manifests = await MergeAsync(table, manifests, cancellation).ConfigureAwait(false);
        manifests = await ManifestCounts.FillAsync(files, manifests, table, cancellation).ConfigureAwait(false);
        _summary ??= await LargeSummary.ShortenAsync(files, change.Summary, _written, cancellation).ConfigureAwait(false);

        long sequence = table.FormatVersion == 1 ? 0 : table.LastSequenceNumber + 1;
        string list = files.PathOf(string.Create(CultureInfo.InvariantCulture, $"metadata/snap-{SnapshotId}-{_attempt}-{_uuid}.avro"));
        _ofAttempt.Add(list);
        _used = [.. manifests.Select(m => m.Path), .. _dead.Select(f => f.Path)];
        long ids = await ManifestList.WriteAsync(files, list, table.FormatVersion, SnapshotId, parent?.Id, sequence, table.NextRowId, manifests, _publisher, cancellation).ConfigureAwait(false);
        await _publisher.FinishAsync().ConfigureAwait(false);
        var snapshot = new Snapshot
        {
            Id = SnapshotId,
            ParentId = parent?.Id,
            SequenceNumber = sequence,
            TimestampMs = Math.Max(now.ToUnixTimeMilliseconds(), table.LastUpdatedMs),
            ManifestList = list,
            Summary = totals.Summary(change.Operation, parent, _summary),
            SchemaId = table.CurrentSchemaId,
            FirstRowId = table.NextRowId,
            AddedRows = table.NextRowId is null ? null : ids,
        };
        SnapshotRef reference = table.Refs.GetValueOrDefault(change.Branch) ?? new SnapshotRef(SnapshotId, IsBranch: true);
        return new TableChange(
            [new MetadataRequirement.SameTable(table.TableUuid), new MetadataRequirement.RefAt(change.Branch, parent?.Id), new MetadataRequirement.CurrentSchemaIs(table.CurrentSchemaId)],
            [new MetadataUpdate.AddSnapshot(snapshot), new MetadataUpdate.SetRef(change.Branch, reference with { SnapshotId = SnapshotId })]);
    }

    /// <summary>
    /// Removes what the last attempt wrote and nobody will read; before another one. Fails where something could not be published: it may be
    /// a manifest that the next attempt would take for written.
    /// </summary>
    public async ValueTask ForgetAttemptAsync(CancellationToken cancellation)
    {
        await _publisher.FinishAsync().ConfigureAwait(false);
        await DropAttemptAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes manifests that others took the place of, and deletes that are vectors after all; when the commit is made for sure.</summary>
    public ValueTask ForgetMergedAsync(CancellationToken cancellation)
        => files.Store.DeleteAllAsync(
            _written.Where(p => !_used.Contains(p) && (p.EndsWith(".avro", StringComparison.Ordinal) || p.EndsWith(".parquet", StringComparison.Ordinal))).Select(files.NameOf), cancellation);

    /// <summary>Removes everything that was written; when the commit is given up for sure.</summary>
    public async ValueTask ForgetAllAsync(CancellationToken cancellation)
    {
        await _publisher.SettleAsync().ConfigureAwait(false);
        await DropAttemptAsync(cancellation).ConfigureAwait(false);
        await files.Store.DeleteAllAsync(_written.Select(files.NameOf), cancellation).ConfigureAwait(false);
    }

    private ValueTask DropAttemptAsync(CancellationToken cancellation)
    {
        List<string> names = [.. _ofAttempt.Select(files.NameOf)];
        _ofAttempt.Clear();
        return files.Store.DeleteAllAsync(names, cancellation);
    }

    // A branch that was taken back behind the snapshot has rows again that the change takes for deleted, or lacks what it is about.
    private void RequireBase(TableMetadata table, Snapshot? parent)
    {
        if (change.BasedOn is { } based && parent?.Id != based && table.AncestorsOf(parent?.Id).All(s => s.Id != based))
        {
            throw IcebergErrors.Conflicts(files.Location, $"was taken back on '{change.Branch}' behind the snapshot that this commit goes by, or has expired it");
        }
    }

    // Vectors depend on those that are there. Files of position deletes do not, and are written once.
    private async ValueTask WriteDeadAsync(TableMetadata table, List<ManifestFile> before, CancellationToken cancellation)
    {
        if (change.Dead.Count == 0)
        {
            return;
        }

        if (table.FormatVersion < 3)
        {
            _dead = _positions ??= await PositionDeleteFiles.WriteAsync(files, table, change.Dead, _uuid, _written, cancellation).ConfigureAwait(false);
            return;
        }

        _vectors = await VectorUpdate.OfAsync(files, table, change.Dead, before, cancellation).ConfigureAwait(false);
        string path = files.PathOf(string.Create(CultureInfo.InvariantCulture, $"data/{_uuid}-{_attempt}-deletes.puffin"));
        _ofAttempt.Add(path);
        _dead = await PuffinWriter.WriteAsync(files, path, _vectors.Rows, cancellation).ConfigureAwait(false);
        _added = null;
    }

    private void RequireVersion(TableMetadata table)
    {
        if (table.FormatVersion > MetadataWriter.NewestVersion)
        {
            throw IcebergErrors.Unsupported(string.Create(CultureInfo.InvariantCulture, $"The table has format version {table.FormatVersion}; versions up to {MetadataWriter.NewestVersion} are written"));
        }

        if (table.FormatVersion == 1 && (change.AddedDeletes.Count > 0 || change.Dead.Count > 0))
        {
            throw IcebergErrors.Unsupported("The table has format version 1, which has no files of deletes");
        }

        if (table.FormatVersion > 2 && change.AddedDeletes.Any(f => f.Content == FileContent.PositionDeletes && !f.IsVector))
        {
            throw IcebergErrors.Conflicts(files.Location, "has got format version 3, which takes no more files of position deletes as this commit adds");
        }
    }

    // The manifests of new files, one per spec and content. They do not depend on the table's snapshots, only on its schema.
    private async ValueTask<List<ManifestFile>> AddedAsync(TableMetadata table, SnapshotTotals totals, CancellationToken cancellation)
    {
        foreach (DataFile file in Added)
        {
            totals.Add(file);
        }

        if (_added is null || _addedSchema != table.CurrentSchemaId)
        {
            _addedSchema = table.CurrentSchemaId;
            _added = [];
            foreach (IGrouping<(int Spec, bool IsData), DataFile> group in Added.GroupBy(f => (f.SpecId, f.Content == FileContent.Data)))
            {
                PartitionSpec spec = table.SpecOf(group.Key.Spec) ?? throw IcebergErrors.Evolution(string.Create(CultureInfo.InvariantCulture, $"The table has no partition spec {group.Key.Spec}"));
                ManifestEntry[] entries = [.. group.Select(f => new ManifestEntry(EntryStatus.Added, SnapshotId, f.Content == FileContent.Data && table.FormatVersion > 1 ? change.DataSequenceNumber : null, null, f))];
                _added.Add(await WriteAsync(table, spec, group.Key.IsData ? ManifestContent.Data : ManifestContent.Deletes, entries, _written, cancellation).ConfigureAwait(false));
            }
        }

        return [.. _added];
    }

    // The parent's manifests, those that lose files written anew.
    private async ValueTask KeepAsync(TableMetadata table, List<ManifestFile> before, List<ManifestFile> manifests, SnapshotTotals totals, CancellationToken cancellation)
    {
        var needed = new HashSet<string>(change.Needs);
        Func<ManifestEntry, bool>? isNew = NewSince(table);
        _gone = new HashSet<string>(StringComparer.Ordinal);

        // Data first: a deletion vector goes with its file.
        foreach (ManifestFile manifest in before.Where(m => m.HasLive).OrderBy(m => m.Content))
        {
            bool mayConflict = isNew is not null && MayHaveNew(table, manifest);
            bool losesVectors = _vectors?.Touches(manifest) == true;
            manifests.Add(change.Removes is null && needed.Count == 0 && !mayConflict && !losesVectors
                ? manifest
                : await FilterAsync(table, manifest, needed, mayConflict ? isNew : null, totals, cancellation).ConfigureAwait(false));
        }

        if (needed.Count > 0)
        {
            throw IcebergErrors.Conflicts(files.Location, $"has lost the file '{needed.First()}', which this commit is about");
        }
    }

    private async ValueTask<ManifestFile> FilterAsync(
        TableMetadata table, ManifestFile manifest, HashSet<string> needed, Func<ManifestEntry, bool>? isNew, SnapshotTotals totals, CancellationToken cancellation)
    {
        var entries = new List<ManifestEntry>();
        bool isChanged = false;
        await foreach (ManifestEntry entry in ManifestReader.ReadAsync(files, manifest, table, cancellation).ConfigureAwait(false))
        {
            if (!entry.IsLive)
            {
                continue;
            }

            if (isNew?.Invoke(entry) == true && (change.ConflictsWith?.Invoke(entry.File) == true || change.ConflictsWithEntry?.Invoke(entry) == true))
            {
                throw IcebergErrors.Conflicts(files.Location, $"has got rows or deletes in '{entry.File.Path}' that this commit does not know of");
            }

            needed.Remove(entry.File.Path);
            if (change.Removes?.Invoke(entry.File) == true || _vectors?.Replaces(entry.File) == true || (entry.File is { IsVector: true, ReferencedFile: { } data } && _gone.Contains(data)))
            {
                isChanged = true;
                _ = entry.File.Content == FileContent.Data && _gone.Add(entry.File.Path);
                totals.Remove(entry.File);
                entries.Add(entry with { Status = EntryStatus.Deleted, SnapshotId = SnapshotId });
            }
            else
            {
                entries.Add(entry with { Status = EntryStatus.Existing });
            }
        }

        if (!isChanged)
        {
            return manifest;
        }

        // What the entries had of the manifest is the spec; its number is in each of them.
        PartitionSpec spec = table.SpecOf(entries[0].File.SpecId)!;
        return await WriteAsync(table, spec, manifest.Content, entries, _ofAttempt, cancellation).ConfigureAwait(false);
    }

    // Small manifests become one. It only makes plans shorter, so an attempt that has lost several times does without.
    private async ValueTask<List<ManifestFile>> MergeAsync(TableMetadata table, List<ManifestFile> manifests, CancellationToken cancellation)
    {
        if (change.Clustering is { } clustering)
        {
            return await clustering.ApplyAsync(
                manifests,
                m => ManifestReader.ReadAllAsync(files, m, table, cancellation),
                (like, entries) => WriteAsync(table, table.SpecOf(like.SpecId)!, like.Content, entries, _written, cancellation)).ConfigureAwait(false);
        }

        if (_attempt > MostMergingAttempts || ManifestMerging.Of(table.Properties) is not { } merging)
        {
            return manifests;
        }

        var merged = new List<ManifestFile>(manifests.Count);
        foreach (List<ManifestFile> group in merging.Groups(manifests))
        {
            merged.Add(group.Count == 1 ? group[0] : await WriteAsOneAsync(table, group, cancellation).ConfigureAwait(false));
        }

        return merged;
    }

    private async ValueTask<ManifestFile> WriteAsOneAsync(TableMetadata table, List<ManifestFile> group, CancellationToken cancellation)
    {
        // Those of this commit are among them.
        await _publisher.FinishAsync().ConfigureAwait(false);
        var entries = new List<ManifestEntry>();
        foreach (ManifestEntry entry in await ManifestReader.ReadAllAsync(files, group, table, cancellation).ConfigureAwait(false))
        {
            bool isOurs = entry.SnapshotId == SnapshotId;
            if (isOurs && entry.Status == EntryStatus.Added)
            {
                // What this commit adds has its numbers from the list, unless the commit has chosen one.
                entries.Add(entry with { SequenceNumber = entry.SequenceNumber == ManifestWriter.Unassigned ? null : entry.SequenceNumber, FileSequenceNumber = null });
            }
            else if (isOurs || entry.IsLive)
            {
                entries.Add(entry.IsLive ? entry with { Status = EntryStatus.Existing } : entry);
            }
        }

        PartitionSpec spec = table.SpecOf(group[0].SpecId)!;
        return await WriteAsync(table, spec, group[0].Content, entries, _ofAttempt, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<ManifestFile> WriteAsync(
        TableMetadata table, PartitionSpec spec, ManifestContent content, IReadOnlyList<ManifestEntry> entries, List<string> written, CancellationToken cancellation)
    {
        string path = files.PathOf(string.Create(CultureInfo.InvariantCulture, $"metadata/{_uuid}-m{_manifests++}.avro"));
        written.Add(path);
        return await ManifestWriter.WriteAsync(files, path, table, spec, content, SnapshotId, entries, _publisher, cancellation).ConfigureAwait(false);
    }

    // Whether a file was added by others after the snapshot that the change was worked out from: sequence numbers tell, also where
    // snapshots in between are gone. Without the snapshot every file counts as one that the change does not know of.
    private Func<ManifestEntry, bool>? NewSince(TableMetadata table)
    {
        if (change.ConflictsWith is null && change.ConflictsWithEntry is null)
        {
            return null;
        }

        if (change.BasedOn is not { } based || table.SnapshotOf(based) is not { } known)
        {
            return static _ => true;
        }

        if (table.FormatVersion > 1)
        {
            return entry => entry.FileSequenceNumber is not { } number || number > known.SequenceNumber;
        }

        HashSet<long> since = [.. table.AncestorsOf(table.SnapshotOf(change.Branch)?.Id).TakeWhile(s => s.Id != based).Select(s => s.Id)];
        return entry => entry.SnapshotId is { } by && since.Contains(by);
    }

    // A manifest that is no younger than the snapshot has no younger files. Of manifests that were written anew only the entries tell.
    private bool MayHaveNew(TableMetadata table, ManifestFile manifest)
        => table.FormatVersion == 1 || change.BasedOn is not { } based || table.SnapshotOf(based) is not { } known || manifest.SequenceNumber > known.SequenceNumber;

    private static long NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes) & long.MaxValue;
    }
}
