namespace Millrace.Formats.Parquet;

/// <summary>Makes the indexes over the pages of a chunk (PageIndex.md).</summary>
internal static class PageIndexes
{
    /// <summary>Where the pages lie when the first stands at an offset of the file.</summary>
    public static OffsetIndex Offsets(ColumnChunkSummary chunk, long offset)
    {
        var index = new OffsetIndex();
        bool sized = chunk.Leaf.Physical == PhysicalType.ByteArray;
        foreach (WrittenPage page in chunk.Pages)
        {
            index.Pages.Add(new PageLocation { Offset = offset, CompressedSize = page.Place.Length, FirstRow = page.FirstRow });
            offset += page.Place.Length;
        }

        index.UnencodedByteArrayBytes = sized ? [.. chunk.Pages.Select(p => p.UnencodedBytes ?? 0)] : null;
        return index;
    }

    /// <summary>What the pages hold; null when some page has values but no bounds, which the index cannot say.</summary>
    public static ColumnIndex? Columns(ColumnChunkSummary chunk, ValueWriter values)
    {
        List<WrittenPage> pages = chunk.Pages;
        if (pages.Exists(p => ReferenceEquals(p.Bounds, Bounds.Unknown) || (p.Bounds is null && p.Nulls < p.Entries)))
        {
            return null;
        }

        return new ColumnIndex
        {
            NullPages = [.. pages.Select(p => p.Bounds is null)],
            Min = [.. pages.Select(p => p.Bounds?.Min ?? [])],
            Max = [.. pages.Select(p => p.Bounds?.Max ?? [])],
            NullCounts = [.. pages.Select(p => (long)p.Nulls)],
            Order = Order(pages, values),
            RepetitionLevels = Join(pages, p => p.RepetitionHistogram),
            DefinitionLevels = Join(pages, p => p.DefinitionHistogram),
        };
    }

    private static long[]? Join(List<WrittenPage> pages, Func<WrittenPage, long[]?> histogram)
        => histogram(pages[0]) is null ? null : [.. pages.SelectMany(p => histogram(p)!)];

    private static BoundaryOrder Order(List<WrittenPage> pages, ValueWriter values)
    {
        bool ascending = true;
        bool descending = true;
        Bounds? last = null;
        foreach (WrittenPage page in pages)
        {
            if (page.Bounds is not { } bounds)
            {
                continue;
            }

            if (last is not null)
            {
                int mins = values.Compare(last.Min, bounds.Min);
                int maxs = values.Compare(last.Max, bounds.Max);
                ascending &= mins <= 0 && maxs <= 0;
                descending &= mins >= 0 && maxs >= 0;
            }

            last = bounds;
        }

        return ascending ? BoundaryOrder.Ascending : descending ? BoundaryOrder.Descending : BoundaryOrder.Unordered;
    }
}
