using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>
/// What can be done with decimals by looking at one half of them. A decimal lies in memory as two words, the lower first, and
/// the upper one of nearly all decimals is only the sign.
/// </summary>
public static unsafe class NarrowDecimals
{
    /// <summary>Whether all values lie between <c>-most</c> and <c>most</c>.</summary>
    /// <param name="values">All of them are looked at, those of null rows too.</param>
    /// <param name="most">Zero or more.</param>
    public static bool AreWithin(ReadOnlySpan<Int128> values, long most)
    {
        ReadOnlySpan<long> halves = MemoryMarshal.Cast<Int128, long>(values);
        ulong span = (ulong)most * 2;
        int at = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<long> odd = Vector512.Create(0, -1L, 0, -1L, 0, -1L, 0, -1L);
            Vector512<long> wrong = Vector512<long>.Zero;
            for (; at <= halves.Length - Vector512<long>.Count; at += Vector512<long>.Count)
            {
                Vector512<long> both = Vector512.Create(halves.Slice(at, Vector512<long>.Count));
                Vector512<long> signs = Vector512.Shuffle(both >> 63, Vector512.Create(0L, 0, 2, 2, 4, 4, 6, 6));
                Vector512<long> outside = Vector512.GreaterThan((both + Vector512.Create(most)).AsUInt64(), Vector512.Create(span)).AsInt64();
                wrong |= Vector512.ConditionalSelect(odd, both ^ signs, outside);
            }

            if (wrong != Vector512<long>.Zero)
            {
                return false;
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<long> odd = Vector256.Create(0, -1L, 0, -1L);
            Vector256<long> wrong = Vector256<long>.Zero;
            for (; at <= halves.Length - Vector256<long>.Count; at += Vector256<long>.Count)
            {
                Vector256<long> both = Vector256.Create(halves.Slice(at, Vector256<long>.Count));
                Vector256<long> signs = Vector256.Shuffle(both >> 63, Vector256.Create(0L, 0, 2, 2));
                Vector256<long> outside = Vector256.GreaterThan((both + Vector256.Create(most)).AsUInt64(), Vector256.Create(span)).AsInt64();
                wrong |= Vector256.ConditionalSelect(odd, both ^ signs, outside);
            }

            if (wrong != Vector256<long>.Zero)
            {
                return false;
            }
        }

        for (; at < halves.Length; at += 2)
        {
            long low = halves[at];
            if (halves[at + 1] != low >> 63 || (ulong)(low + most) > span)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How many bits the largest number has without its sign; 64 if one does not fit 64 bits.</summary>
    /// <param name="values">All of them are looked at, those of null rows too.</param>
    public static int MagnitudeBits(ReadOnlySpan<Int128> values)
    {
        ReadOnlySpan<long> halves = MemoryMarshal.Cast<Int128, long>(values);
        long bits = 0;
        long wrong = 0;
        int at = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<long> any = Vector512<long>.Zero;
            for (; at <= halves.Length - Vector512<long>.Count; at += Vector512<long>.Count)
            {
                Vector512<long> both = Vector512.Create(halves.Slice(at, Vector512<long>.Count));
                any |= both ^ Vector512.Shuffle(both >> 63, Vector512.Create(0L, 0, 2, 2, 4, 4, 6, 6));
            }

            for (int i = 0; i < Vector512<long>.Count; i += 2)
            {
                bits |= any[i];
                wrong |= any[i + 1];
            }
        }

        for (; at < halves.Length; at += 2)
        {
            long sign = halves[at] >> 63;
            bits |= halves[at] ^ sign;
            wrong |= halves[at + 1] ^ sign;
        }

        return wrong != 0 ? 64 : 64 - BitOperations.LeadingZeroCount((ulong)bits);
    }

    /// <summary>The sum of values that are small enough for it to fit.</summary>
    public static long Sum(ReadOnlySpan<Int128> values)
    {
        ReadOnlySpan<long> halves = MemoryMarshal.Cast<Int128, long>(values);
        long sum = 0;
        int at = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            // Upper halves are summed too, and left out in the end.
            Vector512<long> first = Vector512<long>.Zero;
            Vector512<long> second = Vector512<long>.Zero;
            for (; at <= halves.Length - (2 * Vector512<long>.Count); at += 2 * Vector512<long>.Count)
            {
                first += Vector512.Create(halves.Slice(at, Vector512<long>.Count));
                second += Vector512.Create(halves.Slice(at + Vector512<long>.Count, Vector512<long>.Count));
            }

            sum = Vector512.Sum((first + second) & Vector512.Create(-1L, 0, -1L, 0, -1L, 0, -1L, 0));
        }

        for (; at < halves.Length; at += 2)
        {
            sum += halves[at];
        }

        return sum;
    }
}
