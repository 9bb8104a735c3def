using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Finds rows of a partition on disk by the value of its one sort key: the keys of the pages' first rows are in memory, and
/// tell which page to look at.
/// </summary>
internal sealed class RangeIndex(PartitionPages pages, OrderColumn order) : IDisposable
{
    private readonly List<Column> _firsts = [];
    private Column? _first;
    private long _nulls;
    private bool _nullsFirst;
    private int _page = -1;
    private object? _values;

    // Rows whose key is not null: they stand together.
    private long From => _nullsFirst ? _nulls : 0;

    private long To => _nullsFirst ? pages.Rows : pages.Rows - _nulls;

    /// <summary>Takes note of the next page.</summary>
    public void Add(RecordBatch page)
    {
        Column key = page[order.Column];
        _nullsFirst = _firsts.Count == 0 ? key.IsNull(0) : _nullsFirst;
        _firsts.Add(key.Slice(0, 1));
        for (int row = 0; key.HasNulls && row < key.Length; row++)
        {
            _nulls += key.IsNull(row) ? 1 : 0;
        }
    }

    /// <summary>Writes one side of the frames of a page's rows.</summary>
    /// <param name="page">The rows.</param>
    /// <param name="offsets">What is added to or taken from the key.</param>
    /// <param name="preceding">Whether the bound lies before the row, in the order.</param>
    /// <param name="isEnd">Whether the rows behind the frame are asked for, not the first in it.</param>
    /// <param name="target">Row numbers; those of rows whose key is null are left as they are.</param>
    public void Fill(RecordBatch page, Column offsets, bool preceding, bool isEnd, long[] target)
    {
        Column key = page[order.Column];
        RangeBounds.RequireOffsets(offsets);
        _first ??= Concat.Columns(_firsts);
        if (key.Type.IsFloat || offsets.Type.IsFloat)
        {
            Search(key, RangeBounds.Doubles(key, offsets, preceding, order.Descending), RangeKeys.Doubles, isEnd, target);
        }
        else
        {
            Search(key, RangeBounds.Whole(key, offsets, preceding, order.Descending), c => RangeKeys.Whole(c, offsets.Type), isEnd, target);
        }

        // Another frame may count in another unit.
        _page = -1;
    }

    public void Dispose()
    {
        _firsts.ForEach(c => c.Dispose());
        _first?.Dispose();
    }

    private void Search<T>(Column key, T[] bounds, Func<Column, T[]> convert, bool isEnd, long[] target)
        where T : IComparable<T>
    {
        T[] firsts = convert(_first!);
        for (int i = 0; i < bounds.Length; i++)
        {
            if (!key.IsNull(i))
            {
                target[i] = Search(firsts, bounds[i], convert, isEnd);
            }
        }
    }

    private long Search<T>(T[] firsts, T bound, Func<Column, T[]> convert, bool isEnd)
        where T : IComparable<T>
    {
        // The page in front of the first one that begins behind the bound.
        int lowest = pages.PageOf(From);
        int page = RangeBounds.First(firsts, bound, lowest + 1, pages.PageOf(To - 1) + 1, order.Descending, isEnd) - 1;
        if (page != _page)
        {
            using RecordBatch rows = pages.Read(page);
            _values = convert(rows[order.Column]);
            _page = page;
        }

        long start = pages.FirstRow(page);
        int low = (int)Math.Max(0, From - start);
        int high = (int)Math.Min(pages.RowsOf(page), To - start);
        return start + RangeBounds.First((T[])_values!, bound, low, high, order.Descending, isEnd);
    }
}
