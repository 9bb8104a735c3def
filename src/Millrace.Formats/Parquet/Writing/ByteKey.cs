using System.Runtime.CompilerServices;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Two words that stand, with its length, for a byte string when it is hashed and compared. Up to 16 bytes they hold all of
/// them, filled up with zeros; of a longer string the first eight and a hash of the whole.
/// </summary>
internal static unsafe class ByteKey
{
    /// <summary>Strings up to this length are equal when their words and lengths are.</summary>
    public const int MaxWhole = 16;

    // Unknown outside the process, so that no input can be made to collide.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64();
    private static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() | 1;

    // By length, the bits of each word that belong to the string.
    private static ReadOnlySpan<ulong> LowMasks =>
    [
        0, 0xFF, 0xFFFF, 0xFF_FFFF, 0xFFFF_FFFF, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFF_FFFF_FFFF_FFFF, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
    ];

    private static ReadOnlySpan<ulong> HighMasks =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0,
        0xFF, 0xFFFF, 0xFF_FFFF, 0xFFFF_FFFF, 0xFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFF_FFFF_FFFF_FFFF, ulong.MaxValue,
    ];

    /// <param name="data">The string.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="end">End of the memory that may be read; the string lies before it.</param>
    /// <param name="low">First word.</param>
    /// <param name="high">Second word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* data, int length, byte* end, out ulong low, out ulong high)
    {
        // The lengths of neighbours differ, so a branch on them would be guessed wrong often; the masks need none.
        if (length <= MaxWhole && end - data >= MaxWhole)
        {
            low = Unsafe.ReadUnaligned<ulong>(data) & LowMasks[length];
            high = Unsafe.ReadUnaligned<ulong>(data + sizeof(ulong)) & HighMasks[length];
        }
        else
        {
            low = Seldom(data, length, out high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(ulong low, ulong high, int length) => Mix(low ^ Seed ^ (uint)length, high ^ Multiplier);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Seldom(byte* data, int length, out ulong high)
    {
        if (length > MaxWhole)
        {
            high = HashOf(data, length);
            return Unsafe.ReadUnaligned<ulong>(data);
        }

        ulong* words = stackalloc ulong[2];
        words[0] = words[1] = 0;
        Unsafe.CopyBlockUnaligned(words, data, (uint)length);
        high = words[1];
        return words[0];
    }

    private static ulong HashOf(byte* data, int length)
    {
        ulong hash = Seed ^ (uint)length;
        byte* last = data + length - 16;
        for (; data < last; data += 16)
        {
            hash = Mix(Unsafe.ReadUnaligned<ulong>(data) ^ hash, Unsafe.ReadUnaligned<ulong>(data + 8) ^ Multiplier);
        }

        return Mix(Unsafe.ReadUnaligned<ulong>(last) ^ hash, Unsafe.ReadUnaligned<ulong>(last + 8) ^ Multiplier);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
