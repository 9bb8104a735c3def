using System.Runtime.CompilerServices;

namespace Millrace.Connectors.Datagen;

/// <summary>
/// Random numbers that are a function of a key and the number of the row, so that any row can be had without those before it:
/// the output function of SplitMix64 at place <c>n</c> of the sequence that starts at the key.
/// </summary>
internal readonly struct Dice
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private const double Unit = 1.0 / (1L << 53);

    private readonly ulong _key;

    private Dice(ulong key) => _key = key;

    /// <summary>Dice of a column. The name's case and its place among the columns do not matter.</summary>
    public static Dice Of(long seed, string column)
    {
        ulong key = Mix((ulong)seed + Gamma);
        foreach (char c in column)
        {
            key = Mix(key ^ (char.ToLowerInvariant(c) * Gamma));
        }

        return new Dice(key);
    }

    /// <summary>Other dice that have nothing to do with these.</summary>
    public Dice Fork(long stream) => new(Mix(_key ^ Mix((ulong)stream + 0x632BE59BD9B4E019)));

    /// <summary>64 random bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Bits(long n) => Mix(_key + (((ulong)n + 1) * Gamma));

    /// <summary>A number from 0 up to 1, without 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Fraction(long n) => (Bits(n) >> 11) * Unit;

    /// <summary>A number from 0 to <paramref name="most"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Below(long n, ulong most) => most == ulong.MaxValue ? Bits(n) : Math.BigMul(Bits(n), most + 1, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
