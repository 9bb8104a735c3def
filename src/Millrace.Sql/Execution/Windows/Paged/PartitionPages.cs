using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// The rows of one partition on disk, in order and in pages of equally many rows, the last one but for fewer. A few pages stay
/// in memory. One thread uses it.
/// </summary>
internal sealed class PartitionPages : IDisposable
{
    private const int PagesInMemory = 6;

    private readonly SpillFile _file;
    private readonly MemoryBudget _memory;
    private readonly List<long> _offsets = [];
    private readonly List<(int Page, RecordBatch Rows)> _cache = [];
    private readonly List<RecordBatch> _waiting = [];
    private int _waitingRows;

    /// <param name="context">Where to.</param>
    /// <param name="schema">Of the rows.</param>
    /// <param name="pageRows">Rows of a page.</param>
    public PartitionPages(QueryContext context, Schema schema, int pageRows)
    {
        PageRows = pageRows;
        _memory = context.Memory;
        _file = new SpillFile(context.SpillFolder, schema, context.Memory.CountSpilled);
    }

    public int PageRows { get; }

    public int Count => _offsets.Count;

    public long Rows => _file.Rows;

    /// <summary>Bytes of all rows, as they are on disk.</summary>
    public long Bytes => _file.Length;

    public int PageOf(long row) => (int)(row / PageRows);

    public long FirstRow(int page) => (long)page * PageRows;

    public int RowsOf(int page) => (int)Math.Min(PageRows, Rows - FirstRow(page));

    /// <summary>Appends rows, which are borrowed.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="onPage">Is told each page that is full.</param>
    public void Add(RecordBatch rows, Action<RecordBatch> onPage)
    {
        for (int at = 0; at < rows.Length;)
        {
            int count = Math.Min(PageRows - _waitingRows, rows.Length - at);
            _waiting.Add(rows.Slice(at, count));
            _waitingRows += count;
            at += count;
            if (_waitingRows == PageRows)
            {
                WritePage(onPage);
            }
        }
    }

    /// <summary>All rows were added.</summary>
    public void Complete(Action<RecordBatch> onPage)
    {
        if (_waitingRows > 0)
        {
            WritePage(onPage);
        }
    }

    /// <summary>The rows of a page; the caller owns them.</summary>
    public RecordBatch Read(int page)
    {
        int at = _cache.FindIndex(c => c.Page == page);
        (int Page, RecordBatch Rows) entry;
        if (at >= 0)
        {
            entry = _cache[at];
            _cache.RemoveAt(at);
        }
        else
        {
            entry = (page, _file.Read(_offsets[page], out _)!);
            _memory.Count(entry.Rows.ByteSize);
            if (_cache.Count == PagesInMemory)
            {
                Forget(_cache[0]);
                _cache.RemoveAt(0);
            }
        }

        // The one that was used last is forgotten last.
        _cache.Add(entry);
        return entry.Rows.Share();
    }

    /// <summary>Some rows in one piece; the caller owns them.</summary>
    public RecordBatch Read(long start, long end)
    {
        var pieces = new List<RecordBatch>();
        try
        {
            for (long row = start; row < end;)
            {
                int page = PageOf(row);
                long stop = Math.Min(end, FirstRow(page) + RowsOf(page));
                using RecordBatch rows = Read(page);
                pieces.Add(rows.Slice((int)(row - FirstRow(page)), (int)(stop - row)));
                row = stop;
            }

            return pieces.Count == 1 ? pieces[0].Share() : Concat.Batches(pieces);
        }
        finally
        {
            pieces.ForEach(p => p.Dispose());
        }
    }

    public void Dispose()
    {
        _waiting.ForEach(b => b.Dispose());
        _waiting.Clear();
        _cache.ForEach(Forget);
        _cache.Clear();
        _file.Dispose();
    }

    private void WritePage(Action<RecordBatch> onPage)
    {
        using RecordBatch page = Concat.Batches(_waiting);
        _waiting.ForEach(b => b.Dispose());
        _waiting.Clear();
        _waitingRows = 0;
        _offsets.Add(_file.Length);
        _file.Write(page);
        onPage(page);
    }

    private void Forget((int Page, RecordBatch Rows) entry)
    {
        _memory.Count(-entry.Rows.ByteSize);
        entry.Rows.Dispose();
    }
}
