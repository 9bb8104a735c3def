using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>The table that rows are merged into, as a run sees it.</summary>
/// <param name="Files">The table's files.</param>
/// <param name="Schema">The schema that rows are read and written with.</param>
/// <param name="Columns">The same as columns.</param>
/// <param name="Key">Places of the key among the columns.</param>
/// <param name="Path">What the user calls the table.</param>
internal sealed record MergeTarget(TableFiles Files, TableSchema Schema, Schema Columns, int[] Key, string Path)
{
    public IReadOnlyList<IcebergField> KeyFields { get; } = [.. Key.Select(k => Schema.Fields[k])];

    public static MergeTarget Of(IcebergTable table, IReadOnlyList<string> key, string path)
    {
        Schema columns = TypeMapping.ToColumns(table.Metadata.Schema);
        if (key.Count == 0)
        {
            throw IcebergErrors.CannotMerge.Error($"Rows are to meet those of {path} by key, and no column identifies a row.", ErrorPlace.InFile(path), "Name the columns that identify a row with `key`.");
        }

        return new MergeTarget(table.Files, table.Metadata.Schema, columns, [.. key.Select(k => PlaceOf(columns, k, path))], path);
    }

    private static int PlaceOf(Schema columns, string name, string path)
    {
        int place = columns.IndexOf(name);
        return place < 0 ? throw IcebergErrors.CannotMerge.Error($"The key column '{name}' is not among the columns of the table{NearestName.Suggest(name, columns.Fields.Select(f => f.Name))}.", new ErrorPlace { File = path, Field = name }, "Name columns of the table with `key`.")
            : columns[place].Type.IsNested ? throw IcebergErrors.CannotMerge.Error($"The key column '{name}' is of type {columns[place].Type}, and rows are told apart by plain values only.", new ErrorPlace { File = path, Field = name }, "Choose other columns with `key`.")
            : place;
    }
}
