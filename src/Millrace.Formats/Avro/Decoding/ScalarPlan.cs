using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>The node for a value of a primitive type or a fixed, by how it is written and which column it goes to.</summary>
internal static class ScalarPlan
{
    public static DecodeNode For(AvroType writer, AvroType reader, ColumnBuilder builder, string path) => builder switch
    {
        BooleanBuilder b => new BooleanNode(b),
        BinaryBuilder b => ForBytes(writer, b, path),
        FixedBinaryBuilder b when writer.Kind == AvroKind.Fixed => new FixedBytesNode(b, writer.Size),
        FixedBinaryBuilder b => new UuidTextNode(b, path),
        FixedBuilder<Int128> b => new DecimalNode(b, writer.Kind == AvroKind.Fixed ? writer.Size : -1, b.Type, path),
        FixedBuilder<Interval> b when writer.Kind == AvroKind.Fixed => new FixedNode<Interval, DurationRead>(b),
        FixedBuilder<Interval> b => new IntervalTextNode(b, path),
        FixedBuilder<float> b => ForFloat(writer, b),
        FixedBuilder<double> b => ForDouble(writer, b),
        FixedBuilder<int> b => new FixedNode<int, IntRead>(b),
        FixedBuilder<long> b => ForLong(writer, reader, b, path),
        FixedBuilder<sbyte> b => new NarrowNode<sbyte>(b, b.Type, path),
        FixedBuilder<short> b => new NarrowNode<short>(b, b.Type, path),
        FixedBuilder<byte> b => new NarrowNode<byte>(b, b.Type, path),
        FixedBuilder<ushort> b => new NarrowNode<ushort>(b, b.Type, path),
        FixedBuilder<uint> b => new NarrowNode<uint>(b, b.Type, path),
        FixedBuilder<ulong> b => new UnsignedNode(b, writer.Kind == AvroKind.Fixed ? writer.Size : -1, path),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static DecodeNode ForBytes(AvroType writer, BinaryBuilder builder, string path)
    {
        if (writer.Kind == AvroKind.Fixed)
        {
            return new EmptyFixedNode(builder);
        }

        return builder.Type.IsText ? new TextNode(builder, path) : new BytesNode(builder);
    }

    private static DecodeNode ForFloat(AvroType writer, FixedBuilder<float> builder)
        => writer.Kind == AvroKind.Float ? new FixedNode<float, FloatRead>(builder) : new FixedNode<float, LongAsFloatRead>(builder);

    private static DecodeNode ForDouble(AvroType writer, FixedBuilder<double> builder) => writer.Kind switch
    {
        AvroKind.Double => new FixedNode<double, DoubleRead>(builder),
        AvroKind.Float => new FixedNode<double, FloatAsDoubleRead>(builder),
        _ => new FixedNode<double, LongAsDoubleRead>(builder),
    };

    private static DecodeNode ForLong(AvroType writer, AvroType reader, FixedBuilder<long> builder, string path)
    {
        bool isInt = writer.Kind == AvroKind.Int;
        if (builder.Type.Id is TypeId.Time or TypeId.Timestamp)
        {
            // A number without a unit of its own is taken to be in the reader's.
            TimeUnit to = builder.Type.Unit;
            TimeUnit from = AvroLogicalTypes.Unit(writer.Logical) ?? AvroLogicalTypes.Unit(reader.Logical) ?? to;
            if (from != to)
            {
                long perFrom = from.PerSecond();
                long perTo = to.PerSecond();
                return new RescaleNode(builder, isInt, Math.Max(perTo / perFrom, 1), Math.Max(perFrom / perTo, 1), path);
            }
        }

        return isInt ? new FixedNode<long, IntAsLongRead>(builder) : new FixedNode<long, LongRead>(builder);
    }
}
