using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Rows numbered from 0 as they come, in batches. Small ones are put together in doubling sizes, so that a row is copied a few
/// times at most; larger ones are kept as they are. One thread uses it.
/// </summary>
internal sealed class RowChunks(Schema schema) : IDisposable
{
    // Rows of a batch up to which it is put together with its neighbour.
    private const int MaxMergedRows = RecordBatch.DefaultRows;

    // Rows for which the batch of the first one is known.
    private const int BlockBits = 10;

    private readonly List<RecordBatch> _chunks = [];
    private readonly List<int> _firsts = [];
    private int[] _blocks = [];
    private int[] _batchOf = [];
    private int[] _at = [];

    // For each batch its number among those of a request; -1 for the others.
    private int[] _wanted = [];

    public int Count { get; private set; }

    public long ByteSize { get; private set; }

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
        ByteSize += rows.ByteSize;
        Count = checked(Count + rows.Length);
        while (_chunks.Count > 1 && _chunks[^2].Length <= 2 * _chunks[^1].Length && _chunks[^2].Length + _chunks[^1].Length <= MaxMergedRows)
        {
            RecordBatch merged = Concat.Batches([_chunks[^2], _chunks[^1]]);
            ByteSize += merged.ByteSize - _chunks[^2].ByteSize - _chunks[^1].ByteSize;
            _chunks[^2].Dispose();
            _chunks[^1].Dispose();
            _chunks.RemoveAt(_chunks.Count - 1);
            _firsts.RemoveAt(_firsts.Count - 1);
            _chunks[^1] = merged;
        }

        NoteBlocks();
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

        List<RecordBatch> batches = Locate(rows);
        if (columns is null)
        {
            return Gather.Rows(batches, _batchOf.AsSpan(0, rows.Length), _at.AsSpan(0, rows.Length));
        }

        int[] chosen = [.. columns];
        RecordBatch[] parts = [.. batches.Select(b => b.Select(chosen))];
        try
        {
            return Gather.Rows(parts, _batchOf.AsSpan(0, rows.Length), _at.AsSpan(0, rows.Length));
        }
        finally
        {
            Array.ForEach(parts, p => p.Dispose());
        }
    }

    /// <summary>Where a row is.</summary>
    public (RecordBatch Rows, int Row) Find(int row)
    {
        int chunk = ChunkOf(row, CollectionsMarshal.AsSpan(_firsts));
        return (_chunks[chunk], row - _firsts[chunk]);
    }

    /// <summary>Whether rows of a batch equal rows of these, pair by pair; nulls are equal.</summary>
    public void Equal(ReadOnlySpan<Column> columns, ReadOnlySpan<int> left, ReadOnlySpan<int> rows, Span<bool> equal)
    {
        using RecordBatch taken = TakeRows(rows);
        var order = new int[rows.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        RowEquality.Test(columns, left, [.. taken.Columns], order, equal);
    }

    /// <summary>Keeps some of the rows, which are numbered anew in their order.</summary>
    public void Keep(ReadOnlySpan<bool> kept)
    {
        (RecordBatch[] chunks, int[] firsts) = ([.. _chunks], [.. _firsts]);
        _chunks.Clear();
        _firsts.Clear();
        (Count, ByteSize) = (0, 0);
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
        (Count, ByteSize) = (0, 0);
    }

    // Blocks that begin in the last batch are found there.
    private void NoteBlocks()
    {
        int blocks = ((Count - 1) >> BlockBits) + 1;
        if (_blocks.Length < blocks)
        {
            Array.Resize(ref _blocks, Math.Max(blocks, _blocks.Length * 2));
        }

        int first = (_firsts[^1] + (1 << BlockBits) - 1) >> BlockBits;
        if (first < blocks)
        {
            _blocks.AsSpan(first, blocks - first).Fill(_chunks.Count - 1);
        }
    }

    private int ChunkOf(int row, ReadOnlySpan<int> firsts)
    {
        int chunk = _blocks[row >> BlockBits];
        while (chunk + 1 < firsts.Length && firsts[chunk + 1] <= row)
        {
            chunk++;
        }

        return chunk;
    }

    // Writes for each row the number of its batch among those given, and its place there.
    private List<RecordBatch> Locate(ReadOnlySpan<int> rows)
    {
        if (_at.Length < rows.Length)
        {
            int size = Math.Max(rows.Length, _at.Length * 2);
            (_batchOf, _at) = (new int[size], new int[size]);
        }

        if (_wanted.Length < _chunks.Count)
        {
            _wanted = new int[_chunks.Count * 2];
            _wanted.AsSpan().Fill(-1);
        }

        var used = new List<int>();
        var batches = new List<RecordBatch>();
        ReadOnlySpan<int> firsts = CollectionsMarshal.AsSpan(_firsts);
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            int chunk = ChunkOf(row, firsts);
            if (_wanted[chunk] < 0)
            {
                _wanted[chunk] = batches.Count;
                used.Add(chunk);
                batches.Add(_chunks[chunk]);
            }

            _batchOf[i] = _wanted[chunk];
            _at[i] = row - firsts[chunk];
        }

        used.ForEach(chunk => _wanted[chunk] = -1);
        return batches;
    }
}
