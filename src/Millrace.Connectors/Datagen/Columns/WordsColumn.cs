using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Random words with a space between two.</summary>
internal sealed class WordsColumn : ColumnGenerator
{
    /// <summary>What is chosen from when nothing else is given.</summary>
    public static readonly IReadOnlyList<string> Common =
        ("apple river stone cloud light paper green silver quiet early winter summer garden window bridge letter market number "
        + "signal engine harbor island valley forest copper yellow simple steady bright narrow gentle open copy move turn carry "
        + "build write read send hold keep find make take give follow answer measure order record table stream").Split(' ');

    private readonly Dice _seeds;
    private readonly Dice _counts;
    private readonly Dice _choices;
    private readonly byte[][] _words;
    private readonly int _least;
    private readonly int _most;

    public WordsColumn(Dice dice, IReadOnlyList<string> words, int least, int most)
        : base(DataType.Utf8)
    {
        _seeds = dice;
        _choices = dice.Fork(1);
        _counts = dice.Fork(2);
        _words = [.. words.Select(Encoding.UTF8.GetBytes)];
        _least = least;
        _most = most;
        RowBytes = (most * (_words.Max(w => w.Length) + 1L)) + sizeof(int);
    }

    public override long RowBytes { get; }

    public override Column Build(long firstRow, int count)
    {
        using var builder = new BinaryBuilder(Type, count);
        for (int i = 0; i < count; i++)
        {
            long row = firstRow + i;
            int words = _least + (int)_counts.Below(row, (ulong)(_most - _least));
            builder.Commit(Write(builder.GetSpan((int)RowBytes), (long)_seeds.Bits(row), words));
        }

        return builder.Build();
    }

    private int Write(Span<byte> target, long seed, int words)
    {
        int at = 0;
        for (int i = 0; i < words; i++)
        {
            if (i > 0)
            {
                target[at++] = (byte)' ';
            }

            byte[] word = _words[(int)_choices.Below(unchecked(seed + i), (ulong)_words.Length - 1)];
            word.CopyTo(target[at..]);
            at += word.Length;
        }

        return at;
    }
}
