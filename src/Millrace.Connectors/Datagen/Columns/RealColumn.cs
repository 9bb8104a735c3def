using System.Diagnostics;
using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Numbers with a fraction as a column of any type of numbers: rounded to what it holds, and kept in its range.</summary>
internal sealed class RealColumn(DataType type, Reals values) : ColumnGenerator(type)
{
    public override long RowBytes => Type.ByteWidth;

    public override Column Build(long firstRow, int count) => Type.Id switch
    {
        TypeId.Float64 => Direct(firstRow, count),
        TypeId.Float32 => Single(firstRow, count),
        TypeId.Int8 => Rounded<sbyte>(firstRow, count),
        TypeId.Int16 => Rounded<short>(firstRow, count),
        TypeId.Int32 => Rounded<int>(firstRow, count),
        TypeId.Int64 => Rounded<long>(firstRow, count),
        TypeId.UInt8 => Rounded<byte>(firstRow, count),
        TypeId.UInt16 => Rounded<ushort>(firstRow, count),
        TypeId.UInt32 => Rounded<uint>(firstRow, count),
        TypeId.UInt64 => Rounded<ulong>(firstRow, count),
        TypeId.Decimal => Scaled(firstRow, count),
        _ => throw new UnreachableException(),
    };

    private Column Direct(long firstRow, int count)
    {
        using var builder = new FixedBuilder<double>(Type, count);
        values.Fill(firstRow, builder.AppendUninitialized(count));
        return builder.Build();
    }

    private Column Single(long firstRow, int count)
    {
        using var scratch = new Scratch<double>(count);
        Span<double> from = scratch.Span;
        values.Fill(firstRow, from);
        using var builder = new FixedBuilder<float>(Type, count);
        Span<float> to = builder.AppendUninitialized(count);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = (float)from[i];
        }

        return builder.Build();
    }

    private Column Rounded<T>(long firstRow, int count)
        where T : unmanaged, INumber<T>
    {
        using var scratch = new Scratch<double>(count);
        Span<double> from = scratch.Span;
        values.Fill(firstRow, from);
        using var builder = new FixedBuilder<T>(Type, count);
        Span<T> to = builder.AppendUninitialized(count);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = T.CreateSaturating(Math.Round(from[i]));
        }

        return builder.Build();
    }

    private Column Scaled(long firstRow, int count)
    {
        using var scratch = new Scratch<double>(count);
        Span<double> from = scratch.Span;
        values.Fill(firstRow, from);
        double scale = (double)Powers.OfTen(Type.Scale);
        Int128 most = Powers.OfTen(Type.Precision) - 1;
        bool isShort = Type.Precision <= 18;
        long shortMost = isShort ? (long)most : 0;
        using var builder = new FixedBuilder<Int128>(Type, count);
        Span<Int128> to = builder.AppendUninitialized(count);
        for (int i = 0; i < to.Length; i++)
        {
            double units = Math.Round(from[i] * scale);
            to[i] = isShort ? Math.Clamp((long)units, -shortMost, shortMost) : Int128.Clamp(Int128.CreateSaturating(units), -most, most);
        }

        return builder.Build();
    }
}
