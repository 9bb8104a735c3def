using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Makes the nodes that write columns as <see cref="AvroSchemaMaker"/> declares them.</summary>
internal static class EncodePlanner
{
    public static EncodeNode[] Plan(Schema schema) => [.. schema.Fields.Select(f => Place(f, f.Name))];

    private static EncodeNode Place(Field field, string path)
    {
        EncodeNode value = Value(field.Type, path);
        return field.Nullable ? new NullableEncode(value) : new RequiredEncode(value, path);
    }

    private static EncodeNode Value(DataType type, string path) => type.Id switch
    {
        TypeId.Boolean => new BooleanEncode(),
        TypeId.Int8 => new FixedEncode<sbyte, WholeWrite<sbyte>>(),
        TypeId.Int16 => new FixedEncode<short, WholeWrite<short>>(),
        TypeId.Int32 or TypeId.Date => new FixedEncode<int, WholeWrite<int>>(),
        TypeId.UInt8 => new FixedEncode<byte, WholeWrite<byte>>(),
        TypeId.UInt16 => new FixedEncode<ushort, WholeWrite<ushort>>(),
        TypeId.UInt32 => new FixedEncode<uint, WholeWrite<uint>>(),
        TypeId.UInt64 => new FixedEncode<ulong, UnsignedWrite>(),
        TypeId.Float32 => new FixedEncode<float, RawWrite<float>>(),
        TypeId.Float64 => new FixedEncode<double, RawWrite<double>>(),
        TypeId.Decimal => new FixedEncode<Int128, DecimalWrite>(),
        TypeId.Interval => new FixedEncode<Interval, IntervalWrite>(),
        TypeId.Time when type.Unit is TimeUnit.Second or TimeUnit.Millisecond => new TimeMillisEncode(path, type.Unit == TimeUnit.Second ? 1000 : 1),
        TypeId.Timestamp when type.Unit == TimeUnit.Second => new SecondsEncode(path),
        TypeId.Int64 or TypeId.Time or TypeId.Timestamp => new FixedEncode<long, WholeWrite<long>>(),
        TypeId.Utf8 or TypeId.Json or TypeId.Binary => new BytesEncode(),
        TypeId.FixedBinary => new FixedBytesEncode(),
        TypeId.Uuid => new UuidEncode(),
        TypeId.Dictionary => new DictionaryEncode(Value(type.DictionaryValue, path)),
        TypeId.Struct => new RecordEncode([.. type.Children.Select(f => Place(f, $"{path}.{f.Name}"))]),
        TypeId.List => new ListEncode(Place(type.Element, path + "[]")),
        TypeId.Map when type.Children[0].Type.Id == TypeId.Utf8 => new MapEncode(Place(type.Children[0], path), Place(type.Children[1], path + "{}")),
        TypeId.Map => new ListEncode(new RecordEncode([.. type.Children.Select(f => Place(f, path + "{}"))])),
        _ => throw FormatErrors.TypeNotSupported.Error($"Avro cannot hold {type}."),
    };
}
