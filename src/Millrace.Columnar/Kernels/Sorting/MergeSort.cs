namespace Millrace.Columnar;

/// <summary>Sorts row numbers by comparing values, keeping the order of equals.</summary>
internal static unsafe class MergeSort
{
    private const int FewRows = 12;

    /// <param name="rows">Sorted in place.</param>
    /// <param name="count">How many.</param>
    /// <param name="scratch">Of the same size.</param>
    /// <param name="comparer">Compares values of the rows, none of them null.</param>
    /// <param name="descending">Largest first.</param>
    public static void Sort(int* rows, int count, int* scratch, RowComparer comparer, bool descending)
    {
        if (count <= FewRows)
        {
            Insert(rows, count, comparer, descending);
            return;
        }

        int half = count / 2;
        Sort(rows, half, scratch, comparer, descending);
        Sort(rows + half, count - half, scratch, comparer, descending);
        if (!Follows(rows[half - 1], rows[half], comparer, descending))
        {
            return;
        }

        new Span<int>(rows, half).CopyTo(new Span<int>(scratch, half));
        int left = 0;
        int right = half;
        int at = 0;
        while (left < half && right < count)
        {
            rows[at++] = Follows(scratch[left], rows[right], comparer, descending) ? rows[right++] : scratch[left++];
        }

        new Span<int>(scratch + left, half - left).CopyTo(new Span<int>(rows + at, half - left));
    }

    private static void Insert(int* rows, int count, RowComparer comparer, bool descending)
    {
        for (int i = 1; i < count; i++)
        {
            int row = rows[i];
            int at = i;
            for (; at > 0 && Follows(rows[at - 1], row, comparer, descending); at--)
            {
                rows[at] = rows[at - 1];
            }

            rows[at] = row;
        }
    }

    // Whether a row that stands first has to stand after the other.
    private static bool Follows(int first, int second, RowComparer comparer, bool descending)
    {
        int order = comparer.CompareValues(first, second);
        return descending ? order < 0 : order > 0;
    }
}
