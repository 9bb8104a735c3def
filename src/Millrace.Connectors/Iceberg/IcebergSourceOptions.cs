using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which table to read, and as of when.</summary>
/// <remarks>
/// Folder and table may end in the name of a stream of metadata, such as <c>$snapshots</c>. Without a table, all tables of the catalog are
/// streams.
/// </remarks>
public sealed record IcebergSourceOptions : IcebergOptions
{
    [Description("Read the table as of this snapshot; see the stream `$snapshots`.")]
    public long? SnapshotId { get; init; }

    [Description("Read the table as it was at this time, in ISO 8601; one without a zone is in UTC.")]
    [OptionExample("2026-03-01T12:00:00Z")]
    public string? AsOf { get; init; }

    [Description("Of reads with mode: incremental or cdc: begin behind this snapshot, when the job has no progress yet. Left out, the first run reads all rows that there are.")]
    public long? FromSnapshot { get; init; }

    [Description("Of reads with mode: incremental or cdc: end with this snapshot.")]
    public long? ToSnapshot { get; init; }

    [Description("What a read with mode: incremental, which gives the rows that are added, does about a snapshot that replaces or removes rows: fail ends the run; skip leaves it out, also the rows that it adds. With mode: cdc such rows are read, with what happened to them in _op.")]
    public IcebergOtherSnapshots OtherSnapshots { get; init; } = IcebergOtherSnapshots.Fail;

    [Description("Read the snapshot of this branch or tag.")]
    [OptionExample("audit")]
    public string? Ref { get; init; }

    [Description("Whether the columns `_row_id` and `_last_updated_sequence_number` are there too, which tables of format version 3 keep for every row. Reads with mode: full alone have them.")]
    public bool RowLineage { get; init; }
}
