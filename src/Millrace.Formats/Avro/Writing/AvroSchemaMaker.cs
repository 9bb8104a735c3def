using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Our types as Avro's, for writing. What Avro has no word for becomes a stand-in that keeps the type's name; see <see cref="AvroStandIns"/>.</summary>
internal sealed class AvroSchemaMaker
{
    private readonly HashSet<string> _typeNames = new(StringComparer.Ordinal);

    private AvroSchemaMaker()
    {
    }

    /// <param name="schema">The columns.</param>
    /// <param name="recordName">Full name of the record; nested types are called after it and their path.</param>
    public static AvroType Make(Schema schema, string recordName)
        => new AvroSchemaMaker().Record(schema.Fields, recordName);

    private AvroType Record(IReadOnlyList<Field> columns, string name)
    {
        string full = UniqueTypeName(name);
        var names = new HashSet<string>(StringComparer.Ordinal);
        return new AvroType(AvroKind.Record) { FullName = full, Fields = [.. columns.Select(c => Member(c, full, names))] };
    }

    private AvroField Member(Field column, string record, HashSet<string> names)
    {
        string name = Unique(AvroNames.Sanitise(column.Name), names);
        var properties = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        if (name != column.Name)
        {
            properties[AvroMapping.NameProperty] = column.Name;
        }

        AddId(properties, AvroMapping.FieldId, column);
        return new AvroField(name, Place(column, $"{record}_{name}"))
        {
            HasDefault = column.Nullable,
            Doc = column.Metadata.GetValueOrDefault(FieldMetadata.Comment),
            Properties = properties,
        };
    }

    private AvroType Place(Field field, string name)
    {
        AvroType type = Value(field.Type, name);
        return field.Nullable ? new AvroType(AvroKind.Union) { Children = [new AvroType(AvroKind.Null), type] } : type;
    }

    private AvroType Value(DataType type, string name) => type.Id switch
    {
        TypeId.Dictionary => Value(type.DictionaryValue, name),
        TypeId.Struct => Record(type.Children, name),
        TypeId.List => List(type, name),
        TypeId.Map => Map(type, name),
        TypeId.FixedBinary => new AvroType(AvroKind.Fixed) { FullName = UniqueTypeName(name), Size = type.ByteWidth },
        _ when AvroStandIns.For(type) is { } standIn => StandIn(type, standIn),
        _ => Plain(type),
    };

    private static AvroType Plain(DataType type) => type.Id switch
    {
        TypeId.Boolean => new AvroType(AvroKind.Boolean),
        TypeId.Int32 => new AvroType(AvroKind.Int),
        TypeId.Int64 => new AvroType(AvroKind.Long),
        TypeId.Float32 => new AvroType(AvroKind.Float),
        TypeId.Float64 => new AvroType(AvroKind.Double),
        TypeId.Utf8 => new AvroType(AvroKind.String),
        TypeId.Binary => new AvroType(AvroKind.Bytes),
        TypeId.Decimal => new AvroType(AvroKind.Bytes) { Logical = AvroLogical.Decimal, Precision = type.Precision, Scale = type.Scale },
        TypeId.Uuid => new AvroType(AvroKind.String) { Logical = AvroLogical.Uuid },
        TypeId.Date => new AvroType(AvroKind.Int) { Logical = AvroLogical.Date },
        TypeId.Time when type.Unit == TimeUnit.Millisecond => new AvroType(AvroKind.Int) { Logical = AvroLogical.TimeMillis },
        TypeId.Time => new AvroType(AvroKind.Long) { Logical = AvroLogical.TimeMicros },
        TypeId.Timestamp => new AvroType(AvroKind.Long) { Logical = AvroLogicalTypes.Timestamp(type.Unit, type.TimeZone is not null) },
        _ => throw FormatErrors.TypeNotSupported.Error($"Avro cannot hold {type}."),
    };

    private static AvroType StandIn(DataType type, AvroStandIn standIn) => new(standIn.Kind)
    {
        Logical = standIn.Logical,
        Precision = standIn.Logical == AvroLogical.Decimal ? AvroStandIns.DecimalDigits : 0,
        Properties = new Dictionary<string, JsonNode?>(StringComparer.Ordinal) { [AvroMapping.TypeProperty] = type.ToString() },
    };

    private AvroType List(DataType type, string name)
    {
        var properties = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        AddId(properties, AvroMapping.ElementId, type.Element);
        return new AvroType(AvroKind.Array) { Children = [Place(type.Element, name + "_element")], Properties = properties };
    }

    private AvroType Map(DataType type, string name)
    {
        var properties = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        if (type.Children[0].Type.Id == TypeId.Utf8)
        {
            AddId(properties, AvroMapping.KeyId, type.Children[0]);
            AddId(properties, AvroMapping.ValueId, type.Children[1]);
            return new AvroType(AvroKind.Map) { Children = [Place(type.Children[1], name + "_value")], Properties = properties };
        }

        return new AvroType(AvroKind.Array) { Logical = AvroLogical.Map, Children = [Record(type.Children, name + "_entry")] };
    }

    private string UniqueTypeName(string name) => Unique(name, _typeNames);

    private static string Unique(string name, HashSet<string> taken)
    {
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        return unique;
    }

    private static void AddId(Dictionary<string, JsonNode?> properties, string property, Field field)
    {
        if (field.Metadata.TryGetValue(FieldMetadata.FieldId, out string? text) && int.TryParse(text, CultureInfo.InvariantCulture, out int id))
        {
            properties[property] = id;
        }
    }
}
