using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Formats.Compression;

/// <summary>Copies of earlier output, which may overlap what they produce: the step that all LZ77 decoders share.</summary>
internal static unsafe class MatchCopy
{
    private const int Wide = 16;

    // Row n: the indices 0..15 modulo n, which repeat a pattern of n bytes over a vector.
    private static readonly byte[] Repeats = MakeRepeats();

    /// <summary>
    /// Writes <paramref name="length"/> bytes at <paramref name="to"/> from <paramref name="offset"/> bytes before it. The
    /// caller has checked that both lie inside the output; bytes between the match's end and <paramref name="limit"/> may be
    /// overwritten.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* to, nint offset, nint length, byte* limit)
    {
        byte* end = to + length;
        if (limit - end < Wide)
        {
            CopyNarrow(to, offset, end, limit);
        }
        else if (offset >= Wide)
        {
            byte* match = to - offset;
            do
            {
                Vector128.Store(Vector128.Load(match), to);
                match += Wide;
                to += Wide;
            }
            while (to < end);
        }
        else
        {
            CopyPattern(to, offset, end);
        }
    }

    private static void CopyPattern(byte* to, nint offset, byte* end)
    {
        // The vector holds as many whole patterns as fit; storing it at steps of that many bytes goes on with the pattern.
        fixed (byte* repeats = Repeats)
        {
            Vector128<byte> pattern = Vector128.ShuffleNative(Vector128.Load(to - offset), Vector128.Load(repeats + (offset * Wide)));
            nint step = Wide - (Wide % offset);
            do
            {
                Vector128.Store(pattern, to);
                to += step;
            }
            while (to < end);
        }
    }

    private static void CopyNarrow(byte* to, nint offset, byte* end, byte* limit)
    {
        if (offset >= 8)
        {
            while (limit - to >= 8 && to < end)
            {
                Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(to - offset));
                to += 8;
            }
        }

        while (to < end)
        {
            *to = *(to - offset);
            to++;
        }
    }

    private static byte[] MakeRepeats()
    {
        var rows = new byte[Wide * Wide];
        for (int n = 1; n < Wide; n++)
        {
            for (int i = 0; i < Wide; i++)
            {
                rows[(n * Wide) + i] = (byte)(i % n);
            }
        }

        return rows;
    }
}
