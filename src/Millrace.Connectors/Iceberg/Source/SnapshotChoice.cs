using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which snapshot of a table is read, and with which schema.</summary>
/// <param name="Snapshot">The snapshot; null for a table without rows.</param>
/// <param name="Schema">Its schema: that of its time for a snapshot of the past, the current one for a branch.</param>
internal sealed record SnapshotChoice(Snapshot? Snapshot, TableSchema Schema)
{
    public static SnapshotChoice Of(TableMetadata table, IcebergSourceOptions options, string path)
    {
        if (new object?[] { options.SnapshotId, options.AsOf, options.Ref }.Count(o => o is not null) > 1)
        {
            throw IcebergErrors.NoSnapshot.Error("Only one of snapshot_id, as_of and ref can be given.", ErrorPlace.InFile(path));
        }

        if (options.SnapshotId is { } id)
        {
            return Past(table, table.SnapshotOf(id) ?? throw Missing(path, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"with the id {id}")));
        }

        if (options.AsOf is { } text)
        {
            if (!TimestampText.TryParse(Encoding.UTF8.GetBytes(text.Trim()), TimeUnit.Millisecond, instant: true, out long time, out _))
            {
                throw IcebergErrors.NoSnapshot.Error($"as_of is '{text}', which is no time.", ErrorPlace.InFile(path), "Write it as 2026-03-01T12:00:00Z.");
            }

            // The log tells what was current, rollbacks included.
            SnapshotLogEntry? entry = table.SnapshotLog.LastOrDefault(e => e.TimestampMs <= time);
            return Past(table, entry is null ? null : table.SnapshotOf(entry.SnapshotId)) ?? throw Missing(path, $"of {text} or before");
        }

        if (options.Ref is { } name)
        {
            Snapshot found = table.SnapshotOf(name) ?? throw IcebergErrors.NoSnapshot.Error(
                $"The table '{path}' has no branch or tag '{name}'{NearestName.Suggest(name, table.Refs.Keys)}.", ErrorPlace.InFile(path));
            return table.Refs.TryGetValue(name, out SnapshotRef? reference) && !reference.IsBranch ? Past(table, found) : new SnapshotChoice(found, table.Schema);
        }

        return new SnapshotChoice(table.CurrentSnapshot, table.Schema);
    }

    /// <summary>The same with the columns that tell rows apart, for reads of rows; for a table that has none an error.</summary>
    public SnapshotChoice WithLineage(TableMetadata table, string path) => HasLineage(table)
        ? this with { Schema = new TableSchema(Schema.Id, [.. Schema.Fields, .. LineageColumns.Columns], Schema.Identifiers) }
        : throw IcebergErrors.Lineage(path, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The table has format version {table.FormatVersion}, and ids of rows are of version 3"));

    public static bool HasLineage(TableMetadata table) => table.FormatVersion > 2;

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(snapshot))]
    private static SnapshotChoice? Past(TableMetadata table, Snapshot? snapshot)
        => snapshot is null ? null : new SnapshotChoice(snapshot, (snapshot.SchemaId is { } id ? table.SchemaOf(id) : null) ?? table.Schema);

    private static MillraceException Missing(string path, string what)
        => IcebergErrors.NoSnapshot.Error($"The table '{path}' has no snapshot {what}.", ErrorPlace.InFile(path));
}
