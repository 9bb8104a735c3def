using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Rows of a partition on disk that are equal in the order, its peer groups, by number: for each page how many begin before it,
/// so that any of them is found by looking at one page.
/// </summary>
internal sealed class PeerIndex(PartitionPages pages, IReadOnlyList<OrderColumn> order) : IDisposable
{
    private readonly List<long> _before = [];
    private readonly int[] _columns = [.. order.Select(o => o.Column)];
    private RecordBatch? _last;
    private int _page = -1;
    private int[] _starts = [];

    /// <summary>How many groups there are.</summary>
    public long Count { get; private set; }

    /// <summary>Takes note of the next page.</summary>
    public void Add(RecordBatch page)
    {
        _before.Add(Count);
        Count += Starts(page, _last).Length;
        _last?.Dispose();
        _last = page.Slice(page.Length - 1, 1);
    }

    /// <summary>The number of the group of each row of a page.</summary>
    public long[] GroupsOf(int page)
    {
        int[] starts = StartsOf(page);
        var groups = new long[pages.RowsOf(page)];
        long group = _before[page] - 1;
        int next = 0;
        for (int row = 0; row < groups.Length; row++)
        {
            if (next < starts.Length && starts[next] == row)
            {
                next++;
                group++;
            }

            groups[row] = group;
        }

        return groups;
    }

    /// <summary>The first row of a group; the number of rows for the group behind the last.</summary>
    public long Start(long group)
    {
        if (group >= Count)
        {
            return pages.Rows;
        }

        // The last page before which no more groups begin; of several those in front begin none.
        int low = 0;
        int high = _before.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >> 1;
            if (_before[middle] <= group)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return pages.FirstRow(low) + StartsOf(low)[(int)(group - _before[low])];
    }

    public void Dispose() => _last?.Dispose();

    private int[] StartsOf(int page)
    {
        if (page != _page)
        {
            using RecordBatch rows = pages.Read(page);
            using RecordBatch? before = page == 0 ? null : pages.Read(page - 1);
            using RecordBatch? last = before?.Slice(before.Length - 1, 1);
            _starts = Starts(rows, last);
            _page = page;
        }

        return _starts;
    }

    // Rows of a page that differ from the one before. Without an order all rows are equal.
    private int[] Starts(RecordBatch rows, RecordBatch? last)
    {
        var starts = new List<int>();
        if (last is null)
        {
            starts.Add(0);
        }

        if (_columns.Length == 0)
        {
            return [.. starts];
        }

        Column[] keys = Array.ConvertAll(_columns, c => rows[c]);
        if (last is not null)
        {
            Span<bool> equal = [false];
            RowEquality.Test(Array.ConvertAll(_columns, c => last[c]), [0], keys, [0], equal);
            if (!equal[0])
            {
                starts.Add(0);
            }
        }

        bool[] same = AdjacentRows.AreEqual(keys, rows.Length);
        for (int row = 1; row < same.Length; row++)
        {
            if (!same[row])
            {
                starts.Add(row);
            }
        }

        return [.. starts];
    }
}
