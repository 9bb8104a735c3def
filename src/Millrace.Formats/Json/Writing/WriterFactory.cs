using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Makes the writer of a column from its type, and owns what those hold. The one place of this folder that goes by type for writing.</summary>
internal sealed class WriterFactory(JsonOptions options) : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public ValueWriter Create(Field field) => Create(field.Type, field);

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        _owned.Clear();
    }

    private ValueWriter Create(DataType type, Field field) => type.Id switch
    {
        TypeId.Boolean => new BooleanWriter(),
        TypeId.Int8 => Number<sbyte, SignedFormat<sbyte>>(default),
        TypeId.Int16 => Number<short, SignedFormat<short>>(default),
        TypeId.Int32 => Number<int, SignedFormat<int>>(default),
        TypeId.Int64 => Number<long, SignedFormat<long>>(default),
        TypeId.UInt8 => Number<byte, UnsignedFormat<byte>>(default),
        TypeId.UInt16 => Number<ushort, UnsignedFormat<ushort>>(default),
        TypeId.UInt32 => Number<uint, UnsignedFormat<uint>>(default),
        TypeId.UInt64 => Number<ulong, UnsignedFormat<ulong>>(default),
        TypeId.Float32 => Number<float, SingleFormat>(default),
        TypeId.Float64 => Number<double, DoubleFormat>(default),
        TypeId.Decimal => Number<Int128, DecimalFormat>(new DecimalFormat(type.Scale)),
        TypeId.Utf8 => new TextWriter(),
        TypeId.Json => Own(new RawWriter(options)),
        TypeId.Binary => new BytesWriter(options.Bytes),
        TypeId.FixedBinary => new FixedBytesWriter(options.Bytes),
        TypeId.Uuid => new UuidWriter(),
        TypeId.Date => Text<int, DateFormat>(default),
        TypeId.Time => Text<long, TimeFormat>(new TimeFormat(type.Unit)),
        TypeId.Timestamp => Text<long, TimestampFormat>(new TimestampFormat(type.Unit, type.TimeZone is not null)),
        TypeId.Interval => Text<Interval, IntervalFormat>(default),
        TypeId.List => new ListWriter(Create(type.Element)),
        TypeId.Struct => new StructWriter(new MemberWriter(type.Children, options, this)),
        TypeId.Map when type.Children[0].Type.IsNested || type.Children[0].Type.IsFloat || type.Children[0].Type.Id == TypeId.Json => throw JsonErrors.KeyNotWritable(field, type.Children[0].Type),
        TypeId.Map => new MapWriter(Create(type.Children[0]), Create(type.Children[1])),
        TypeId.Dictionary => new DictionaryWriter(Create(type.DictionaryValue, field)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static FixedWriter<T, TFormat> Number<T, TFormat>(TFormat format)
        where T : unmanaged
        where TFormat : struct, IValueFormat<T> => new(format, quoted: false);

    private static FixedWriter<T, TFormat> Text<T, TFormat>(TFormat format)
        where T : unmanaged
        where TFormat : struct, IValueFormat<T> => new(format, quoted: true);

    private RawWriter Own(RawWriter writer)
    {
        _owned.Add(writer);
        return writer;
    }
}
