using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Formats.Compression;

/// <summary>Decodes one LZ4 block.</summary>
internal static unsafe class Lz4Decoder
{
    private const int MinMatch = 4;

    /// <summary>Returns the number of bytes written, or -1 when the data is damaged or needs more room.</summary>
    public static int Decode(byte* from, byte* fromEnd, byte* to, byte* toEnd)
    {
        byte* start = to;
        while (from < fromEnd)
        {
            int token = *from++;
            nint literal = token >> 4;
            if (literal == 15 && !ReadLength(ref from, fromEnd, ref literal))
            {
                return -1;
            }

            if (literal <= 16 && fromEnd - from >= 16 && toEnd - to >= 16)
            {
                Vector128.Store(Vector128.Load(from), to);
            }
            else if (literal > fromEnd - from || literal > toEnd - to)
            {
                return -1;
            }
            else
            {
                Unsafe.CopyBlockUnaligned(to, from, (uint)literal);
            }

            from += literal;
            to += literal;
            if (from == fromEnd)
            {
                // The last sequence is literals only.
                return (int)(to - start);
            }

            if (fromEnd - from < 2)
            {
                return -1;
            }

            nint offset = Unsafe.ReadUnaligned<ushort>(from);
            from += 2;
            nint length = token & 15;
            if (length == 15 && !ReadLength(ref from, fromEnd, ref length))
            {
                return -1;
            }

            length += MinMatch;
            if (offset == 0 || offset > to - start || length > toEnd - to)
            {
                return -1;
            }

            MatchCopy.Copy(to, offset, length, toEnd);
            to += length;
        }

        return -1;
    }

    private static bool ReadLength(ref byte* from, byte* fromEnd, ref nint length)
    {
        byte more;
        do
        {
            if (from >= fromEnd)
            {
                return false;
            }

            more = *from++;
            length += more;
        }
        while (more == 255);
        return true;
    }
}
