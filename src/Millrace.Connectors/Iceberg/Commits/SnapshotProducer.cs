using System.Globalization;
using System.Security.Cryptography;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Makes the snapshot of one commit: manifests of what it adds, which are written once, and for every attempt the manifests that lose files
/// and the list of all (specification, "Manifest Lists", "Commit Conflict Resolution and Retry"). One thread uses it.
/// </summary>
internal sealed class SnapshotProducer(TableFiles files, FileChange change)
{
    private readonly string _uuid = Guid.NewGuid().ToString();
    private readonly List<string> _written = [];
    private readonly List<string> _ofAttempt = [];
    private List<ManifestFile>? _added;
    private int _addedSchema;
    private int _manifests;
    private int _attempt;

    /// <summary>The snapshot's id, the same in every attempt.</summary>
    public long SnapshotId { get; } = NewId();

    /// <summary>The change of metadata that commits to the table as it is.</summary>
    public async ValueTask<TableChange> PrepareAsync(TableMetadata table, DateTimeOffset now, CancellationToken cancellation)
    {
        change.Check(table);
        RequireVersion(table);
        _attempt++;
        Snapshot? parent = table.SnapshotOf(change.Branch);
        var totals = new SnapshotTotals();
        List<ManifestFile> manifests = await AddedAsync(table, totals, cancellation).ConfigureAwait(false);
        await KeepAsync(table, parent, manifests, totals, cancellation).ConfigureAwait(false);

        long sequence = table.FormatVersion == 1 ? 0 : table.LastSequenceNumber + 1;
        string list = files.PathOf(string.Create(CultureInfo.InvariantCulture, $"metadata/snap-{SnapshotId}-{_attempt}-{_uuid}.avro"));
        _ofAttempt.Add(list);
        await ManifestList.WriteAsync(files, list, table.FormatVersion, SnapshotId, parent?.Id, sequence, manifests, cancellation).ConfigureAwait(false);
        var snapshot = new Snapshot
        {
            Id = SnapshotId,
            ParentId = parent?.Id,
            SequenceNumber = sequence,
            TimestampMs = Math.Max(now.ToUnixTimeMilliseconds(), table.LastUpdatedMs),
            ManifestList = list,
            Summary = totals.Summary(change.Operation, parent, change.Summary),
            SchemaId = table.CurrentSchemaId,
        };
        SnapshotRef reference = table.Refs.GetValueOrDefault(change.Branch) ?? new SnapshotRef(SnapshotId, IsBranch: true);
        return new TableChange(
            [new MetadataRequirement.SameTable(table.TableUuid), new MetadataRequirement.RefAt(change.Branch, parent?.Id), new MetadataRequirement.CurrentSchemaIs(table.CurrentSchemaId)],
            [new MetadataUpdate.AddSnapshot(snapshot), new MetadataUpdate.SetRef(change.Branch, reference with { SnapshotId = SnapshotId })]);
    }

    /// <summary>Removes what the last attempt wrote and nobody will read; before another one.</summary>
    public ValueTask ForgetAttemptAsync(CancellationToken cancellation)
    {
        List<string> names = [.. _ofAttempt.Select(files.NameOf)];
        _ofAttempt.Clear();
        return files.Store.DeleteAllAsync(names, cancellation);
    }

    /// <summary>Removes everything that was written; when the commit is given up for sure.</summary>
    public async ValueTask ForgetAllAsync(CancellationToken cancellation)
    {
        await ForgetAttemptAsync(cancellation).ConfigureAwait(false);
        await files.Store.DeleteAllAsync(_written.Select(files.NameOf), cancellation).ConfigureAwait(false);
    }

    private void RequireVersion(TableMetadata table)
    {
        if (table.FormatVersion > 2)
        {
            throw IcebergErrors.Unsupported(string.Create(CultureInfo.InvariantCulture, $"The table has format version {table.FormatVersion}; versions 1 and 2 are written"));
        }

        if (table.FormatVersion == 1 && change.AddedDeletes.Count > 0)
        {
            throw IcebergErrors.Unsupported("The table has format version 1, which has no files of deletes");
        }
    }

    // The manifests of new files, one per spec and content. They do not depend on the table's snapshots, only on its schema.
    private async ValueTask<List<ManifestFile>> AddedAsync(TableMetadata table, SnapshotTotals totals, CancellationToken cancellation)
    {
        foreach (DataFile file in change.Added.Concat(change.AddedDeletes))
        {
            totals.Add(file);
        }

        if (_added is null || _addedSchema != table.CurrentSchemaId)
        {
            _addedSchema = table.CurrentSchemaId;
            _added = [];
            foreach (IGrouping<(int Spec, bool IsData), DataFile> group in change.Added.Concat(change.AddedDeletes).GroupBy(f => (f.SpecId, f.Content == FileContent.Data)))
            {
                PartitionSpec spec = table.SpecOf(group.Key.Spec) ?? throw IcebergErrors.Evolution(string.Create(CultureInfo.InvariantCulture, $"The table has no partition spec {group.Key.Spec}"));
                ManifestEntry[] entries = [.. group.Select(f => new ManifestEntry(EntryStatus.Added, SnapshotId, null, null, f))];
                _added.Add(await WriteAsync(table, spec, group.Key.IsData ? ManifestContent.Data : ManifestContent.Deletes, entries, _written, cancellation).ConfigureAwait(false));
            }
        }

        return [.. _added];
    }

    // The parent's manifests, those that lose files written anew.
    private async ValueTask KeepAsync(TableMetadata table, Snapshot? parent, List<ManifestFile> manifests, SnapshotTotals totals, CancellationToken cancellation)
    {
        var needed = new HashSet<string>(change.Needs);
        HashSet<long> since = Since(table, parent);
        if (parent is not null)
        {
            foreach (ManifestFile manifest in await ManifestList.ReadAsync(files, parent, cancellation).ConfigureAwait(false))
            {
                if (!manifest.HasLive)
                {
                    continue;
                }

                bool mayConflict = change.ConflictsWith is not null && since.Contains(manifest.AddedSnapshotId);
                manifests.Add(change.Removes is null && needed.Count == 0 && !mayConflict
                    ? manifest
                    : await FilterAsync(table, manifest, needed, mayConflict ? since : [], totals, cancellation).ConfigureAwait(false));
            }
        }

        if (needed.Count > 0)
        {
            throw IcebergErrors.Conflicts(files.Location, $"has lost the file '{needed.First()}', which this commit is about");
        }
    }

    private async ValueTask<ManifestFile> FilterAsync(
        TableMetadata table, ManifestFile manifest, HashSet<string> needed, HashSet<long> since, SnapshotTotals totals, CancellationToken cancellation)
    {
        var entries = new List<ManifestEntry>();
        bool isChanged = false;
        await foreach (ManifestEntry entry in ManifestReader.ReadAsync(files, manifest, table, cancellation).ConfigureAwait(false))
        {
            if (!entry.IsLive)
            {
                continue;
            }

            if (entry.SnapshotId is { } by && since.Contains(by) && change.ConflictsWith!(entry.File))
            {
                throw IcebergErrors.Conflicts(files.Location, $"has got rows in '{entry.File.Path}' that this commit does not know of");
            }

            needed.Remove(entry.File.Path);
            if (change.Removes?.Invoke(entry.File) == true)
            {
                isChanged = true;
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

    private async ValueTask<ManifestFile> WriteAsync(
        TableMetadata table, PartitionSpec spec, ManifestContent content, IReadOnlyList<ManifestEntry> entries, List<string> written, CancellationToken cancellation)
    {
        string path = files.PathOf(string.Create(CultureInfo.InvariantCulture, $"metadata/{_uuid}-m{_manifests++}.avro"));
        written.Add(path);
        return await ManifestWriter.WriteAsync(files, path, table, spec, content, SnapshotId, entries, cancellation).ConfigureAwait(false);
    }

    // Snapshots that others made after the one that the change was worked out from.
    private HashSet<long> Since(TableMetadata table, Snapshot? parent)
        => change.ConflictsWith is null ? [] : [.. table.AncestorsOf(parent?.Id).TakeWhile(s => s.Id != change.BasedOn).Select(s => s.Id)];

    private static long NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes) & long.MaxValue;
    }
}
