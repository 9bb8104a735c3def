using System.Numerics;
using System.Diagnostics;
using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Whole numbers as a column of numbers, or as the units of dates and times.</summary>
/// <param name="name">Of the column, for messages.</param>
/// <param name="type">A type of fixed width.</param>
/// <param name="values">The numbers.</param>
/// <param name="scale">Stored units a number: the power of ten of a decimal's scale, or 1 for numbers that are units already.</param>
internal sealed class WholeColumn(string name, DataType type, Wholes values, Int128 scale) : ColumnGenerator(type)
{
    private readonly (Int128 Least, Int128 Most) _range = RangeOf(type);

    public override long RowBytes => Type.ByteWidth;

    public override void Check(long firstRow, long lastRow)
    {
        if (values.Least(firstRow, lastRow) < _range.Least / scale || values.Most(firstRow, lastRow) > _range.Most / scale)
        {
            throw DatagenErrors.Leaves(name, Type, firstRow, lastRow);
        }
    }

    public override Column Build(long firstRow, int count)
    {
        Check(firstRow, firstRow + count - 1);
        return Type.Id switch
        {
            TypeId.Int64 or TypeId.Time or TypeId.Timestamp => Direct(firstRow, count),
            TypeId.Int8 => Narrow<sbyte>(firstRow, count),
            TypeId.Int16 => Narrow<short>(firstRow, count),
            TypeId.Int32 or TypeId.Date => Narrow<int>(firstRow, count),
            TypeId.UInt8 => Narrow<byte>(firstRow, count),
            TypeId.UInt16 => Narrow<ushort>(firstRow, count),
            TypeId.UInt32 => Narrow<uint>(firstRow, count),
            TypeId.UInt64 => Narrow<ulong>(firstRow, count),
            TypeId.Float32 => Narrow<float>(firstRow, count),
            TypeId.Float64 => Narrow<double>(firstRow, count),
            TypeId.Decimal => Scaled(firstRow, count),
            _ => throw new UnreachableException(),
        };
    }

    private Column Direct(long firstRow, int count)
    {
        using var builder = new FixedBuilder<long>(Type, count);
        values.Fill(firstRow, builder.AppendUninitialized(count));
        return builder.Build();
    }

    private Column Narrow<T>(long firstRow, int count)
        where T : unmanaged, INumber<T>
    {
        using var scratch = new Scratch<long>(count);
        Span<long> from = scratch.Span;
        values.Fill(firstRow, from);
        using var builder = new FixedBuilder<T>(Type, count);
        Span<T> to = builder.AppendUninitialized(count);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = T.CreateTruncating(from[i]);
        }

        return builder.Build();
    }

    private Column Scaled(long firstRow, int count)
    {
        using var scratch = new Scratch<long>(count);
        Span<long> from = scratch.Span;
        values.Fill(firstRow, from);
        using var builder = new FixedBuilder<Int128>(Type, count);
        Span<Int128> to = builder.AppendUninitialized(count);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[i] * scale;
        }

        return builder.Build();
    }

    private static (Int128 Least, Int128 Most) RangeOf(DataType type) => type.Id switch
    {
        TypeId.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        TypeId.Int16 => (short.MinValue, short.MaxValue),
        TypeId.Int32 or TypeId.Date => (int.MinValue, int.MaxValue),
        TypeId.UInt8 => (0, byte.MaxValue),
        TypeId.UInt16 => (0, ushort.MaxValue),
        TypeId.UInt32 => (0, uint.MaxValue),
        TypeId.UInt64 => (0, ulong.MaxValue),
        TypeId.Decimal => (1 - Powers.OfTen(type.Precision), Powers.OfTen(type.Precision) - 1),
        _ => (long.MinValue, long.MaxValue),
    };
}
