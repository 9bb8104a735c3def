namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A section of the Iceberg table specification and how far it is supported.</summary>
/// <param name="Name">Its heading; with the heading above it where that is needed.</param>
/// <param name="Reads">Whether tables that use it are read: yes, partly or no.</param>
/// <param name="Writes">Whether it is written.</param>
/// <param name="Note">What is left out, or what to know.</param>
internal sealed record SpecificationSection(string Name, string Reads, string Writes, string Note = "");

/// <summary>The sections of the specification in their order, with what is honestly supported of each. The reference page is made of them.</summary>
internal static class SpecificationSections
{
    private const string Yes = "yes";
    private const string Partly = "partly";
    private const string No = "no";

    public static IReadOnlyList<SpecificationSection> All { get; } =
    [
        new("Schemas and Data Types", Yes, Yes, "Of the types `unknown`, `variant`, `geometry` and `geography` of version 3 the other columns are read, and nothing is written beside them."),
        new("Default Values", Yes, Yes, "Defaults of primitive columns. New columns are added without defaults."),
        new("Schema Evolution", Yes, Yes, "By the columns of the rows: columns are added and types become wider. The promotions of version 3 alone are not made."),
        new("Column Projection", Yes, "–", "By id, then identity partitions, name mapping, defaults, null."),
        new("Identifier Field IDs", Yes, Yes),
        new("Reserved Field IDs", Partly, Partly, "`_row_id`, `_last_updated_sequence_number`, `file_path` and `pos`; not the columns of changelogs."),
        new("Row Lineage", Yes, Yes, "Rows that move to another file, or are merged, keep their ids; merged by equality deletes they are new rows."),
        new("Partitioning", Yes, Yes),
        new("Partition Transforms", Yes, Yes, "Tables with a transform that is not known are read and not written; transforms of several columns are such ones."),
        new("Partition Evolution", Yes, Yes),
        new("Sorting", Yes, Yes, "Files are written in the order of the table; readers do not use it."),
        new("Data File Formats", Partly, Partly, "Parquet. Avro and ORC data files are refused."),
        new("Manifests", Yes, Yes),
        new("Manifest Entry Inheritance", Yes, Yes, "Sequence numbers, snapshots and first row ids."),
        new("Snapshots", Yes, Yes),
        new("Manifest Lists", Yes, Yes),
        new("Scan Planning", Yes, "–", "Partitions, bounds and counts; equality deletes are not pruned by their bounds."),
        new("Snapshot References", Yes, Yes, "Branches and tags."),
        new("Snapshot Retention Policy", Yes, Yes),
        new("Table Metadata", Yes, Yes, "Versions 1 to 3. Encryption is refused; views are no tables."),
        new("Table Statistics", Partly, No, "Kept as they are on every commit; not used by plans."),
        new("Commit Conflict Resolution and Retry", "–", Yes),
        new("Delete Formats: Position Delete Files", Yes, Yes, "Without the rows themselves."),
        new("Delete Formats: Deletion Vectors", Yes, Yes, "In tables of version 3, where deletes by position are written as vectors."),
        new("Delete Formats: Equality Delete Files", Yes, Yes),
        new("Appendix A: Format-specific Requirements", Partly, Partly, "Avro for metadata and Parquet for data."),
        new("Appendix B: 32-bit Hash Requirements", Yes, Yes),
        new("Appendix C: JSON serialization", Yes, Yes),
        new("Appendix D: Single-value serialization", Yes, Yes),
        new("Appendix E: Format version changes", Yes, Yes, "Tables are upgraded on request, and never by the way."),
        new("Appendix F: Implementation Notes", Yes, Yes, "File system tables, version hints, metadata in gzip."),
    ];
}
