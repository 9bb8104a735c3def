namespace Millrace.Formats.Parquet;

/// <summary>Cuts a file into ranges of whole row groups.</summary>
internal static class RowGroupPlanner
{
    public static IEnumerable<FileRange> Plan(IReadOnlyList<RowGroupPlace> places, long fileLength, long targetBytes)
    {
        if (!IsAscending(places))
        {
            // A range could not tell which row groups are in it and keep their order.
            yield return FileRange.Whole(fileLength);
            yield break;
        }

        long start = 0;
        long bytes = 0;
        long firstRow = 0;
        foreach (RowGroupPlace place in places)
        {
            if (bytes > 0 && bytes + place.Bytes > targetBytes)
            {
                yield return new FileRange(start, place.Start, firstRow);
                start = place.Start;
                firstRow = place.FirstRow;
                bytes = 0;
            }

            bytes += place.Bytes;
        }

        yield return new FileRange(start, fileLength, firstRow);
    }

    /// <summary>Numbers of the row groups that start in the range.</summary>
    public static int[] Select(IReadOnlyList<RowGroupPlace> places, FileRange range)
        => [.. Enumerable.Range(0, places.Count).Where(i => places[i].Start >= range.Start && places[i].Start < range.End)];

    private static bool IsAscending(IReadOnlyList<RowGroupPlace> places)
    {
        for (int i = 1; i < places.Count; i++)
        {
            if (places[i].Start <= places[i - 1].Start)
            {
                return false;
            }
        }

        return true;
    }
}
