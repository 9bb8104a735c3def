using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Gives a column as a file has it the shape that the table's schema has now: parts are found by id, those that the file lacks are null.</summary>
internal static class ColumnReshape
{
    /// <summary>The column in its new shape; the caller owns it.</summary>
    /// <param name="source">Borrowed.</param>
    /// <param name="from">The file's column, with ids.</param>
    /// <param name="to">The table's column.</param>
    public static Column Apply(Column source, Field from, IcebergField to)
    {
        DataType type = TypeMapping.ToColumnType(to.Type);
        switch (to.Type, source)
        {
            case (IcebergStruct structure, StructColumn column):
                return Struct(column, from.Type.Children, structure.Fields, type);
            case (IcebergList list, ListColumn column) when from.Type.Id == TypeId.List:
                return column.WithItems(type, Apply(column.Items, from.Type.Element, list.Element));
            case (IcebergMap map, ListColumn { Items: StructColumn entries } column) when from.Type.Id == TypeId.Map:
                return column.WithItems(type, Struct(entries, from.Type.Children, [map.Key, map.Value], ListColumn.ItemType(type)));
            default:
                CastResult cast = Cast.To(source, type);
                if (cast.Failures.Count == 0)
                {
                    return cast.Column;
                }

                cast.Column.Dispose();
                throw IcebergErrors.SchemaMisfit.Error($"Column '{to.Name}' of a data file: {cast.Failures[0].Message}", new ErrorPlace { Field = to.Name });
        }
    }

    /// <summary>What rows of a file have for a column that it lacks: the initial default, or null.</summary>
    public static Column Missing(IcebergField field, int rows)
    {
        DataType type = TypeMapping.ToColumnType(field.Type);
        return field is { InitialDefault: { } json, Type: IcebergPrimitive primitive }
            ? ColumnValue.Repeat(type, SingleValueJson.Parse(primitive, json), rows)
            : ColumnValue.Nulls(type, rows);
    }

    private static StructColumn Struct(StructColumn column, IReadOnlyList<Field> from, IReadOnlyList<IcebergField> to, DataType type)
    {
        var fields = new List<Column>(to.Count);
        try
        {
            foreach (IcebergField field in to)
            {
                int index = IndexOf(from, field.Id);
                fields.Add(index < 0 ? Missing(field, column.Length) : Apply(column.Fields[index], from[index], field));
            }

            return column.WithFields(type, [.. fields]);
        }
        catch
        {
            fields.ForEach(f => f.Dispose());
            throw;
        }
    }

    private static int IndexOf(IReadOnlyList<Field> fields, int id)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (FileColumns.IdOf(fields[i]) == id)
            {
                return i;
            }
        }

        return -1;
    }
}
