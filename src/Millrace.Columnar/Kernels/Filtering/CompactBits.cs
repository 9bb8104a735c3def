using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Columnar;

/// <summary>Moves the bits at the selected positions together.</summary>
internal static unsafe class CompactBits
{
    /// <summary>Writes the selected bits to <paramref name="target"/>, in whole words. Returns how many ones are among them.</summary>
    public static int Copy(Bitmap source, Bitmap mask, ulong* target)
    {
        ulong pending = 0;
        int filled = 0;
        int ones = 0;
        for (int at = 0; at < mask.Length; at += 64)
        {
            ulong selected = mask.Word(at);
            if (selected == 0)
            {
                continue;
            }

            int count = BitOperations.PopCount(selected);
            ulong bits = Extract(source.Word(at), selected);
            ones += BitOperations.PopCount(bits);
            pending |= bits << filled;
            filled += count;
            if (filled >= 64)
            {
                *target++ = pending;
                filled -= 64;
                // A shift by 64 is a shift by 0 for the processor.
                pending = filled == 0 ? 0 : bits >> (count - filled);
            }
        }

        *target = pending;
        return ones;
    }

    /// <summary>The bits of <paramref name="value"/> at the ones of <paramref name="mask"/>, moved to the low end.</summary>
    private static ulong Extract(ulong value, ulong mask)
    {
        if (Bmi2.X64.IsSupported)
        {
            return Bmi2.X64.ParallelBitExtract(value, mask);
        }

        ulong result = 0;
        for (int i = 0; mask != 0; i++, mask &= mask - 1)
        {
            result |= (value >> BitOperations.TrailingZeroCount(mask) & 1) << i;
        }

        return result;
    }
}
