namespace Millrace.Formats.Parquet;

/// <summary>Rows of a row group, from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
internal readonly record struct RowRange(long Start, long End)
{
    /// <summary>The rows that are in both lists; each is ascending and without overlaps.</summary>
    public static List<RowRange> Intersect(List<RowRange> left, List<RowRange> right)
    {
        var both = new List<RowRange>();
        for (int i = 0, j = 0; i < left.Count && j < right.Count;)
        {
            long start = Math.Max(left[i].Start, right[j].Start);
            long end = Math.Min(left[i].End, right[j].End);
            if (start < end)
            {
                both.Add(new RowRange(start, end));
            }

            if (left[i].End < right[j].End)
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return both;
    }
}
