using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>
/// Turns words into hashes. A step is a bijection of the word for a given hash and of the hash for a given word, and
/// each input bit flips about half of the output bits. Not meant to withstand an attacker who knows the seed.
/// </summary>
internal static unsafe class Mixer
{
    // Odd constants with irregular bits: digits of the golden ratio, of the square root of 3 and of pi.
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;
    private const ulong Root3 = 0xBB67_AE85_84CA_A73B;
    private const ulong Pi = 0x2439_2F3A_C115_6A9D | 1;

    /// <summary>The hash of a row so far, and the word of its next column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Step(ulong hash, ulong word)
    {
        ulong x = word ^ ((hash * Golden) + Pi);
        x = (x ^ (x >> 32)) * Root3;
        x = (x ^ (x >> 29)) * Pi;
        return x ^ (x >> 32);
    }

    /// <summary><see cref="Step(ulong, ulong)"/> for each row.</summary>
    public static void Step(ulong* hashes, ulong* words, int rows)
    {
        int row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row <= rows - Vector512<ulong>.Count; row += Vector512<ulong>.Count)
            {
                Vector512<ulong> x = Vector512.Load(words + row) ^ ((Vector512.Load(hashes + row) * Golden) + Vector512.Create(Pi));
                x = (x ^ (x >>> 32)) * Root3;
                x = (x ^ (x >>> 29)) * Pi;
                (x ^ (x >>> 32)).Store(hashes + row);
            }
        }

        for (; row < rows; row++)
        {
            hashes[row] = Step(hashes[row], words[row]);
        }
    }

    /// <summary>Both halves of the product of two words, folded into one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    /// <summary>A word for a string of bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bytes(byte* value, int length)
    {
        ulong start = Root3 + (ulong)length;
        return length switch
        {
            > 16 => Long(value, length, start),
            >= 8 => Fold(ByteStrings.Load8(value) ^ start, ByteStrings.Load8(value + length - 8) ^ Golden),
            _ => Fold(ByteStrings.Short(value, length) ^ start, Golden),
        };
    }

    private static ulong Long(byte* value, int length, ulong hash)
    {
        byte* last = value + length - 16;
        for (; value < last; value += 16)
        {
            hash = Fold(ByteStrings.Load8(value) ^ hash, ByteStrings.Load8(value + 8) ^ Golden);
        }

        return Fold(ByteStrings.Load8(last) ^ hash, ByteStrings.Load8(last + 8) ^ Golden);
    }
}
