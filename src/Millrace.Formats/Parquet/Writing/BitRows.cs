using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Row numbers of set bits.</summary>
internal static unsafe class BitRows
{
    /// <summary>Writes <paramref name="first"/> plus the position of each set bit; the target has room for all of them.</summary>
    public static void Fill(Bitmap bits, int first, int* rows)
    {
        for (int at = 0; at < bits.Length; at += 64)
        {
            ulong word = bits.Word(at);
            while (word != 0)
            {
                *rows++ = first + at + BitOperations.TrailingZeroCount(word);
                word &= word - 1;
            }
        }
    }
}
