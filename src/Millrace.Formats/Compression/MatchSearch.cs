using System.Numerics;
using System.Runtime.CompilerServices;

namespace Millrace.Formats.Compression;

/// <summary>The comparison that LZ77 encoders share.</summary>
internal static unsafe class MatchSearch
{
    /// <summary>How many bytes are equal at both places; reads nothing at or beyond <paramref name="end"/> of the later one.</summary>
    public static int Length(byte* match, byte* at, byte* end)
    {
        byte* start = at;
        while (end - at >= 8)
        {
            ulong difference = Unsafe.ReadUnaligned<ulong>(match) ^ Unsafe.ReadUnaligned<ulong>(at);
            if (difference != 0)
            {
                return (int)(at - start) + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            match += 8;
            at += 8;
        }

        while (at < end && *match == *at)
        {
            match++;
            at++;
        }

        return (int)(at - start);
    }
}
