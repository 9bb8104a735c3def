using System.Collections.Immutable;
using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>Applies changes to the metadata of a table, as catalogs do that keep no logic of their own.</summary>
internal static class MetadataBuilder
{
    /// <summary>Earlier metadata files that are remembered, where the table does not say.</summary>
    private const int RememberedFiles = 100;

    /// <summary>The metadata of a new table.</summary>
    public static TableMetadata Create(string location, NewTable table, DateTimeOffset now) => new()
    {
        FormatVersion = table.FormatVersion,
        TableUuid = Guid.NewGuid(),
        Location = location.TrimEnd('/'),
        LastUpdatedMs = now.ToUnixTimeMilliseconds(),
        LastColumnId = table.Schema.HighestId,
        Schemas = [table.Schema.WithId(0)],
        CurrentSchemaId = 0,
        Specs = [new PartitionSpec(0, table.Spec.Fields)],
        LastPartitionId = table.Spec.Fields.Select(f => f.FieldId).DefaultIfEmpty(PartitionSpec.FirstFieldId - 1).Max(),
        SortOrders = table.Order.IsSorted ? [SortOrder.Unsorted, new SortOrder(1, table.Order.Fields)] : [SortOrder.Unsorted],
        DefaultSortOrderId = table.Order.IsSorted ? 1 : 0,
        Properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, table.Properties),
        NextRowId = table.FormatVersion > 2 ? 0 : null,
    };

    /// <summary>The metadata after a change.</summary>
    /// <param name="metadata">The metadata before.</param>
    /// <param name="metadataFile">Path of its file, which the new one remembers.</param>
    /// <param name="updates">The changes in their order.</param>
    /// <param name="now">The time.</param>
    public static TableMetadata Apply(TableMetadata metadata, string? metadataFile, IReadOnlyList<MetadataUpdate> updates, DateTimeOffset now)
    {
        // Times of a table go forward, whatever the clocks of its writers say.
        long time = Math.Max(now.ToUnixTimeMilliseconds(), metadata.LastUpdatedMs);
        TableMetadata result = metadata;
        int lastSchema = -1;
        int lastSpec = -1;
        int lastOrder = -1;
        foreach (MetadataUpdate update in updates)
        {
            result = update switch
            {
                MetadataUpdate.UpgradeFormat u => u.Version >= result.FormatVersion
                    ? result with { FormatVersion = u.Version, NextRowId = u.Version > 2 ? result.NextRowId ?? 0 : null }
                    : throw IcebergErrors.Evolution(string.Create(CultureInfo.InvariantCulture, $"A table of version {result.FormatVersion} cannot go back to version {u.Version}")),
                MetadataUpdate.AddSchema u => Add(result, u, out lastSchema),
                MetadataUpdate.SetCurrentSchema u => result with { CurrentSchemaId = Known(u.Id ?? lastSchema, result.SchemaOf(u.Id ?? lastSchema)) },
                MetadataUpdate.AddSpec u => Add(result, u.Spec, out lastSpec),
                MetadataUpdate.SetDefaultSpec u => result with { DefaultSpecId = Known(u.Id ?? lastSpec, result.SpecOf(u.Id ?? lastSpec)) },
                MetadataUpdate.AddSortOrder u => Add(result, u.Order, out lastOrder),
                MetadataUpdate.SetDefaultSortOrder u => result with { DefaultSortOrderId = u.Id ?? lastOrder },
                MetadataUpdate.AddSnapshot u => Add(result, u.Snapshot),
                MetadataUpdate.RemoveSnapshots u => Remove(result, [.. u.Ids]),
                MetadataUpdate.SetRef u => SetRef(result, u, metadata.SnapshotOf(u.Reference.SnapshotId) is null ? result.SnapshotOf(u.Reference.SnapshotId)?.TimestampMs ?? time : time),
                MetadataUpdate.RemoveRef u => result with
                {
                    Refs = result.Refs.Remove(u.Name),
                    CurrentSnapshotId = u.Name == SnapshotRef.Main ? null : result.CurrentSnapshotId,
                },
                MetadataUpdate.SetProperties u => result with { Properties = result.Properties.SetItems(u.Values) },
                MetadataUpdate.RemoveProperties u => result with { Properties = result.Properties.RemoveRange(u.Names) },
                MetadataUpdate.SetLocation u => result with { Location = u.Location.TrimEnd('/') },
                MetadataUpdate.SetStatistics u => result with { Statistics = [.. result.Statistics.Where(s => s.SnapshotId != u.Entry.SnapshotId), u.Entry] },
                MetadataUpdate.RemoveStatistics u => result with { Statistics = [.. result.Statistics.Where(s => s.SnapshotId != u.SnapshotId)] },
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        return Remember(result with { LastUpdatedMs = time }, metadata, metadataFile);
    }

    private static int Known(int id, object? found)
        => found is null ? throw IcebergErrors.Evolution(string.Create(CultureInfo.InvariantCulture, $"The table has no schema or spec {id}")) : id;

    private static TableMetadata Add(TableMetadata metadata, MetadataUpdate.AddSchema update, out int id)
    {
        TableSchema? same = metadata.Schemas.FirstOrDefault(s => s.SameColumns(update.Schema));
        id = same?.Id ?? metadata.Schemas.Max(s => s.Id) + 1;
        int last = Math.Max(metadata.LastColumnId, Math.Max(update.LastColumnId, update.Schema.HighestId));
        return same is null
            ? metadata with { Schemas = [.. metadata.Schemas, update.Schema.WithId(id)], LastColumnId = last }
            : metadata with { LastColumnId = last };
    }

    private static TableMetadata Add(TableMetadata metadata, PartitionSpec spec, out int id)
    {
        PartitionSpec? same = metadata.Specs.FirstOrDefault(s => s.SameFields(spec));
        id = same?.Id ?? metadata.Specs.Max(s => s.Id) + 1;
        int last = spec.Fields.Select(f => f.FieldId).Append(metadata.LastPartitionId).Max();
        return same is null
            ? metadata with { Specs = [.. metadata.Specs, new PartitionSpec(id, spec.Fields)], LastPartitionId = last }
            : metadata;
    }

    private static TableMetadata Add(TableMetadata metadata, SortOrder order, out int id)
    {
        SortOrder? same = metadata.SortOrders.FirstOrDefault(s => s.Fields.SequenceEqual(order.Fields));
        id = same?.Id ?? metadata.SortOrders.Max(s => s.Id) + 1;
        return same is null ? metadata with { SortOrders = [.. metadata.SortOrders, new SortOrder(id, order.Fields)] } : metadata;
    }

    private static TableMetadata Add(TableMetadata metadata, Snapshot snapshot)
    {
        if (metadata.SnapshotOf(snapshot.Id) is not null)
        {
            throw IcebergErrors.Evolution(string.Create(CultureInfo.InvariantCulture, $"The table has a snapshot {snapshot.Id} already"));
        }

        return metadata with
        {
            Snapshots = [.. metadata.Snapshots, snapshot],
            NextRowId = metadata.NextRowId is { } next ? Math.Max(next, (snapshot.FirstRowId ?? next) + (snapshot.AddedRows ?? 0)) : null,
            LastSequenceNumber = metadata.FormatVersion == 1 ? 0 : Math.Max(metadata.LastSequenceNumber, snapshot.SequenceNumber),
        };
    }

    private static TableMetadata Remove(TableMetadata metadata, HashSet<long> ids)
    {
        // The log is of use only as long as it has no holes.
        int hole = metadata.SnapshotLog.Select((e, i) => ids.Contains(e.SnapshotId) ? i : -1).DefaultIfEmpty(-1).Max();
        return metadata with
        {
            Snapshots = [.. metadata.Snapshots.Where(s => !ids.Contains(s.Id))],
            SnapshotLog = [.. metadata.SnapshotLog.Skip(hole + 1)],
            Refs = metadata.Refs.RemoveRange(metadata.Refs.Where(r => ids.Contains(r.Value.SnapshotId)).Select(r => r.Key)),
            CurrentSnapshotId = metadata.CurrentSnapshotId is { } current && ids.Contains(current) ? null : metadata.CurrentSnapshotId,
            Statistics = [.. metadata.Statistics.Where(s => !ids.Contains(s.SnapshotId))],
            PartitionStatistics = [.. metadata.PartitionStatistics.Where(s => !ids.Contains(s.SnapshotId))],
        };
    }

    private static TableMetadata SetRef(TableMetadata metadata, MetadataUpdate.SetRef update, long time)
    {
        long id = update.Reference.SnapshotId;
        if (metadata.SnapshotOf(id) is null)
        {
            throw IcebergErrors.NoSnapshot.Error(string.Create(CultureInfo.InvariantCulture, $"The table has no snapshot {id}, which '{update.Name}' should name."));
        }

        TableMetadata result = metadata with { Refs = metadata.Refs.SetItem(update.Name, update.Reference) };
        return update.Name != SnapshotRef.Main || metadata.CurrentSnapshotId == id
            ? result
            : result with { CurrentSnapshotId = id, SnapshotLog = [.. metadata.SnapshotLog, new SnapshotLogEntry(time, id)] };
    }

    private static TableMetadata Remember(TableMetadata metadata, TableMetadata before, string? file)
    {
        if (file is null)
        {
            return metadata;
        }

        int kept = int.TryParse(metadata.Properties.GetValueOrDefault("write.metadata.previous-versions-max"), CultureInfo.InvariantCulture, out int asked) && asked > 0
            ? asked
            : RememberedFiles;
        List<MetadataLogEntry> log = [.. metadata.MetadataLog, new MetadataLogEntry(before.LastUpdatedMs, file)];
        return metadata with { MetadataLog = log.Count > kept ? log[^kept..] : log };
    }
}
