namespace Millrace.Connectors.Datagen;

/// <summary>Numbers with a fraction, by row. Immutable, so that several readers use one.</summary>
internal abstract class Reals
{
    public abstract void Fill(long firstRow, Span<double> target);
}

/// <summary>Numbers of a range, all equally likely.</summary>
internal sealed class UniformReals(Dice dice, double least, double most) : Reals
{
    public override void Fill(long firstRow, Span<double> target)
    {
        // Halves keep the width of the widest range finite.
        double width = (most / 2) - (least / 2);
        for (int i = 0; i < target.Length; i++)
        {
            double part = dice.Fraction(firstRow + i) * width;
            target[i] = Math.Min(least + part + part, most);
        }
    }
}

/// <summary>The normal distribution, by Box and Muller from two draws.</summary>
internal sealed class NormalReals(Dice dice, double mean, double deviation, double least, double most) : Reals
{
    private readonly Dice _angle = dice.Fork(1);

    public override void Fill(long firstRow, Span<double> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            double value = mean + (deviation * Standard(dice, _angle, firstRow + i));
            target[i] = Math.Min(Math.Max(value, least), most);
        }
    }

    /// <summary>A draw with mean 0 and deviation 1.</summary>
    public static double Standard(Dice radius, Dice angle, long n)
        => Math.Sqrt(-2 * Math.Log(1 - radius.Fraction(n))) * Math.Cos(2 * Math.PI * angle.Fraction(n));
}

/// <summary>The exponential distribution.</summary>
internal sealed class ExponentialReals(Dice dice, double mean) : Reals
{
    public override void Fill(long firstRow, Span<double> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = -mean * Math.Log(1 - dice.Fraction(firstRow + i));
        }
    }
}
