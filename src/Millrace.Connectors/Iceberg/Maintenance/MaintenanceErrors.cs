namespace Millrace.Connectors.Iceberg;

/// <summary>Errors of looking after a table.</summary>
public static class MaintenanceErrors
{
    public static readonly ErrorCode UnknownReference = new("MR3480", "A table has no such branch or tag.", "See the names with `millrace iceberg describe`.");
    public static readonly ErrorCode ReferenceExists = new("MR3481", "A branch or tag exists already.", "Move it with `replace`, or choose another name.");
    public static readonly ErrorCode NotInLine = new("MR3482", "A snapshot is not in the line of a branch.", "See the line with `millrace iceberg snapshots`; `branch replace` sets a branch to any snapshot.");
    public static readonly ErrorCode BadReference = new("MR3483", "A branch or tag cannot be changed in this way.", "See `millrace iceberg branch --help`.");
    public static readonly ErrorCode DeletionOff = new("MR3484", "A table does not allow files to be removed.", "Its property `gc.enabled` is false, mostly because other tables share its files.");
    public static readonly ErrorCode NotPartitioned = new("MR3485", "A filter of partitions names a column that the table is not partitioned by.", "Name only columns that the table is partitioned by; `millrace iceberg describe` shows them.");
    public static readonly ErrorCode BadOrder = new("MR3486", "An order of rows cannot be understood.", "Write columns, such as \"region, ts desc\".");
    public static readonly ErrorCode TooYoung = new("MR3487", "Files that are no older may belong to a commit that is running.", "Leave the age at a day or more, or confirm with --force that nobody writes.");
    public static readonly ErrorCode StillNamed = new("MR3488", "A snapshot cannot be expired while a branch or tag names it.", "Delete or move the branch or tag first.");

    internal static MillraceException NoReference(TableMetadata table, string path, string name)
        => UnknownReference.Error($"The table '{path}' has no branch or tag '{name}'{NearestName.Suggest(name, table.Refs.Keys)}.", ErrorPlace.InFile(path));

    internal static MillraceException NoSnapshot(string path, string what)
        => IcebergErrors.NoSnapshot.Error($"The table '{path}' has no snapshot {what}.", ErrorPlace.InFile(path), "See the snapshots with `millrace iceberg snapshots`.");
}
