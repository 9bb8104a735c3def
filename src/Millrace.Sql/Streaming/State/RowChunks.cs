using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Rows numbered from 0 as they come, in a few batches: small ones are put together in doubling sizes, so that a row is copied
/// a few times at most and rows are taken from few places. One thread uses it.
/// </summary>
internal sealed class RowChunks(Schema schema) : IDisposable
{
    // Rows of a batch up to which it is put together with its neighbour: about where copying costs more than one more place to look.
    private const int MaxMergedRows = 1 << 16;

    private readonly List<RecordBatch> _chunks = [];
    private readonly List<int> _firsts = [];
    private int[] _order = [];
    private int[] _at = [];

    public int Count { get; private set; }

    public long ByteSize => _chunks.Sum(c => c.ByteSize);

    /// <summary>The batches and the number of the first row of each.</summary>
    public IEnumerable<(int First, RecordBatch Rows)> All => _firsts.Zip(_chunks);

    /// <summary>Adds rows behind the others; taken over.</summary>
    public void Add(RecordBatch rows)
    {
        if (rows.Length == 0)
        {
            rows.Dispose();
            return;
        }

        _firsts.Add(Count);
        _chunks.Add(rows);
        Count = checked(Count + rows.Length);
        while (_chunks.Count > 1 && _chunks[^2].Length <= 2 * _chunks[^1].Length && _chunks[^2].Length + _chunks[^1].Length <= MaxMergedRows)
        {
            RecordBatch merged = Concat.Batches([_chunks[^2], _chunks[^1]]);
            _chunks[^2].Dispose();
            _chunks[^1].Dispose();
            _chunks.RemoveAt(_chunks.Count - 1);
            _firsts.RemoveAt(_firsts.Count - 1);
            _chunks[^1] = merged;
        }
    }

    /// <summary>Rows by number, in the order given; the caller owns the batch.</summary>
    /// <param name="rows">Numbers of rows.</param>
    /// <param name="columns">Numbers of the columns wanted; null for all.</param>
    public RecordBatch TakeRows(ReadOnlySpan<int> rows, IReadOnlyList<int>? columns = null)
    {
        if (rows.Length == 0)
        {
            return Execution.NullRows.None(columns is null ? schema : schema.Select([.. columns]));
        }

        var parts = new List<RecordBatch>();
        try
        {
            int done = 0;
            foreach ((int chunk, int count) in Sort(rows))
            {
                Span<int> at = _at.AsSpan(done, count);
                using RecordBatch wanted = columns is null ? _chunks[chunk].Share() : _chunks[chunk].Select([.. columns]);
                parts.Add(Take.Rows(wanted, at));
                done += count;
            }

            if (parts.Count == 1)
            {
                return parts[0].Share();
            }

            using RecordBatch all = Concat.Batches(parts);
            return Take.Rows(all, Inverse(rows.Length));
        }
        finally
        {
            parts.ForEach(p => p.Dispose());
        }
    }

    /// <summary>Whether rows of a batch equal rows of these, pair by pair; nulls are equal.</summary>
    public void Equal(ReadOnlySpan<Column> columns, ReadOnlySpan<int> left, ReadOnlySpan<int> rows, Span<bool> equal)
    {
        int done = 0;
        foreach ((int chunk, int count) in Sort(rows))
        {
            ReadOnlySpan<int> order = _order.AsSpan(done, count);
            var chosen = new int[count];
            var result = new bool[count];
            for (int i = 0; i < count; i++)
            {
                chosen[i] = left[order[i]];
            }

            RowEquality.Test(columns, chosen, CollectionsMarshal.AsSpan(_chunks[chunk].Columns.ToList()), _at.AsSpan(done, count), result);
            for (int i = 0; i < count; i++)
            {
                equal[order[i]] = result[i];
            }

            done += count;
        }
    }

    /// <summary>Keeps some of the rows, which are numbered anew in their order.</summary>
    public void Keep(ReadOnlySpan<bool> kept)
    {
        (RecordBatch[] chunks, int[] firsts) = ([.. _chunks], [.. _firsts]);
        _chunks.Clear();
        _firsts.Clear();
        Count = 0;
        var rows = new List<int>();
        for (int i = 0; i < chunks.Length; i++)
        {
            rows.Clear();
            for (int row = 0; row < chunks[i].Length; row++)
            {
                if (kept[firsts[i] + row])
                {
                    rows.Add(row);
                }
            }

            Add(rows.Count == chunks[i].Length ? chunks[i].Share() : Take.Rows(chunks[i], CollectionsMarshal.AsSpan(rows)));
            chunks[i].Dispose();
        }
    }

    public void Dispose()
    {
        _chunks.ForEach(c => c.Dispose());
        _chunks.Clear();
        _firsts.Clear();
        Count = 0;
    }

    // Groups rows by their batch: _order has their places in the request, _at their rows in the batch.
    private List<(int Chunk, int Count)> Sort(ReadOnlySpan<int> rows)
    {
        if (_order.Length < rows.Length)
        {
            int size = Math.Max(rows.Length, RecordBatch.DefaultRows);
            (_order, _at) = (new int[size], new int[size]);
        }

        if (_chunks.Count == 1)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                (_order[i], _at[i]) = (i, rows[i]);
            }

            return [(0, rows.Length)];
        }

        ReadOnlySpan<int> firsts = CollectionsMarshal.AsSpan(_firsts);
        var counts = new int[firsts.Length + 1];
        var chunks = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int found = firsts.BinarySearch(rows[i]);
            chunks[i] = found >= 0 ? found : ~found - 1;
            counts[chunks[i] + 1]++;
        }

        var result = new List<(int, int)>();
        for (int chunk = 0; chunk < firsts.Length; chunk++)
        {
            if (counts[chunk + 1] > 0)
            {
                result.Add((chunk, counts[chunk + 1]));
            }

            counts[chunk + 1] += counts[chunk];
        }

        for (int i = 0; i < rows.Length; i++)
        {
            int to = counts[chunks[i]]++;
            (_order[to], _at[to]) = (i, rows[i] - firsts[chunks[i]]);
        }

        return result;
    }

    // Where each row of the request stands behind the sort.
    private int[] Inverse(int count)
    {
        var inverse = new int[count];
        for (int i = 0; i < count; i++)
        {
            inverse[_order[i]] = i;
        }

        return inverse;
    }
}
