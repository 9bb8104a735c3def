using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Chooses how the values of a leaf are fetched and collected.</summary>
internal static class ValueWriterFactory
{
    public static ValueWriter Create(LeafLayout leaf, ParquetOptions options)
    {
        switch (leaf.Physical)
        {
            case PhysicalType.Boolean:
                return new BooleanValueWriter(options.Statistics, options.DataPageVersion == 2 ? ParquetEncoding.Rle : ParquetEncoding.Plain);
            case PhysicalType.ByteArray or PhysicalType.FixedLenByteArray:
                return new BytesValueWriter(leaf, BytesSource.For(leaf), options.Statistics);
        }

        DataType type = leaf.Type;
        return type.Id switch
        {
            TypeId.Int8 => Fixed<sbyte, int, SByteForm>(options),
            TypeId.Int16 => Fixed<short, int, ShortForm>(options),
            TypeId.UInt8 => Fixed<byte, int, ByteForm>(options),
            TypeId.UInt16 => Fixed<ushort, int, UShortForm>(options),
            TypeId.Int32 or TypeId.Date => Fixed<int, int, AsIs<int>>(options),
            TypeId.UInt32 => Fixed<uint, uint, AsIs<uint>>(options),
            TypeId.UInt64 => Fixed<ulong, ulong, AsIs<ulong>>(options),
            TypeId.Float32 => Fixed<float, float, AsIs<float>>(options),
            TypeId.Float64 => Fixed<double, double, AsIs<double>>(options),
            TypeId.Decimal when leaf.Physical == PhysicalType.Int32 => Fixed<Int128, int, SmallDecimalForm>(options),
            TypeId.Decimal => Fixed<Int128, long, DecimalForm>(options),
            TypeId.Time when type.Unit == TimeUnit.Second => Fixed<long, int, TimeOfSecondsForm>(options),
            TypeId.Time when type.Unit == TimeUnit.Millisecond => Fixed<long, int, TimeForm>(options),
            TypeId.Timestamp when type.Unit == TimeUnit.Second => Fixed<long, long, TimestampOfSecondsForm>(options),
            _ => Fixed<long, long, AsIs<long>>(options),
        };
    }

    private static FixedValueWriter<TStored> Fixed<TColumn, TStored, TForm>(ParquetOptions options)
        where TColumn : unmanaged
        where TStored : unmanaged, INumber<TStored>, IMinMaxValue<TStored>
        where TForm : struct, IStoredForm<TColumn, TStored>
        => new(new FixedSource<TColumn, TStored, TForm>(), options.Statistics);
}
