using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Values that are chosen from some, of any type.</summary>
/// <param name="choices">The values, which the generator takes over.</param>
/// <param name="index">Which of them each row has, from 0; null for the first.</param>
internal sealed class ChosenColumn(Column choices, Wholes? index) : ColumnGenerator(choices.Type)
{
    public override long RowBytes { get; } = Math.Max(1, choices.Length == 1 ? choices.ByteSize : Enumerable.Range(0, choices.Length).Max(i => SizeOf(choices, i)));

    public override bool Nullable => choices.HasNulls;

    public override Column Build(long firstRow, int count)
    {
        using var rows = new Scratch<int>(count);
        Span<int> to = rows.Span;
        if (index is null)
        {
            to.Clear();
        }
        else
        {
            using var scratch = new Scratch<long>(count);
            Span<long> from = scratch.Span;
            index.Fill(firstRow, from);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = (int)from[i];
            }
        }

        return Take.Rows(choices, to);
    }

    public override void Dispose() => choices.Dispose();

    private static long SizeOf(Column column, int row)
    {
        using Column one = column.Slice(row, 1);
        return one.ByteSize;
    }
}
