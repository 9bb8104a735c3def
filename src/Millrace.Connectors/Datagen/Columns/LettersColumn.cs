using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Random characters of an alphabet.</summary>
internal sealed class LettersColumn : ColumnGenerator
{
    private readonly Dice _lengths;
    private readonly Dice _seeds;
    private readonly Dice _letters;
    private readonly byte[][] _alphabet;
    private readonly byte[]? _ascii;
    private readonly int _least;
    private readonly int _most;

    /// <param name="dice">Chance.</param>
    /// <param name="alphabet">At least one character.</param>
    /// <param name="least">Fewest characters.</param>
    /// <param name="most">Most characters.</param>
    public LettersColumn(Dice dice, string alphabet, int least, int most)
        : base(DataType.Utf8)
    {
        _seeds = dice;
        _letters = dice.Fork(1);
        _lengths = dice.Fork(2);
        _alphabet = [.. alphabet.EnumerateRunes().Select(r => Encoding.UTF8.GetBytes(r.ToString()))];
        _ascii = Ascii.IsValid(alphabet) ? Encoding.ASCII.GetBytes(alphabet) : null;
        _least = least;
        _most = most;
        RowBytes = ((long)most * _alphabet.Max(c => c.Length)) + sizeof(int);
    }

    public override long RowBytes { get; }

    public override Column Build(long firstRow, int count)
    {
        using var builder = new BinaryBuilder(Type, count);
        for (int i = 0; i < count; i++)
        {
            long row = firstRow + i;
            int length = _least + (int)_lengths.Below(row, (ulong)(_most - _least));
            long seed = (long)_seeds.Bits(row);
            builder.Commit(_ascii is null ? Wide(builder, seed, length) : Narrow(builder.GetSpan(length), _ascii, seed, length));
        }

        return builder.Build();
    }

    // Four letters of 16 random bits each are near enough to even for alphabets of bytes.
    private int Narrow(Span<byte> target, byte[] alphabet, long seed, int length)
    {
        uint size = (uint)alphabet.Length;
        ulong bits = 0;
        for (int i = 0; i < length; i++)
        {
            bits = (i & 3) == 0 ? _letters.Bits(unchecked(seed + i)) : bits >> 16;
            target[i] = alphabet[(int)(((uint)(ushort)bits * size) >> 16)];
        }

        return length;
    }

    private int Wide(BinaryBuilder builder, long seed, int length)
    {
        Span<byte> target = builder.GetSpan((int)(RowBytes - sizeof(int)));
        int at = 0;
        for (int i = 0; i < length; i++)
        {
            byte[] letter = _alphabet[(int)_letters.Below(unchecked(seed + i), (ulong)_alphabet.Length - 1)];
            letter.CopyTo(target[at..]);
            at += letter.Length;
        }

        return at;
    }
}
