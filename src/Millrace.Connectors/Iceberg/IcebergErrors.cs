namespace Millrace.Connectors.Iceberg;

/// <summary>Errors of Iceberg tables. What the store itself says stands in <c>StorageErrors</c>.</summary>
public static class IcebergErrors
{
    public static readonly ErrorCode BadMetadata = new("MR3401", "The metadata of a table is damaged.", "Restore the metadata file, or point the version hint at an earlier one.");
    public static readonly ErrorCode MetadataLimit = new("MR3402", "The metadata of a table is larger than allowed.", "Expire old snapshots: `millrace iceberg expire`, or `expire_snapshots` of the job that writes.");
    public static readonly ErrorCode NewerFormat = new("MR3403", "A table uses a part of the Iceberg format that is not supported.", "Read it with the engine that wrote it, or rewrite it as format version 2.");
    public static readonly ErrorCode BadEvolution = new("MR3404", "A schema cannot be changed in this way.", "Allowed are: adding optional columns, dropping, renaming and moving columns, and widening int to long, float to double, and decimals to more digits.");
    public static readonly ErrorCode TypeNotSupported = new("MR3405", "A type has no counterpart without loss in an Iceberg table.", "Cast the column to another type before it is written.");
    public static readonly ErrorCode BadValue = new("MR3406", "A value in the metadata of a table is no value of its type.", "Restore the metadata file, or point the version hint at an earlier one.");
    public static readonly ErrorCode BadTransform = new("MR3407", "A partition transform cannot be used.", "Use a column, or year(c), month(c), day(c), hour(c), bucket(n, c), truncate(w, c).");
    public static readonly ErrorCode BadManifest = new("MR3408", "A manifest of a table is damaged.", "Restore the file, or roll back to an earlier snapshot.");
    public static readonly ErrorCode OutsideTable = new("MR3409", "A table has files outside of its folder.", "Read it with the engine that wrote it, or rewrite its files into its folder.");
    public static readonly ErrorCode TableExists = new("MR3410", "A table exists already.", "Choose another name, or write into the table that is there.");
    public static readonly ErrorCode Conflict = new("MR3411", "Another writer has changed a table in the meantime.", "Run again: nothing of this commit was made visible.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode CommitUnknown = new("MR3412", "It is not known whether a commit was made.", "Run the job again: it looks into the table and goes on from there.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode NoTable = new("MR3413", "There is no Iceberg table at a place.", "Check the path: it is the folder that holds `metadata` and `data`.");
    public static readonly ErrorCode ForeignCatalog = new("MR3414", "A table belongs to a catalog that is not asked.", "Write to it through its catalog; without one it can only be read.");
    public static readonly ErrorCode NoSnapshot = new("MR3415", "A table has no such snapshot.", "See the snapshots in the table's stream `$snapshots`.");
    public static readonly ErrorCode SchemaMisfit = new("MR3416", "Rows do not fit the columns of a table.", "Cast the columns, let the schema evolve, or write into another table.");
    public static readonly ErrorCode ValueDoesNotFit = new("MR3417", "A value does not fit the column of a table.", "Set failure.strategy to dead_letter to set such rows aside, or cast the column.", Class: ErrorClass.Data);
    public static readonly ErrorCode NotEmpty = new("MR3418", "A table holds rows already.", "Allow it with `write: append` or `write: overwrite`, or set `if_exists`.");
    public static readonly ErrorCode UnknownStream = new("MR3419", "A table has no such stream.", "See the streams with `millrace discover`.");
    public static readonly ErrorCode ForeignType = new("MR3059", "A column of a table has a type that is not supported.", "Read the other columns by name: `millrace sql -c \"SELECT a, b FROM iceberg('lake/orders')\"`. Write to the table with the engine that made it.");
    public static readonly ErrorCode LayoutDiffers = new("MR3430", "A table has another layout than the job asks for.", "Leave the option out, set `layout: keep` to write as the table is, or `layout: evolve` to change it for what is written from now on.");
    public static readonly ErrorCode BadProperty = new("MR3431", "A property of a table has a value that cannot be used.", "Set the property of the table to one of the values that the message names.");
    public static readonly ErrorCode BadVector = new("MR3432", "A deletion vector of a table is damaged.", "Restore the Puffin file, or roll back to an earlier snapshot.");
    public static readonly ErrorCode CannotMerge = new("MR3440", "Rows cannot be merged into a table in this way.", "See the options `row_changes` and `key` of the target.");
    public static readonly ErrorCode LostSnapshot = new("MR3441", "The snapshot up to which a table was read is none of its past any more.", "Load the table anew: `millrace state reset` forgets how far the job has read. Keep snapshots for longer than the job may stand still.");
    public static readonly ErrorCode OtherSnapshot = new("MR3442", "An incremental read came to a snapshot that replaces or removes rows.", "Read changes with `mode: cdc` into a target that merges; or leave such snapshots out with `other_snapshots: skip`.");
    public static readonly ErrorCode BadFilter = new("MR3443", "A filter of rows cannot be read.", "Compare columns with constants, joined by AND: region = 'eu' AND day >= '2026-01-01'; also IN, BETWEEN, IS NULL, IS NOT NULL.");
    public static readonly ErrorCode OutsideFilter = new("MR3444", "A row is none of those that the filter replaces.", "Read only rows that match, with a `transform`; or set failure.strategy to dead_letter to set such rows aside.", Class: ErrorClass.Data);
    public static readonly ErrorCode NoLineage = new("MR3445", "Ids of rows are asked for where there are none.", "Leave `row_lineage` out; or read all rows of a table of format version 3.");
    public static readonly ErrorCode RowsCameBack = new("MR3446", "A snapshot gives back rows that were deleted, which no read of changes can tell.", "Load the table anew: `millrace state reset` forgets how far the job has read.");

    internal static MillraceException Metadata(string file, string path, string fault)
        => BadMetadata.Error(path.Length == 0 ? $"The table metadata is not as the format asks: {fault}." : $"In the table metadata, '{path}' {fault}.", ErrorPlace.InFile(file));

    internal static MillraceException Limit(string file, string fault)
        => MetadataLimit.Error($"{fault}.", ErrorPlace.InFile(file));

    internal static MillraceException Unsupported(string what)
        => NewerFormat.Error($"{what}.");

    internal static MillraceException Foreign(string column, IcebergForeign type, string verb)
        => ForeignType.Error($"The column '{column}' is of type {type}, and {verb}.", new ErrorPlace { Field = column });

    internal static MillraceException Evolution(string fault)
        => BadEvolution.Error($"{fault}.");

    internal static MillraceException Type(string column, string fault)
        => TypeNotSupported.Error($"{fault}.", new ErrorPlace { Field = column });

    internal static MillraceException Value(string type, string fault)
        => BadValue.Error($"A value of type {type} {fault}.");

    internal static MillraceException Transform(string fault)
        => BadTransform.Error($"{fault}.");

    internal static MillraceException Outside(string path, string location)
        => OutsideTable.Error($"The file '{path}' is not below the table's location '{location}'.", ErrorPlace.InFile(path));

    internal static MillraceException Exists(string table)
        => TableExists.Error($"There is a table at '{table}' already.", ErrorPlace.InFile(table));

    internal static MillraceException Conflicts(string table, string fault, Exception? inner = null)
        => Conflict.Error($"The table '{table}' {fault}.", ErrorPlace.InFile(table), inner: inner);

    internal static MillraceException Missing(string table)
        => NoTable.Error($"There is no table at '{table}'.", ErrorPlace.InFile(table));

    internal static MillraceException Missing(TableIdentifier table, ICatalog catalog)
        => NoTable.Error($"There is no table '{table}' in the catalog{(catalog.Remote is { } remote ? $" at {remote[(remote.IndexOf(':', StringComparison.Ordinal) + 1)..]}" : "")}.", ErrorPlace.InFile(table.ToString()), "See the tables with `millrace discover`.");

    internal static MillraceException Misfit(string table, string column, IcebergType present, Columnar.DataType row)
        => SchemaMisfit.Error($"Column '{column}' of the table is of type {present}, which does not take {row}.", new ErrorPlace { File = table, Field = column });

    internal static MillraceException Property(string name, string value, string expected)
        => BadProperty.Error($"The property '{name}' of the table is '{value}', expected {expected}.");

    internal static MillraceException Lineage(string table, string fault)
        => NoLineage.Error($"{fault}.", new ErrorPlace { File = table, Field = "row_lineage" });

    internal static MillraceException RowsBack(string file)
        => RowsCameBack.Error($"A snapshot gives back rows of '{file}' that were deleted, which cannot be read as changes.", ErrorPlace.InFile(file));

    internal static MillraceException Vector(string file, string fault)
        => BadVector.Error($"The deletion vector {fault}.", ErrorPlace.InFile(file));

    internal static MillraceException Manifest(string file, string fault)
        => BadManifest.Error($"The manifest {fault}.", ErrorPlace.InFile(file));
}
