using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Avro's types as ours. What each becomes stands in docs/decisions/0006-avro-types-as-columns.md.</summary>
internal static class AvroMapping
{
    /// <summary>The column of a file whose schema is no record.</summary>
    public const string ValueColumn = "value";

    /// <summary>Property that keeps one of our types which Avro has no word for, on the type that stands in for it.</summary>
    public const string TypeProperty = "sql-type";

    /// <summary>Property that keeps the name of a column which is no Avro name.</summary>
    public const string NameProperty = "column-name";

    public const string FieldId = "field-id";
    public const string ElementId = "element-id";
    public const string KeyId = "key-id";
    public const string ValueId = "value-id";

    public static Schema ToSchema(AvroType type)
    {
        var open = new List<AvroType>();
        return type.Kind == AvroKind.Record
            ? new Schema(ToFields(type, open))
            : new Schema([ToField(ValueColumn, type, open)]);
    }

    /// <summary>The type of a column for values of an Avro type, nulls apart.</summary>
    public static DataType ToType(AvroType type) => ToType(type, []);

    public static bool IsNullable(AvroType type)
        => type.Kind == AvroKind.Null || (type.Kind == AvroKind.Union && type.Children.Any(c => c.Kind == AvroKind.Null));

    /// <summary>The type itself, or the only branch of a union besides null; null for a union of several.</summary>
    public static AvroType? WithoutNull(AvroType type)
    {
        if (type.Kind != AvroKind.Union)
        {
            return type;
        }

        AvroType? only = null;
        foreach (AvroType branch in type.Children)
        {
            if (branch.Kind != AvroKind.Null)
            {
                if (only is not null)
                {
                    return null;
                }

                only = branch;
            }
        }

        return only ?? type.Children[0];
    }

    /// <summary>The branches that are not null, in order: the fields of the struct that a general union becomes.</summary>
    public static IEnumerable<AvroType> Branches(AvroType union) => union.Children.Where(c => c.Kind != AvroKind.Null);

    public static string ColumnName(AvroField field)
        => field.Properties.GetValueOrDefault(NameProperty) is JsonValue value && value.TryGetValue(out string? name) ? name : field.Name;

    private static List<Field> ToFields(AvroType record, List<AvroType> open)
    {
        open.Add(record);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var fields = record.Fields.Select(f =>
        {
            Field field = ToField(Unique(ColumnName(f), names), f.Type, open);
            field = WithId(field, f.Properties, FieldId);
            return f.Doc is null ? field : field.WithMetadata(FieldMetadata.Comment, f.Doc);
        }).ToList();
        open.RemoveAt(open.Count - 1);
        return fields;
    }

    // Names of fields differ, but what the properties call the columns need not.
    private static string Unique(string name, HashSet<string> taken)
    {
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        return unique;
    }

    private static Field ToField(string name, AvroType type, List<AvroType> open) => new(name, ToType(type, open), IsNullable(type));

    private static DataType ToType(AvroType type, List<AvroType> open)
    {
        if (WithoutNull(type) is not { } plain)
        {
            return DataType.Struct([.. Branches(type).Select(b => new Field(UnionField(type, b), ToType(b, open)))]);
        }

        DataType natural = plain.Logical == AvroLogical.None ? ToPlainType(plain, open) : ToLogicalType(plain, open);
        return Kept(plain, natural);
    }

    private static DataType ToPlainType(AvroType type, List<AvroType> open) => type.Kind switch
    {
        AvroKind.Boolean => DataType.Boolean,
        AvroKind.Int => DataType.Int32,
        AvroKind.Long => DataType.Int64,
        AvroKind.Float => DataType.Float32,
        AvroKind.Double => DataType.Float64,
        AvroKind.Bytes => DataType.Binary,
        AvroKind.Fixed => type.Size == 0 ? DataType.Binary : DataType.FixedBinary(type.Size),

        // Where a record holds itself, the inner one becomes JSON text: columns cannot nest without end.
        AvroKind.Record => open.Contains(type) ? DataType.Json : DataType.Struct(ToFields(type, open)),
        AvroKind.Array => DataType.List(WithId(ToField("element", type.Item, open), type.Properties, ElementId)),
        AvroKind.Map => DataType.Map(DataType.Utf8, WithId(ToField("value", type.Item, open), type.Properties, ValueId)),
        _ => DataType.Utf8,
    };

    private static DataType ToLogicalType(AvroType type, List<AvroType> open) => type.Logical switch
    {
        AvroLogical.Decimal => DataType.Decimal(type.Precision, type.Scale),
        AvroLogical.Uuid => DataType.Uuid,
        AvroLogical.Date => DataType.Date,
        AvroLogical.TimeMillis => DataType.Time(TimeUnit.Millisecond),
        AvroLogical.TimeMicros => DataType.Time(),
        AvroLogical.TimestampMillis => DataType.Timestamp(TimeUnit.Millisecond, "UTC"),
        AvroLogical.TimestampMicros => DataType.Timestamp(TimeUnit.Microsecond, "UTC"),
        AvroLogical.TimestampNanos => DataType.Timestamp(TimeUnit.Nanosecond, "UTC"),
        AvroLogical.LocalTimestampMillis => DataType.Timestamp(TimeUnit.Millisecond),
        AvroLogical.LocalTimestampMicros => DataType.Timestamp(),
        AvroLogical.LocalTimestampNanos => DataType.Timestamp(TimeUnit.Nanosecond),
        AvroLogical.Duration => DataType.Interval,
        AvroLogical.Map => ToMap(type.Item, open),
        _ => ToPlainType(type, open),
    };

    private static DataType ToMap(AvroType entry, List<AvroType> open)
    {
        List<Field> fields = ToFields(entry, open);
        return DataType.Map(fields[0].Type, fields[1]);
    }

    // The type that the writer kept in a property, if it is one that the natural type can stand in for.
    private static DataType Kept(AvroType type, DataType natural)
    {
        if (type.Properties.GetValueOrDefault(TypeProperty) is not JsonValue value
            || !value.TryGetValue(out string? text)
            || !TypeName.TryParse(text, out DataType? kept, out _))
        {
            return natural;
        }

        bool fits = AvroStandIns.For(kept) is { } standIn && standIn.Kind == type.Kind && standIn.Logical == type.Logical && type.Scale == 0;
        return fits ? kept : natural;
    }

    private static string UnionField(AvroType union, AvroType branch)
        => branch.IsNamed && Branches(union).Count(b => b.Label == branch.Label) > 1 ? branch.FullName : branch.Label;

    private static Field WithId(Field field, IReadOnlyDictionary<string, JsonNode?> properties, string property)
        => properties.GetValueOrDefault(property) is JsonValue value && value.TryGetValue(out int id)
            ? field.WithMetadata(FieldMetadata.FieldId, id.ToString(CultureInfo.InvariantCulture))
            : field;
}
