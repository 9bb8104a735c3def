using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>True in a share of the rows.</summary>
internal sealed class CoinColumn(Wholes coin) : ColumnGenerator(DataType.Boolean)
{
    public override long RowBytes => 1;

    public override unsafe Column Build(long firstRow, int count)
    {
        using var scratch = new Scratch<long>(count);
        Span<long> from = scratch.Span;
        coin.Fill(firstRow, from);
        using NativeBuffer bits = KernelMemory.RentBits(count);
        bits.Span.Clear();
        for (int i = 0; i < from.Length; i++)
        {
            bits.Pointer[i >> 3] |= (byte)(from[i] << (i & 7));
        }

        using var builder = new BooleanBuilder(count);
        builder.Append(new Bitmap(bits.Pointer, 0, count), default(Bitmap).Slice(0, count));
        return builder.Build();
    }
}
