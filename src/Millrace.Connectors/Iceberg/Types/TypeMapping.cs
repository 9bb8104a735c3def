using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Types of tables and types of columns. What would lose something is an error and never a guess.</summary>
public static class TypeMapping
{
    /// <summary>The columns of a schema, each with its id in <see cref="FieldMetadata.FieldId"/>.</summary>
    public static Schema ToColumns(TableSchema schema) => new(schema.Fields.Select(ToColumn));

    public static Field ToColumn(IcebergField field)
    {
        Field column = new Field(field.Name, ToColumnType(field.Type), !field.Required)
            .WithMetadata(FieldMetadata.FieldId, field.Id.ToString(CultureInfo.InvariantCulture));
        return field.Doc is null ? column : column.WithMetadata(FieldMetadata.Comment, field.Doc);
    }

    public static DataType ToColumnType(IcebergType type) => type switch
    {
        IcebergPrimitive primitive => ToColumnType(primitive),
        IcebergList list => DataType.List(ToColumn(list.Element)),
        IcebergMap map => DataType.Map(ToColumn(map.Key), ToColumn(map.Value)),

        // Whoever asks for rows with it is refused; see TableScan.
        IcebergForeign => DataType.Binary,
        _ => DataType.Struct([.. type.Children.Select(ToColumn)]),
    };

    /// <summary>The schema of a new table for columns, with ids from 1 on.</summary>
    public static TableSchema ToTable(Schema schema, int formatVersion)
    {
        int last = 0;

        // The ids of the outer columns come first, as other writers have it.
        int[] ids = [.. schema.Fields.Select(_ => ++last)];
        return new TableSchema(0, [.. schema.Fields.Select((f, i) => new IcebergField(ids[i], f.Name, !f.Nullable, ToTableType(f.Type, f.Name, ref last, formatVersion))
        {
            Doc = f.Metadata.GetValueOrDefault(FieldMetadata.Comment),
        })]);
    }

    /// <summary>The type of a new column. The ids in it mean nothing; <see cref="SchemaUpdate.Add"/> gives it others.</summary>
    public static IcebergType ToTableType(Field column, int formatVersion)
    {
        int last = 0;
        return ToTableType(column.Type, column.Name, ref last, formatVersion);
    }

    private static DataType ToColumnType(IcebergPrimitive type) => type.Kind switch
    {
        IcebergKind.Boolean => DataType.Boolean,
        IcebergKind.Int => DataType.Int32,
        IcebergKind.Long => DataType.Int64,
        IcebergKind.Float => DataType.Float32,
        IcebergKind.Double => DataType.Float64,
        IcebergKind.Decimal => DataType.Decimal(type.Precision, type.Scale),
        IcebergKind.Date => DataType.Date,
        IcebergKind.Time => DataType.Time(),
        IcebergKind.Timestamp => DataType.Timestamp(),
        IcebergKind.TimestampTz => DataType.Timestamp(TimeUnit.Microsecond, "UTC"),
        IcebergKind.TimestampNs => DataType.Timestamp(TimeUnit.Nanosecond),
        IcebergKind.TimestampTzNs => DataType.Timestamp(TimeUnit.Nanosecond, "UTC"),
        IcebergKind.String => DataType.Utf8,
        IcebergKind.Uuid => DataType.Uuid,
        IcebergKind.Fixed => DataType.FixedBinary(type.Length),
        _ => DataType.Binary,
    };

    private static IcebergType ToTableType(DataType type, string path, ref int last, int formatVersion)
    {
        switch (type.Id)
        {
            case TypeId.Dictionary:
                return ToTableType(type.DictionaryValue, path, ref last, formatVersion);
            case TypeId.Struct:
                if (type.Children.Count == 0)
                {
                    throw IcebergErrors.Type(path, "A struct without fields cannot be stored");
                }

                var fields = new IcebergField[type.Children.Count];
                for (int i = 0; i < fields.Length; i++)
                {
                    fields[i] = new IcebergField(++last, type.Children[i].Name, !type.Children[i].Nullable, IcebergType.Boolean);
                }

                for (int i = 0; i < fields.Length; i++)
                {
                    fields[i] = fields[i] with { Type = ToTableType(type.Children[i].Type, $"{path}.{fields[i].Name}", ref last, formatVersion) };
                }

                return new IcebergStruct(fields);
            case TypeId.List:
                int element = ++last;
                return new IcebergList(new IcebergField(element, "element", !type.Element.Nullable, ToTableType(type.Element.Type, $"{path}.element", ref last, formatVersion)));
            case TypeId.Map:
                int key = ++last;
                int value = ++last;
                return new IcebergMap(
                    new IcebergField(key, "key", true, ToTableType(type.Children[0].Type, $"{path}.key", ref last, formatVersion)),
                    new IcebergField(value, "value", !type.Children[1].Nullable, ToTableType(type.Children[1].Type, $"{path}.value", ref last, formatVersion)));
            default:
                return ToTablePrimitive(type, path, formatVersion);
        }
    }

    private static IcebergPrimitive ToTablePrimitive(DataType type, string path, int formatVersion) => type.Id switch
    {
        TypeId.Boolean => IcebergType.Boolean,
        TypeId.Int8 or TypeId.Int16 or TypeId.Int32 or TypeId.UInt8 or TypeId.UInt16 => IcebergType.Int,
        TypeId.Int64 or TypeId.UInt32 => IcebergType.Long,
        TypeId.UInt64 => IcebergType.Decimal(20, 0),
        TypeId.Float32 => IcebergType.Float,
        TypeId.Float64 => IcebergType.Double,
        TypeId.Decimal => IcebergType.Decimal(type.Precision, type.Scale),
        TypeId.Utf8 or TypeId.Json => IcebergType.String,
        TypeId.Binary => IcebergType.Binary,
        TypeId.FixedBinary => IcebergType.Fixed(type.ByteWidth),
        TypeId.Uuid => IcebergType.Uuid,
        TypeId.Date => IcebergType.Date,
        TypeId.Timestamp when type.Unit == TimeUnit.Nanosecond && formatVersion > 2 => type.TimeZone is null ? IcebergType.TimestampNs : IcebergType.TimestampTzNs,
        TypeId.Time or TypeId.Timestamp when type.Unit == TimeUnit.Nanosecond
            => throw IcebergErrors.Type(path, formatVersion > 2 || type.Id == TypeId.Time
                ? $"A column of type {type} would lose its nanoseconds in a table, which has microseconds"
                : $"A column of type {type} would lose its nanoseconds in a table below format version 3"),
        TypeId.Time => IcebergType.Time,
        TypeId.Timestamp => type.TimeZone is null ? IcebergType.Timestamp : IcebergType.TimestampTz,
        _ => throw IcebergErrors.Type(path, $"A column of type {type} has no counterpart in an Iceberg table"),
    };
}
