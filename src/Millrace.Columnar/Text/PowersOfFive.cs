using System.Numerics;

namespace Millrace.Columnar;

/// <summary>The first 128 bits of powers of five, and thereby of ten; made when the first number needs them.</summary>
internal static class PowersOfFive
{
    /// <summary>The least exponent: no double is as small with any mantissa of 64 bits.</summary>
    public const int Min = -342;

    /// <summary>The greatest exponent, for the reciprocal of the smallest double.</summary>
    public const int Max = 324;

    /// <summary>From these exponents on, both included, the bits are all that there are, or rounded up.</summary>
    public const int FirstNotBelow = -27;

    /// <inheritdoc cref="FirstNotBelow"/>
    public const int LastNotBelow = 55;

    /// <summary>Two words a power, the upper half first, the highest bit being one. Cut off, where not said otherwise.</summary>
    public static readonly ulong[] Table = Create();

    private static ulong[] Create()
    {
        var table = new ulong[(Max - Min + 1) * 2];
        BigInteger power = BigInteger.One;
        for (int q = 0; q <= Max; q++, power *= 5)
        {
            Store(table, q, power);
        }

        power = 5;
        for (int q = -1; q >= Min; q--, power *= 5)
        {
            // The reciprocal, rounded up, with more than 128 bits to cut from.
            int length = (int)power.GetBitLength() - (power.IsPowerOfTwo ? 1 : 0);
            int scale = q >= FirstNotBelow ? length + 127 : (2 * length) + 128;
            Store(table, q, (BigInteger.One << scale) / power + 1);
        }

        return table;
    }

    private static void Store(ulong[] table, int q, BigInteger value)
    {
        int excess = (int)value.GetBitLength() - 128;
        value = excess > 0 ? value >> excess : value << -excess;
        table[(q - Min) * 2] = (ulong)(value >> 64);
        table[((q - Min) * 2) + 1] = (ulong)(value & ulong.MaxValue);
    }
}
