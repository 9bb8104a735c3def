using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Columnar;

/// <summary>Bits by number: what a value of a dictionary says, for each row.</summary>
internal static unsafe class GatherBits
{
    /// <param name="bits">Readable in whole words of 32 bits.</param>
    /// <param name="indices">Numbers of bits; the caller vouches that they exist.</param>
    /// <param name="target">Gets a bit for each, in whole words of 64 bits.</param>
    public static void Write(byte* bits, ReadOnlySpan<int> indices, ulong* target)
    {
        fixed (int* index = indices)
        {
            for (int at = 0; at < indices.Length; at += 64)
            {
                int count = Math.Min(64, indices.Length - at);
                ulong word = 0;
                int i = 0;
                if (Avx2.IsSupported)
                {
                    for (; i <= count - Vector256<int>.Count; i += Vector256<int>.Count)
                    {
                        word |= (ulong)Eight((int*)bits, Vector256.Load(index + at + i)) << i;
                    }
                }

                for (; i < count; i++)
                {
                    int one = index[at + i];
                    word |= ((ulong)(bits[one >> 3] >> (one & 7)) & 1) << i;
                }

                target[at >> 6] = word;
            }
        }
    }

    // The word of each bit is shifted until the bit is the sign.
    private static uint Eight(int* words, Vector256<int> indices)
    {
        Vector256<int> found = Avx2.GatherVector256(words, indices >>> 5, sizeof(int));
        Vector256<int> shift = Vector256.Create(31) - (indices & Vector256.Create(31));
        return Avx2.ShiftLeftLogicalVariable(found, shift.AsUInt32()).ExtractMostSignificantBits();
    }
}
