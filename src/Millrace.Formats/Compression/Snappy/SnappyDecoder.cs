using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Formats.Compression;

/// <summary>Decodes the elements of snappy's raw format.</summary>
internal static unsafe class SnappyDecoder
{
    // By tag: length in bits 0-7, the high bits of the offset in bits 8-10, bytes of offset that follow in bits 11-13.
    private static readonly ushort[] CopyTags = MakeCopyTags();

    // Masks for the bytes of offset that follow, by their number.
    private static ReadOnlySpan<uint> OffsetMasks => [0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF];

    /// <summary>Fills the target exactly; false when the data is damaged, and then the target's contents are undefined.</summary>
    public static bool Decode(byte* from, byte* fromEnd, byte* to, byte* toEnd)
    {
        byte* start = to;
        ref ushort copyTags = ref CopyTags[0];
        ref uint masks = ref Unsafe.AsRef(in OffsetMasks[0]);
        while (from < fromEnd)
        {
            uint tag = *from++;
            if ((tag & 3) == 0)
            {
                nint literal = (nint)(tag >> 2) + 1;
                if (literal <= 16 && fromEnd - from >= 16 && toEnd - to >= 16)
                {
                    // Sixteen bytes cost as much as one; what is too many is overwritten by the next element.
                    Vector128.Store(Vector128.Load(from), to);
                    from += literal;
                    to += literal;
                    continue;
                }

                if (literal > 60)
                {
                    int extra = (int)literal - 60;
                    if (fromEnd - from < extra)
                    {
                        return false;
                    }

                    literal = (nint)ReadUpTo4(from, extra) + 1;
                    from += extra;
                }

                if (literal > fromEnd - from || literal > toEnd - to)
                {
                    return false;
                }

                Unsafe.CopyBlockUnaligned(to, from, (uint)literal);
                from += literal;
                to += literal;
                continue;
            }

            uint entry = Unsafe.Add(ref copyTags, tag);
            int offsetBytes = (int)(entry >> 11);
            uint trailer;
            if (fromEnd - from >= 4)
            {
                trailer = Unsafe.ReadUnaligned<uint>(from) & Unsafe.Add(ref masks, offsetBytes);
            }
            else if (fromEnd - from >= offsetBytes)
            {
                trailer = ReadUpTo4(from, offsetBytes);
            }
            else
            {
                return false;
            }

            from += offsetBytes;
            nint length = (nint)(entry & 0xFF);
            nint offset = (nint)(nuint)((entry & 0x700) + trailer);
            if (offset > to - start || length > toEnd - to || offset == 0)
            {
                return false;
            }

            if (offset >= 16 && toEnd - to >= 64)
            {
                byte* match = to - offset;
                Vector128.Store(Vector128.Load(match), to);
                if (length > 16)
                {
                    Vector128.Store(Vector128.Load(match + 16), to + 16);
                    if (length > 32)
                    {
                        Vector128.Store(Vector128.Load(match + 32), to + 32);
                        Vector128.Store(Vector128.Load(match + 48), to + 48);
                    }
                }
            }
            else
            {
                MatchCopy.Copy(to, offset, length, toEnd);
            }

            to += length;
        }

        return to == toEnd;
    }

    private static uint ReadUpTo4(byte* from, int count)
    {
        uint value = 0;
        for (int i = 0; i < count; i++)
        {
            value |= (uint)from[i] << (8 * i);
        }

        return value;
    }

    private static ushort[] MakeCopyTags()
    {
        var tags = new ushort[256];
        for (int tag = 0; tag < 256; tag++)
        {
            tags[tag] = (ushort)((tag & 3) switch
            {
                1 => (((tag >> 2) & 7) + 4) | ((tag >> 5) << 8) | (1 << 11),
                2 => ((tag >> 2) + 1) | (2 << 11),
                3 => ((tag >> 2) + 1) | (4 << 11),
                _ => 0,
            });
        }

        return tags;
    }
}
