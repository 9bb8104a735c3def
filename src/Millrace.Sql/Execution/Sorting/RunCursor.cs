using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Where merging is in a run.</summary>
/// <param name="run">Taken over.</param>
/// <param name="order">Columns to sort by.</param>
/// <param name="partColumn">The column with the number of the part, or -1.</param>
internal sealed unsafe class RunCursor(SortedRun run, IReadOnlyList<OrderColumn> order, int partColumn) : IDisposable
{
    private NativeBuffer? _words;

    /// <summary>The rows at hand; null at the end.</summary>
    public RecordBatch? Rows { get; private set; }

    /// <summary>First row that is not yet handed out.</summary>
    public int Start { get; set; }

    /// <summary>The row to be compared next.</summary>
    public int At { get; set; }

    /// <summary>A word for each row, see <see cref="Sort.Words"/>. Null at the end.</summary>
    public ulong* Words { get; private set; }

    /// <summary>Whether equal words are equal rows.</summary>
    public bool Exact { get; private set; }

    public SortKey[] Keys { get; private set; } = [];

    public int Part => partColumn < 0 ? 0 : ((FixedColumn<int>)Rows![partColumn]).Values[At];

    /// <summary>Goes on to the run's next rows; false at the end.</summary>
    public bool Advance()
    {
        Leave();
        Rows = run.Next();
        if (Rows is null)
        {
            return false;
        }

        (Start, At) = (0, 0);
        Keys = OrderColumn.Keys(order, Rows);
        _words = BufferPool.Rent(Rows.Length * sizeof(ulong));
        Words = (ulong*)_words.Pointer;
        if (Keys.Length == 0)
        {
            new Span<ulong>(Words, Rows.Length).Clear();
            Exact = true;
        }
        else
        {
            Exact = Sort.Words(Keys[0], new Span<ulong>(Words, Rows.Length)) && Keys.Length == 1;
        }

        return true;
    }

    public void Dispose()
    {
        Leave();
        run.Dispose();
    }

    private void Leave()
    {
        Rows?.Dispose();
        Rows = null;
        _words?.Dispose();
        _words = null;
        Words = null;
    }
}
