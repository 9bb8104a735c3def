using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>What happens to rows of a table that meet others by key.</summary>
/// <param name="Mode">How the run writes.</param>
/// <param name="RemovesMissing">Whether the rows are only the keys of all that there are.</param>
/// <param name="IsSnapshot">Whether the rows are all that there are.</param>
/// <param name="KeepsDeleted">Whether rows that are gone are marked and not removed.</param>
internal sealed record MergeRules(WriteMode Mode, bool RemovesMissing, bool IsSnapshot, bool KeepsDeleted)
{
    private static readonly DataType Instant = DataType.Timestamp(TimeUnit.Microsecond, "UTC");

    /// <summary>Whether every version of a row is kept.</summary>
    public bool KeepsVersions => Mode == WriteMode.Scd2 && !RemovesMissing;

    /// <summary>Whether a row that is there as it came is left alone, and so has to be looked at.</summary>
    public bool ComparesRows => !RemovesMissing && Mode is WriteMode.Scd2 or WriteMode.SnapshotDiff;

    /// <summary>Whether rows of the table whose keys did not come are gone.</summary>
    public bool FindsMissing => RemovesMissing || IsSnapshot;

    public bool MarksMissing => KeepsDeleted && (RemovesMissing || Mode == WriteMode.SnapshotDiff);

    /// <summary>Whether rows of the table are read and not only their keys.</summary>
    public bool ReadsRows => ComparesRows || FindsMissing;

    /// <summary>Columns that the way of writing adds to those of the rows.</summary>
    public IReadOnlyList<Field> Added => KeepsVersions
        ? [new Field(HistoryColumns.ValidFrom, Instant), new Field(HistoryColumns.ValidTo, Instant), new Field(HistoryColumns.IsCurrent, DataType.Boolean)]
        : MarksMissing ? [new Field(HistoryColumns.DeletedAt, Instant)] : [];

    public static MergeRules Of(SinkRequest request, SnapshotDeletes deletes)
        => new(request.Mode, request.RemovesMissing, request.IsSnapshot && !request.RemovesMissing, deletes == SnapshotDeletes.Soft);

    /// <summary>The columns that a table must have for rows to be merged into it.</summary>
    public Schema ColumnsOf(Schema rows, string path)
    {
        Schema stored = StoredColumns.Of(rows);
        return stored.Fields.FirstOrDefault(f => Added.Any(a => a.Name == f.Name)) is { } taken
            ? throw IcebergErrors.SchemaMisfit.Error($"The rows have a column '{taken.Name}', which this way of writing adds by itself.", new ErrorPlace { File = path, Field = taken.Name }, "Give it another name with `columns:`.")
            : new Schema([.. stored.Fields, .. Added]);
    }
}
