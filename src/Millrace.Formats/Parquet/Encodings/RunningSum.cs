using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Parquet;

/// <summary>Sums up to each number of a vector, which wrap around. Needs AVX2.</summary>
internal static class RunningSum
{
    // Shifts stay within a half, so the sum of the lower one is added to the upper one in the end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Of(Vector256<int> numbers)
    {
        numbers += Avx2.ShiftLeftLogical128BitLane(numbers, 4);
        numbers += Avx2.ShiftLeftLogical128BitLane(numbers, 8);
        return numbers + Avx2.Shuffle(Avx2.Permute2x128(numbers, numbers, 0x08), 0b11_11_11_11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Of(Vector256<long> numbers)
    {
        numbers += Avx2.ShiftLeftLogical128BitLane(numbers, 8);
        return numbers + Avx2.Shuffle(Avx2.Permute2x128(numbers, numbers, 0x08).AsInt32(), 0b11_10_11_10).AsInt64();
    }
}
