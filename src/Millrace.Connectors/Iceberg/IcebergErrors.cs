namespace Millrace.Connectors.Iceberg;

/// <summary>Errors of Iceberg tables. What the store itself says stands in <c>StorageErrors</c>.</summary>
public static class IcebergErrors
{
    public static readonly ErrorCode BadMetadata = new("MR3401", "The metadata of a table is damaged.", "Restore the metadata file, or point the version hint at an earlier one.");
    public static readonly ErrorCode MetadataLimit = new("MR3402", "The metadata of a table is larger than allowed.", "Expire old snapshots with the engine that wrote the table.");
    public static readonly ErrorCode NewerFormat = new("MR3403", "A table uses a part of the Iceberg format that is not supported.", "Read it with the engine that wrote it, or rewrite it as format version 2.");
    public static readonly ErrorCode BadEvolution = new("MR3404", "A schema cannot be changed in this way.", "Allowed are: adding optional columns, dropping, renaming and moving columns, and widening int to long, float to double, and decimals to more digits.");
    public static readonly ErrorCode TypeNotSupported = new("MR3405", "A type has no counterpart without loss in an Iceberg table.", "Cast the column to another type before it is written.");
    public static readonly ErrorCode BadValue = new("MR3406", "A value in the metadata of a table is no value of its type.", "Restore the metadata file, or point the version hint at an earlier one.");
    public static readonly ErrorCode BadTransform = new("MR3407", "A partition transform cannot be used.", "Use a column, or year(c), month(c), day(c), hour(c), bucket(n, c), truncate(w, c).");
    public static readonly ErrorCode BadManifest = new("MR3408", "A manifest of a table is damaged.", "Restore the file, or roll back to an earlier snapshot.");

    internal static MillraceException Metadata(string file, string path, string fault)
        => BadMetadata.Error(path.Length == 0 ? $"The table metadata is not as the format asks: {fault}." : $"In the table metadata, '{path}' {fault}.", ErrorPlace.InFile(file));

    internal static MillraceException Limit(string file, string fault)
        => MetadataLimit.Error($"{fault}.", ErrorPlace.InFile(file));

    internal static MillraceException Unsupported(string what)
        => NewerFormat.Error($"{what}.");

    internal static MillraceException Evolution(string fault)
        => BadEvolution.Error($"{fault}.");

    internal static MillraceException Type(string column, string fault)
        => TypeNotSupported.Error($"{fault}.", new ErrorPlace { Field = column });

    internal static MillraceException Value(string type, string fault)
        => BadValue.Error($"A value of type {type} {fault}.");

    internal static MillraceException Transform(string fault)
        => BadTransform.Error($"{fault}.");

    internal static MillraceException Manifest(string file, string fault)
        => BadManifest.Error($"The manifest {fault}.", ErrorPlace.InFile(file));
}
