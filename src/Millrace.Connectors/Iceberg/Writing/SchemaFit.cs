using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Works out how a table's schema has to change so that rows fit; by name, the case not counting where that is clear.</summary>
internal static class SchemaFit
{
    /// <summary>The changes; none when rows fit as they are. Columns that are there in another type which holds no less stay.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">Columns of the rows.</param>
    /// <param name="name">What the user calls the table.</param>
    /// <param name="version">The version of the format that the table will have, which decides on the types of columns.</param>
    public static SchemaUpdate Of(TableMetadata table, Schema rows, string name, int version)
    {
        var update = new SchemaUpdate(table.Schema, table.LastColumnId);
        foreach (Field row in rows.Fields)
        {
            Fit(update, null, row, name, version);
        }

        return update;
    }

    private static void Fit(SchemaUpdate update, string? parent, Field row, string name, int version)
    {
        string path = parent is null ? row.Name : $"{parent}.{row.Name}";
        if (update.Result.Find(path) is not { } column)
        {
            update.Add(parent, row.Name, TypeMapping.ToTableType(row, version), row.Metadata.GetValueOrDefault(FieldMetadata.Comment));
            return;
        }

        FitType(update, update.Result.PathOf(column.Id), column.Type, row.Type, name, version);
    }

    private static void FitType(SchemaUpdate update, string path, IcebergType column, DataType row, string name, int version)
    {
        switch (column, row.Id)
        {
            case (IcebergStruct, TypeId.Struct):
                foreach (Field inner in row.Children)
                {
                    Fit(update, path, inner, name, version);
                }

                break;
            case (IcebergList list, TypeId.List):
                FitType(update, $"{path}.element", list.Element.Type, row.Element.Type, name, version);
                break;
            case (IcebergMap map, TypeId.Map):
                FitType(update, $"{path}.key", map.Key.Type, row.Children[0].Type, name, version);
                FitType(update, $"{path}.value", map.Value.Type, row.Children[1].Type, name, version);
                break;
            default:
                IcebergType wanted = TypeMapping.ToTableType(new Field(path, row), version);
                if (wanted is not IcebergPrimitive primitive || column is not IcebergPrimitive present)
                {
                    throw IcebergErrors.Misfit(name, path, column, row);
                }

                if (!Holds(present, primitive))
                {
                    update.Widen(path, SchemaUpdate.CanWiden(present, primitive) ? primitive : throw IcebergErrors.Misfit(name, path, column, row));
                }

                break;
        }
    }

    // Whether every value of a type is one of the other, too; a timestamp of nanoseconds takes one of microseconds, and text takes what
    // has one: changes of a column whose type is text by now were of another type when they were made.
    private static bool Holds(IcebergPrimitive column, IcebergPrimitive row) => SchemaUpdate.CanWiden(row, column) || (row.Kind, column.Kind) switch
    {
        (IcebergKind.Int, IcebergKind.Double) => true,
        (IcebergKind.Int, IcebergKind.Decimal) => column.Precision - column.Scale >= 10,
        (IcebergKind.Long, IcebergKind.Decimal) => column.Precision - column.Scale >= 19,
        (IcebergKind.Decimal, IcebergKind.Decimal) => column.Scale >= row.Scale && column.Precision - column.Scale >= row.Precision - row.Scale,
        (IcebergKind.Date, IcebergKind.Timestamp or IcebergKind.TimestampNs) => true,
        (IcebergKind.Timestamp, IcebergKind.TimestampNs) or (IcebergKind.TimestampTz, IcebergKind.TimestampTzNs) => true,
        (IcebergKind.Fixed or IcebergKind.Uuid, IcebergKind.Binary) => true,
        (not (IcebergKind.Fixed or IcebergKind.Binary), IcebergKind.String) => true,
        _ => false,
    };
}
