namespace Millrace.Columnar;

/// <summary>Sorts row numbers by a word each, keeping the order of equal words: byte by byte from the lowest, without those bytes that all words share.</summary>
internal static unsafe class RadixSort
{
    private const int FewRows = 48;

    /// <param name="words">Sorted in place.</param>
    /// <param name="rows">Moved with their words.</param>
    /// <param name="count">How many.</param>
    /// <param name="otherWords">Scratch of the same size.</param>
    /// <param name="otherRows">Scratch of the same size.</param>
    public static void Sort(ulong* words, int* rows, int count, ulong* otherWords, int* otherRows)
    {
        if (count <= FewRows)
        {
            Insert(words, rows, count);
            return;
        }

        ulong* first = words;
        int* firstRows = rows;
        ulong varying = Varying(words, count);
        int* ends = stackalloc int[256];
        for (int shift = 0; shift < 64; shift += 8)
        {
            if ((byte)(varying >> shift) == 0)
            {
                continue;
            }

            new Span<int>(ends, 256).Clear();
            for (int i = 0; i < count; i++)
            {
                ends[(byte)(words[i] >> shift)]++;
            }

            int start = 0;
            for (int i = 0; i < 256; i++)
            {
                int here = ends[i];
                ends[i] = start;
                start += here;
            }

            for (int i = 0; i < count; i++)
            {
                int at = ends[(byte)(words[i] >> shift)]++;
                otherWords[at] = words[i];
                otherRows[at] = rows[i];
            }

            ulong* w = words;
            int* r = rows;
            words = otherWords;
            rows = otherRows;
            otherWords = w;
            otherRows = r;
        }

        if (words != first)
        {
            new Span<ulong>(words, count).CopyTo(new Span<ulong>(first, count));
            new Span<int>(rows, count).CopyTo(new Span<int>(firstRows, count));
        }
    }

    // The bits in which not all words agree.
    private static ulong Varying(ulong* words, int count)
    {
        ulong varying = 0;
        for (int i = 1; i < count; i++)
        {
            varying |= words[i] ^ words[0];
        }

        return varying;
    }

    private static void Insert(ulong* words, int* rows, int count)
    {
        for (int i = 1; i < count; i++)
        {
            ulong word = words[i];
            int row = rows[i];
            int at = i;
            for (; at > 0 && words[at - 1] > word; at--)
            {
                words[at] = words[at - 1];
                rows[at] = rows[at - 1];
            }

            words[at] = word;
            rows[at] = row;
        }
    }
}
