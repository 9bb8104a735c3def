using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Arguments of any rows of a partition on disk. One thread uses it.</summary>
/// <param name="pages">The rows.</param>
/// <param name="columns">Numbers of the columns that are the arguments.</param>
internal sealed class PartitionValues(PartitionPages pages, IReadOnlyList<int> columns)
{
    /// <summary>Stands for no row.</summary>
    public const long None = -1;

    private long[]? _before;
    private int _page = -1;
    private int[] _valuesBefore = [];
    private int[] _places = [];

    /// <summary>How many rows have a first argument that is not null.</summary>
    public long Count => Before()[^1];

    /// <summary>Appends an argument of some rows; null for <see cref="None"/>.</summary>
    public void Append(ColumnBuilder builder, int argument, ReadOnlySpan<long> rows)
    {
        // Page by page, and then in the order asked for.
        var order = new int[rows.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        long[] sorted = rows.ToArray();
        Array.Sort(sorted, order);
        var places = new int[rows.Length];
        var pieces = new List<Column>();
        try
        {
            int at = 0;
            for (; at < sorted.Length && sorted[at] < 0; at++)
            {
                places[order[at]] = RowPicker.None;
            }

            int before = at;
            while (at < sorted.Length)
            {
                int page = pages.PageOf(sorted[at]);
                long first = pages.FirstRow(page);
                var chosen = new List<int>();
                for (; at < sorted.Length && sorted[at] - first < pages.PageRows; at++)
                {
                    places[order[at]] = at - before;
                    chosen.Add((int)(sorted[at] - first));
                }

                using RecordBatch batch = pages.Read(page);
                pieces.Add(Take.Rows(batch[columns[argument]], System.Runtime.InteropServices.CollectionsMarshal.AsSpan(chosen)));
            }

            if (pieces.Count == 0)
            {
                for (int i = 0; i < rows.Length; i++)
                {
                    builder.AppendNull();
                }

                return;
            }

            using Column together = Concat.Columns(pieces);
            RowPicker.Append(builder, new Vector(together), places);
        }
        finally
        {
            pieces.ForEach(p => p.Dispose());
        }
    }

    /// <summary>How many rows in front of a row have a first argument that is not null.</summary>
    public long ValuesBefore(long row)
    {
        if (row >= pages.Rows)
        {
            return Count;
        }

        int page = pages.PageOf(row);
        long before = Before()[page];
        Open(page);
        return before + _valuesBefore[(int)(row - pages.FirstRow(page))];
    }

    /// <summary>The row that has so many of those in front; <see cref="None"/> if there is none.</summary>
    public long PlaceOf(long number)
    {
        if (number < 0 || number >= Count)
        {
            return None;
        }

        int page = Array.BinarySearch(Before(), number);
        page = page < 0 ? ~page - 1 : page;

        // Pages without values have the same number as the one behind them.
        while (Before()[page + 1] == number)
        {
            page++;
        }

        Open(page);
        return pages.FirstRow(page) + _places[(int)(number - Before()[page])];
    }

    private long[] Before()
    {
        if (_before is null)
        {
            _before = new long[pages.Count + 1];
            for (int page = 0; page < pages.Count; page++)
            {
                using RecordBatch rows = pages.Read(page);
                Column column = rows[columns[0]];
                int values = rows.Length;
                for (int row = 0; column.HasNulls && row < rows.Length; row++)
                {
                    values -= column.IsNull(row) ? 1 : 0;
                }

                _before[page + 1] = _before[page] + values;
            }
        }

        return _before;
    }

    private void Open(int page)
    {
        if (page == _page)
        {
            return;
        }

        using RecordBatch rows = pages.Read(page);
        Column column = rows[columns[0]];
        var places = new List<int>();
        _valuesBefore = new int[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            _valuesBefore[row] = places.Count;
            if (!column.IsNull(row))
            {
                places.Add(row);
            }
        }

        _places = [.. places];
        _page = page;
    }
}
