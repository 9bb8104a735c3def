using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Finds the rows of a row group that can match, by the bounds of pages in the column index.</summary>
internal static class PagePruner
{
    public static async ValueTask<List<RowRange>> FindRowsAsync(IByteSource source, RowGroup group, List<LeafPredicate> predicates, CancellationToken cancellation)
    {
        List<RowRange> rows = [new RowRange(0, group.RowCount)];
        foreach (LeafPredicate predicate in predicates)
        {
            ColumnChunk chunk = group.Columns[predicate.Leaf.Index];
            ColumnIndex? bounds = await IndexReader.ReadColumnIndexAsync(source, chunk, cancellation).ConfigureAwait(false);
            OffsetIndex? offsets = bounds is null ? null : await IndexReader.ReadOffsetIndexAsync(source, chunk, group.RowCount, cancellation).ConfigureAwait(false);
            if (offsets is not null && FindPages(predicate, bounds!, offsets.Pages.Count) is { } pages)
            {
                rows = RowRange.Intersect(rows, RowsOf(pages, offsets.Pages, group.RowCount));
            }
        }

        return rows;
    }

    private static bool[]? FindPages(LeafPredicate predicate, ColumnIndex index, int pages)
    {
        if (index.NullPages.Length != pages || index.Min.Count != pages || index.Max.Count != pages || (index.NullCounts is { } counts && counts.Length != pages))
        {
            return null;
        }

        switch (predicate.Operator)
        {
            case PredicateOperator.IsNull:
                return index.NullCounts is null ? null : [.. index.NullCounts.Select(n => n != 0)];
            case PredicateOperator.IsNotNull:
                return [.. index.NullPages.Select(n => !n)];
        }

        // Pages of nulls have empty bounds; those of another page stand in for them.
        int sound = Array.IndexOf(index.NullPages, false);
        if (sound < 0)
        {
            return new bool[pages];
        }

        byte[][] min = [.. index.Min.Select((b, i) => index.NullPages[i] ? index.Min[sound] : b)];
        byte[][] max = [.. index.Max.Select((b, i) => index.NullPages[i] ? index.Max[sound] : b)];
        bool[]? matches = predicate.MayMatch(min, max);
        return matches is null ? [.. index.NullPages.Select(n => !n)] : [.. matches.Zip(index.NullPages, (m, n) => m && !n)];
    }

    private static List<RowRange> RowsOf(bool[] pages, List<PageLocation> locations, long rows)
    {
        var ranges = new List<RowRange>();
        for (int i = 0; i < pages.Length; i++)
        {
            if (!pages[i])
            {
                continue;
            }

            long end = i + 1 < pages.Length ? locations[i + 1].FirstRow : rows;
            if (ranges.Count > 0 && ranges[^1].End == locations[i].FirstRow)
            {
                ranges[^1] = ranges[^1] with { End = end };
            }
            else
            {
                ranges.Add(new RowRange(locations[i].FirstRow, end));
            }
        }

        return ranges;
    }
}
