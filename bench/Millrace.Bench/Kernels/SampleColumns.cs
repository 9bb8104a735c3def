using Millrace.Columnar;

namespace Millrace.Bench.Kernels;

/// <summary>Columns of one batch with values as they occur: mostly distinct numbers, short words, some nulls where asked for.</summary>
internal static class SampleColumns
{
    public const int Rows = RecordBatch.DefaultRows;

    public static Column Of(DataType type, double nulls = 0, int seed = 1)
    {
        var random = new Random(seed);
        using ColumnBuilder builder = ColumnBuilder.Create(type, Rows);
        for (int i = 0; i < Rows; i++)
        {
            switch (builder)
            {
                case FixedBuilder<int> b: b.Append(random.Next(100_000)); break;
                case FixedBuilder<long> b: b.Append(random.NextInt64(1L << 40)); break;
                case FixedBuilder<double> b: b.Append(random.NextDouble() * 1000); break;
                case FixedBuilder<byte> b: b.Append((byte)random.Next(256)); break;
                case FixedBuilder<Int128> b: b.Append(random.NextInt64(1L << 40)); break;
                case BinaryBuilder b: b.Append($"word {random.Next(100_000)} {(random.Next(4) == 0 ? "with more text" : "")}"); break;
                default: throw new ArgumentException(type.ToString());
            }

            if (random.NextDouble() < nulls)
            {
                builder.SetNull(i);
            }
        }

        return builder.Build();
    }

    public static BooleanColumn Mask(double density, int seed = 2)
    {
        var random = new Random(seed);
        using var builder = new BooleanBuilder(Rows);
        for (int i = 0; i < Rows; i++)
        {
            builder.Append(random.NextDouble() < density);
        }

        return (BooleanColumn)builder.Build();
    }
}
