namespace Millrace.Connectors.Datagen;

/// <summary>Whole numbers by row. Immutable, so that several readers use one.</summary>
internal abstract class Wholes
{
    /// <summary>Least value that can come; values are compared as signed numbers.</summary>
    public abstract Int128 Least(long firstRow, long lastRow);

    /// <summary>Greatest value that can come.</summary>
    public abstract Int128 Most(long firstRow, long lastRow);

    /// <summary>How many different values there are; null when that grows with the rows.</summary>
    public virtual long? Cardinality => null;

    /// <summary>The numbers of some rows. What is out of the range of <see cref="long"/> wraps.</summary>
    public abstract void Fill(long firstRow, Span<long> target);
}

/// <summary>The number of the row, scaled and shifted.</summary>
internal sealed class SequenceWholes(long start, long step, long? cycle) : Wholes
{
    public override long? Cardinality => cycle;

    public override Int128 Least(long firstRow, long lastRow) => Ends(firstRow, lastRow, least: true);

    public override Int128 Most(long firstRow, long lastRow) => Ends(firstRow, lastRow, least: false);

    public override void Fill(long firstRow, Span<long> target)
    {
        if (cycle is { } length)
        {
            long at = firstRow % length;
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = unchecked(start + (at * step));
                at = at + 1 == length ? 0 : at + 1;
            }

            return;
        }

        long value = unchecked(start + (firstRow * step));
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = value;
            value = unchecked(value + step);
        }
    }

    private Int128 Ends(long firstRow, long lastRow, bool least)
    {
        (Int128 first, Int128 last) = cycle is { } length && lastRow >= length ? (0, length - 1) : ((Int128)firstRow, lastRow);
        Int128 a = start + (first * step);
        Int128 b = start + (last * step);
        return least ? Int128.Min(a, b) : Int128.Max(a, b);
    }
}

/// <summary>Whole numbers of a range, all equally likely.</summary>
/// <param name="dice">Chance.</param>
/// <param name="least">Least value; from here on it goes up to <paramref name="span"/> more.</param>
/// <param name="span">Greatest value less the least.</param>
internal sealed class UniformWholes(Dice dice, Int128 least, ulong span) : Wholes
{
    public override long? Cardinality => span < long.MaxValue ? (long)span + 1 : null;

    public override Int128 Least(long firstRow, long lastRow) => least;

    public override Int128 Most(long firstRow, long lastRow) => least + span;

    public override void Fill(long firstRow, Span<long> target)
    {
        long from = unchecked((long)least);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = unchecked(from + (long)dice.Below(firstRow + i, span));
        }
    }
}

/// <summary>Whole numbers of a range with frequencies of their own.</summary>
internal sealed class WeightedWholes(Dice dice, AliasTable table, long least) : Wholes
{
    public override long? Cardinality => table.Count;

    public override Int128 Least(long firstRow, long lastRow) => least;

    public override Int128 Most(long firstRow, long lastRow) => (Int128)least + table.Count - 1;

    public override void Fill(long firstRow, Span<long> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = least + table.Draw(dice.Bits(firstRow + i));
        }
    }
}

/// <summary>Other whole numbers, scaled and shifted.</summary>
internal sealed class ScaledWholes(Wholes inner, long start, long step) : Wholes
{
    public override long? Cardinality => inner.Cardinality;

    public override Int128 Least(long firstRow, long lastRow) => Int128.Min(Ends(inner.Least(firstRow, lastRow)), Ends(inner.Most(firstRow, lastRow)));

    public override Int128 Most(long firstRow, long lastRow) => Int128.Max(Ends(inner.Least(firstRow, lastRow)), Ends(inner.Most(firstRow, lastRow)));

    public override void Fill(long firstRow, Span<long> target)
    {
        inner.Fill(firstRow, target);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = unchecked(start + (target[i] * step));
        }
    }

    private Int128 Ends(Int128 value) => start + (value * step);
}

/// <summary>1 in a share of the rows, 0 in the others.</summary>
internal sealed class CoinWholes(Dice dice, double probability) : Wholes
{
    public override long? Cardinality => 2;

    public override Int128 Least(long firstRow, long lastRow) => 0;

    public override Int128 Most(long firstRow, long lastRow) => 1;

    public override void Fill(long firstRow, Span<long> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = dice.Fraction(firstRow + i) < probability ? 1 : 0;
        }
    }
}

/// <summary>Times that grow with the row; some are set back.</summary>
/// <param name="dice">Chance.</param>
/// <param name="start">Of the first row, in the unit of the column.</param>
/// <param name="step">From row to row, in ticks of 100 ns.</param>
/// <param name="jitter">How far a late row lies back at most, in ticks.</param>
/// <param name="late">Share of late rows.</param>
/// <param name="perSecond">Units of the column a second.</param>
internal sealed class TimeWholes(Dice dice, long start, long step, long jitter, double late, long perSecond) : Wholes
{
    private readonly Dice _howLate = dice.Fork(1);

    public override Int128 Least(long firstRow, long lastRow) => start + Units(((Int128)firstRow * step) - jitter) - 1;

    // Ticks are counted in 64 bits; what leaves them counts as beyond every type.
    public override Int128 Most(long firstRow, long lastRow)
        => (Int128)lastRow * step is var ticks && ticks <= long.MaxValue ? start + Units(ticks) : Int128.MaxValue;

    public override void Fill(long firstRow, Span<long> target)
    {
        // Both forms are exact: a unit is a whole number of ticks, or a tick of units.
        bool finer = perSecond > TimeSpan.TicksPerSecond;
        long factor = finer ? perSecond / TimeSpan.TicksPerSecond : TimeSpan.TicksPerSecond / perSecond;
        for (int i = 0; i < target.Length; i++)
        {
            long row = firstRow + i;
            long ticks = unchecked(row * step);
            if (jitter > 0 && dice.Fraction(row) < late)
            {
                ticks -= 1 + (long)_howLate.Below(row, (ulong)jitter - 1);
            }

            target[i] = unchecked(start + (finer ? ticks * factor : Floor(ticks, factor)));
        }
    }

    private Int128 Units(Int128 ticks) => ticks * perSecond / TimeSpan.TicksPerSecond;

    private static long Floor(long ticks, long factor) => ticks >= 0 ? ticks / factor : -((factor - 1 - ticks) / factor);
}
