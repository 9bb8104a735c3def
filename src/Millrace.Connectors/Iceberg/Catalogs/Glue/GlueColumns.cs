using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Connectors.Iceberg;

/// <summary>The columns of a table as Glue shows them to engines that know no Iceberg, in the types of Hive.</summary>
internal static class GlueColumns
{
    public static JsonArray Of(TableSchema schema) =>
    [
        .. schema.Fields.Select(f => new JsonObject
        {
            ["Name"] = f.Name,
            ["Type"] = Type(f.Type),
            ["Parameters"] = new JsonObject
            {
                ["iceberg.field.id"] = f.Id.ToString(CultureInfo.InvariantCulture),
                ["iceberg.field.optional"] = f.Required ? "false" : "true",
                ["iceberg.field.current"] = "true",
            },
        }),
    ];

    private static string Type(IcebergType type) => type switch
    {
        IcebergStruct s => $"struct<{string.Join(',', s.Fields.Select(f => $"{f.Name}:{Type(f.Type)}"))}>",
        IcebergList l => $"array<{Type(l.Element.Type)}>",
        IcebergMap m => $"map<{Type(m.Key.Type)},{Type(m.Value.Type)}>",
        IcebergPrimitive p => p.Kind switch
        {
            IcebergKind.Boolean => "boolean",
            IcebergKind.Int => "int",
            IcebergKind.Long => "bigint",
            IcebergKind.Float => "float",
            IcebergKind.Double => "double",
            IcebergKind.Date => "date",
            IcebergKind.Timestamp or IcebergKind.TimestampTz or IcebergKind.TimestampNs or IcebergKind.TimestampTzNs => "timestamp",
            IcebergKind.Fixed or IcebergKind.Binary => "binary",
            IcebergKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({p.Precision},{p.Scale})"),
            _ => "string",
        },
        _ => "string",
    };
}
