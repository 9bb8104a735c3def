using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Columnar;

/// <summary>
/// Compares 128-bit numbers by their halves, several at once: the lower halves without sign, the upper ones with it. Bits of
/// the halves' comparisons are put together and then drawn out of every second place.
/// </summary>
internal static unsafe class CompareDecimals
{
    private const ulong Upper = 0xAAAA_AAAA_AAAA_AAAA;

    public static bool IsSupported => Bmi2.X64.IsSupported && Vector256.IsHardwareAccelerated;

    /// <summary>The results for 64 pairs as bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Word<TTest>(long* left, long* right)
        where TTest : struct, IValueTest
        => Half<TTest>(left, right) | (Half<TTest>(left + 64, right + 64) << 32);

    // 32 pairs, which are 64 halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Half<TTest>(long* left, long* right)
        where TTest : struct, IValueTest
    {
        ulong equal = 0;
        ulong less = 0;
        ulong below = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (int i = 0; i < 64; i += Vector512<long>.Count)
            {
                Vector512<long> a = Vector512.Load(left + i);
                Vector512<long> b = Vector512.Load(right + i);
                equal |= Vector512.Equals(a, b).ExtractMostSignificantBits() << i;
                if (TTest.IsLess)
                {
                    less |= Vector512.LessThan(a, b).ExtractMostSignificantBits() << i;
                    below |= Vector512.LessThan(a.AsUInt64(), b.AsUInt64()).ExtractMostSignificantBits() << i;
                }
            }
        }
        else
        {
            for (int i = 0; i < 64; i += Vector256<long>.Count)
            {
                Vector256<long> a = Vector256.Load(left + i);
                Vector256<long> b = Vector256.Load(right + i);
                equal |= (ulong)Vector256.Equals(a, b).ExtractMostSignificantBits() << i;
                if (TTest.IsLess)
                {
                    less |= (ulong)Vector256.LessThan(a, b).ExtractMostSignificantBits() << i;
                    below |= (ulong)Vector256.LessThan(a.AsUInt64(), b.AsUInt64()).ExtractMostSignificantBits() << i;
                }
            }
        }

        // What the lower halves say counts where the upper ones are equal.
        ulong holds = TTest.IsLess ? less | (equal & (below << 1)) : equal & (equal << 1);
        return Bmi2.X64.ParallelBitExtract(holds, Upper);
    }
}
