using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>Moves the selected byte strings together.</summary>
internal static unsafe class CompactBytes
{
    /// <summary>Writes the ends of the selected strings, counted from 0, after a first 0. Returns the bytes of all.</summary>
    public static int Offsets(int* source, Bitmap mask, int* target)
    {
        int end = 0;
        *target++ = 0;
        for (int at = 0; at < mask.Length; at += 64)
        {
            for (ulong selected = mask.Word(at); selected != 0; selected &= selected - 1)
            {
                int row = at + BitOperations.TrailingZeroCount(selected);
                end += source[row + 1] - source[row];
                *target++ = end;
            }
        }

        return end;
    }

    /// <summary>
    /// Copies the bytes of the selected strings to <paramref name="target"/>, which has room for all of them and
    /// <see cref="KernelMemory.Slack"/>. Neighbours are copied at once.
    /// </summary>
    /// <param name="data">What the offsets count from.</param>
    /// <param name="capacity">Bytes at <paramref name="data"/> that may be read.</param>
    /// <param name="offsets">Positions in <paramref name="data"/>, one more than rows.</param>
    /// <param name="mask">The rows to copy.</param>
    /// <param name="target">Where they go.</param>
    public static void Data(byte* data, int capacity, int* offsets, Bitmap mask, byte* target)
    {
        var runs = new BitRuns(mask);
        while (runs.Next(out int start, out int count))
        {
            int from = offsets[start];
            int bytes = offsets[start + count] - from;
            if (bytes <= Vector256<byte>.Count && from <= capacity - Vector256<byte>.Count)
            {
                Vector256.Load(data + from).Store(target);
            }
            else
            {
                Unsafe.CopyBlockUnaligned(target, data + from, (uint)bytes);
            }

            target += bytes;
        }
    }
}
