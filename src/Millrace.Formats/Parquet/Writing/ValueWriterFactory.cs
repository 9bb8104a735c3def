using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Chooses how the values of a leaf are fetched and collected.</summary>
internal static class ValueWriterFactory
{
    public static ValueWriter Create(LeafLayout leaf, LeafEncoding encoding, ParquetOptions options, BloomFilterBuilder? bloom, WriteScratch scratch)
    {
        switch (leaf.Physical)
        {
            case PhysicalType.Boolean:
                return new BooleanValueWriter(options.Statistics, encoding.Direct);
            case PhysicalType.ByteArray or PhysicalType.FixedLenByteArray:
                return new BytesValueWriter(leaf, BytesSource.For(leaf, scratch), encoding, options, scratch) { Bloom = bloom };
        }

        DataType type = leaf.Type;
        return type.Id switch
        {
            TypeId.Int8 => Fixed<sbyte, int, SByteForm>(encoding, options, bloom, scratch),
            TypeId.Int16 => Fixed<short, int, ShortForm>(encoding, options, bloom, scratch),
            TypeId.UInt8 => Fixed<byte, int, ByteForm>(encoding, options, bloom, scratch),
            TypeId.UInt16 => Fixed<ushort, int, UShortForm>(encoding, options, bloom, scratch),
            TypeId.Int32 or TypeId.Date => Fixed<int, int, AsIs<int>>(encoding, options, bloom, scratch),
            TypeId.UInt32 => Fixed<uint, uint, AsIs<uint>>(encoding, options, bloom, scratch),
            TypeId.UInt64 => Fixed<ulong, ulong, AsIs<ulong>>(encoding, options, bloom, scratch),
            TypeId.Float32 => Fixed<float, float, AsIs<float>>(encoding, options, bloom, scratch),
            TypeId.Float64 => Fixed<double, double, AsIs<double>>(encoding, options, bloom, scratch),
            TypeId.Decimal when leaf.Physical == PhysicalType.Int32 => Fixed<Int128, int, SmallDecimalForm>(encoding, options, bloom, scratch),
            TypeId.Decimal => Fixed<Int128, long, DecimalForm>(encoding, options, bloom, scratch),
            TypeId.Time when type.Unit == TimeUnit.Second => Fixed<long, int, TimeOfSecondsForm>(encoding, options, bloom, scratch),
            TypeId.Time when type.Unit == TimeUnit.Millisecond => Fixed<long, int, TimeForm>(encoding, options, bloom, scratch),
            TypeId.Timestamp when type.Unit == TimeUnit.Second => Fixed<long, long, TimestampOfSecondsForm>(encoding, options, bloom, scratch),
            _ => Fixed<long, long, AsIs<long>>(encoding, options, bloom, scratch),
        };
    }

    private static FixedValueWriter<TStored> Fixed<TColumn, TStored, TForm>(LeafEncoding encoding, ParquetOptions options, BloomFilterBuilder? bloom, WriteScratch scratch)
        where TColumn : unmanaged
        where TStored : unmanaged, INumber<TStored>, IMinMaxValue<TStored>
        where TForm : struct, IStoredForm<TColumn, TStored>
        => new(new FixedSource<TColumn, TStored, TForm>(), encoding, options, scratch) { Bloom = bloom };
}
