using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Makes the decoder of a column from its type. The one place of this folder that goes by type for reading.</summary>
internal static class DecoderFactory
{
    public static ColumnDecoder Create(Field field, ColumnBuilder builder, DecoderOptions options)
    {
        bool nulls = field.Nullable;
        return builder switch
        {
            FixedBuilder<int> b when field.Type.Id == TypeId.Date => Form(new DateForm(b)),
            FixedBuilder<long> b when field.Type.Id == TypeId.Time => Form(new TimeForm(b)),
            FixedBuilder<long> b when field.Type.Id == TypeId.Timestamp => Form(Instant(b, options)),
            FixedBuilder<Interval> b => Form(new IntervalForm(b)),
            FixedBuilder<sbyte> b => Number(b, new IntegerParser<sbyte>()),
            FixedBuilder<short> b => Number(b, new IntegerParser<short>()),
            FixedBuilder<int> b => Number(b, new IntegerParser<int>()),
            FixedBuilder<long> b => Number(b, new IntegerParser<long>()),
            FixedBuilder<byte> b => Number(b, new IntegerParser<byte>()),
            FixedBuilder<ushort> b => Number(b, new IntegerParser<ushort>()),
            FixedBuilder<uint> b => Number(b, new IntegerParser<uint>()),
            FixedBuilder<ulong> b => Number(b, new IntegerParser<ulong>()),
            FixedBuilder<float> b => Number(b, new SingleParser()),
            FixedBuilder<double> b => Number(b, new DoubleParser(options.Declared)),
            FixedBuilder<Int128> b => Number(b, new DecimalParser(b.Type.Precision, b.Type.Scale)),
            BooleanBuilder b => new BooleanDecoder(field, b, nulls, options),
            BinaryBuilder b when field.Type.Id == TypeId.Utf8 => new TextDecoder(field, b, nulls, field.Metadata.ContainsKey(FieldMetadata.Unseen) && !options.Declared, options),
            BinaryBuilder b when field.Type.Id == TypeId.Json => new RawDecoder(field, b, nulls),
            BinaryBuilder b => Form(new BytesForm(b, options.Bytes)),
            FixedBinaryBuilder b when field.Type.Id == TypeId.Uuid => Form(new UuidForm(b)),
            FixedBinaryBuilder b => Form(new FixedBytesForm(b, options.Bytes)),
            StructBuilder b => new StructDecoder(field, b, nulls, Members(b, options)),
            ListBuilder b when field.Type.Id == TypeId.Map => new MapDecoder(field, b, nulls, Keys(field, ((StructBuilder)b.Items).Fields[0], options), Create(field.Type.Children[1], ((StructBuilder)b.Items).Fields[1], options), options),
            ListBuilder b => new ListDecoder(field, b, nulls, Create(field.Type.Element, b.Items, options)),
            _ => throw JsonErrors.TypeNotReadable(field),
        };

        ColumnDecoder Number<T, TParser>(FixedBuilder<T> b, TParser parser)
            where T : unmanaged
            where TParser : struct, INumberParser<T>
            => new NumberDecoder<T, TParser>(field, b, nulls, parser, options);

        ColumnDecoder Form<TForm>(TForm form)
            where TForm : struct, ITextAppender
            => new FormDecoder<TForm>(field, builder, nulls, form, options);
    }

    private static TimestampForm Instant(FixedBuilder<long> builder, DecoderOptions options)
        => new(builder, builder.Type.Unit, builder.Type.TimeZone is not null, options.Declared);

    private static ObjectDecoder Members(StructBuilder builder, DecoderOptions options)
    {
        IReadOnlyList<Field> fields = builder.Type.Children;
        ColumnDecoder[] columns = [.. fields.Select((f, i) => Create(f, builder.Fields[i], options))];
        return new ObjectDecoder(columns, new FieldTable([.. fields.Select(f => f.Name)], []), options.UnknownFields, options);
    }

    private static IMapKeys Keys(Field field, ColumnBuilder builder, DecoderOptions options) => builder switch
    {
        BinaryBuilder b when b.Type.Id == TypeId.Utf8 => new TextKeys(b),
        BinaryBuilder b when b.Type.Id == TypeId.Binary => new FormKeys<BytesForm>(new BytesForm(b, options.Bytes)),
        BooleanBuilder b => new BooleanKeys(b),
        FixedBuilder<int> b when b.Type.Id == TypeId.Date => new FormKeys<DateForm>(new DateForm(b)),
        FixedBuilder<long> b when b.Type.Id == TypeId.Time => new FormKeys<TimeForm>(new TimeForm(b)),
        FixedBuilder<long> b when b.Type.Id == TypeId.Timestamp => new FormKeys<TimestampForm>(Instant(b, options)),
        FixedBuilder<sbyte> b => new NumberKeys<sbyte, IntegerParser<sbyte>>(b, default),
        FixedBuilder<short> b => new NumberKeys<short, IntegerParser<short>>(b, default),
        FixedBuilder<int> b => new NumberKeys<int, IntegerParser<int>>(b, default),
        FixedBuilder<long> b => new NumberKeys<long, IntegerParser<long>>(b, default),
        FixedBuilder<byte> b => new NumberKeys<byte, IntegerParser<byte>>(b, default),
        FixedBuilder<ushort> b => new NumberKeys<ushort, IntegerParser<ushort>>(b, default),
        FixedBuilder<uint> b => new NumberKeys<uint, IntegerParser<uint>>(b, default),
        FixedBuilder<ulong> b => new NumberKeys<ulong, IntegerParser<ulong>>(b, default),
        FixedBuilder<Int128> b => new NumberKeys<Int128, DecimalParser>(b, new DecimalParser(b.Type.Precision, b.Type.Scale)),
        FixedBuilder<Interval> b => new FormKeys<IntervalForm>(new IntervalForm(b)),
        FixedBinaryBuilder b when b.Type.Id == TypeId.Uuid => new FormKeys<UuidForm>(new UuidForm(b)),
        FixedBinaryBuilder b => new FormKeys<FixedBytesForm>(new FixedBytesForm(b, options.Bytes)),
        _ => throw JsonErrors.TypeNotReadable(field),
    };
}
