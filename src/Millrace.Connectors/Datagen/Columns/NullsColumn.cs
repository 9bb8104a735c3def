using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Another column with nulls in a share of its rows.</summary>
internal sealed class NullsColumn(ColumnGenerator inner, Dice dice, double share) : ColumnGenerator(inner.Type)
{
    public override long RowBytes => inner.RowBytes + 1;

    public override bool Nullable => true;

    public override void Check(long firstRow, long lastRow) => inner.Check(firstRow, lastRow);

    public override unsafe Column Build(long firstRow, int count)
    {
        using Column values = inner.Build(firstRow, count);
        using NativeBuffer bits = KernelMemory.RentBits(count);
        var words = new Span<ulong>(bits.Pointer, (count + 63) >> 6);
        for (int w = 0; w < words.Length; w++)
        {
            long at = firstRow + ((long)w << 6);
            ulong word = 0;
            for (int i = 0; i < 64; i++)
            {
                word |= (dice.Fraction(at + i) >= share ? 1UL : 0) << i;
            }

            words[w] = word;
        }

        return values.WithNulls(new Bitmap(bits.Pointer, 0, count));
    }

    public override void Dispose() => inner.Dispose();
}
