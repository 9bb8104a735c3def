using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Types as Avro schemas (specification, appendix A, "Avro"), and the columns that are written with them.</summary>
internal static class AvroSchemaText
{
    /// <summary>The schema of a record in JSON.</summary>
    public static string Of(IcebergStruct record, string name) => Record(record, name).ToJsonString();

    /// <summary>
    /// The columns for such a record. Times are plain numbers here: Avro's types of them tell instants from wall-clock times in another
    /// way than these schemas do.
    /// </summary>
    public static Schema ColumnsOf(IcebergStruct record) => TypeMapping.ToColumns(new TableSchema(0, ((IcebergStruct)Physical(record)).Fields));

    private static IcebergType Physical(IcebergType type) => type switch
    {
        IcebergStruct structure => new IcebergStruct([.. structure.Fields.Select(f => f with { Type = Physical(f.Type) })]),
        IcebergList list => new IcebergList(list.Element with { Type = Physical(list.Element.Type) }),
        IcebergPrimitive { Kind: IcebergKind.Time or IcebergKind.Timestamp or IcebergKind.TimestampTz or IcebergKind.TimestampNs or IcebergKind.TimestampTzNs } => IcebergType.Long,
        _ => type,
    };

    private static JsonObject Record(IcebergStruct record, string name)
    {
        var fields = new JsonArray();
        foreach (IcebergField field in record.Fields)
        {
            var entry = new JsonObject { ["name"] = field.Name, ["type"] = Place(field) };
            if (!field.Required)
            {
                entry["default"] = null;
            }

            entry["field-id"] = field.Id;
            fields.Add(entry);
        }

        return new JsonObject { ["type"] = "record", ["name"] = name, ["fields"] = fields };
    }

    private static JsonNode Place(IcebergField field) => field.Required ? Type(field.Type, field.Id) : new JsonArray("null", Type(field.Type, field.Id));

    private static JsonNode Type(IcebergType type, int id) => type switch
    {
        IcebergStruct structure => Record(structure, string.Create(CultureInfo.InvariantCulture, $"r{id}")),
        IcebergList list => new JsonObject { ["type"] = "array", ["items"] = Place(list.Element), ["element-id"] = list.Element.Id },
        IcebergMap map => new JsonObject
        {
            ["type"] = "array",
            ["items"] = Record(new IcebergStruct([map.Key, map.Value]), string.Create(CultureInfo.InvariantCulture, $"k{map.Key.Id}_v{map.Value.Id}")),
            ["logicalType"] = "map",
        },
        _ => Primitive((IcebergPrimitive)type, id),
    };

    private static JsonNode Primitive(IcebergPrimitive type, int id) => type.Kind switch
    {
        IcebergKind.Binary => "bytes",
        IcebergKind.Date => Logical("int", "date"),
        IcebergKind.Time => Logical("long", "time-micros"),
        IcebergKind.Timestamp => Instant("timestamp-micros", false),
        IcebergKind.TimestampTz => Instant("timestamp-micros", true),
        IcebergKind.TimestampNs => Instant("timestamp-nanos", false),
        IcebergKind.TimestampTzNs => Instant("timestamp-nanos", true),
        IcebergKind.Fixed => Fixed("fixed", id, type.Length),
        IcebergKind.Uuid => With(Fixed("uuid_fixed", id, 16), "uuid"),
        IcebergKind.Decimal => Decimal(type, id),
        _ => type.ToString(),
    };

    private static JsonObject Logical(string type, string logical) => With(new JsonObject { ["type"] = type }, logical);

    private static JsonObject With(JsonObject type, string logical)
    {
        type["logicalType"] = logical;
        return type;
    }

    private static JsonObject Instant(string logical, bool isUtc)
    {
        JsonObject type = Logical("long", logical);
        type["adjust-to-utc"] = isUtc;
        return type;
    }

    private static JsonObject Fixed(string name, int id, int size)
        => new() { ["type"] = "fixed", ["size"] = size, ["name"] = string.Create(CultureInfo.InvariantCulture, $"{name}_{id}") };

    private static JsonObject Decimal(IcebergPrimitive type, int id)
    {
        JsonObject written = With(Fixed("decimal", id, SingleValue.Unscaled((Int128)DecimalMath.Max(type.Precision)).Length), "decimal");
        written["precision"] = type.Precision;
        written["scale"] = type.Scale;
        return written;
    }
}
