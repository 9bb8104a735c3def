using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>
/// A partition that does not fit into memory: its rows are on disk in order, results are computed page by page, and calls look
/// at other pages where their frames reach there. One thread uses it.
/// </summary>
internal sealed class LargePartition : IDisposable
{
    private readonly WindowNode _node;
    private readonly QueryContext _context;
    private readonly PagedCall[] _calls;
    private int _next;

    /// <param name="node">The calls.</param>
    /// <param name="context">Memory, disk and faults.</param>
    /// <param name="paging">How it lies there.</param>
    public LargePartition(WindowNode node, QueryContext context, WindowPaging paging)
    {
        _node = node;
        _context = context;
        Paging = paging;
        Pages = new PartitionPages(context, node.Inputs[0].Schema, paging.PageRows);
        Peers = new PeerIndex(Pages, node.Order);
        Range = node.Calls.Any(c => c.Frame is { Unit: FrameUnit.Range } f && (f.StartOffset ?? f.EndOffset) is not null) ? new RangeIndex(Pages, node.Order[0]) : null;
        _calls = [.. node.Calls.Select(Open)];
    }

    public WindowPaging Paging { get; }

    public PartitionPages Pages { get; }

    public PeerIndex Peers { get; }

    /// <summary>Null where no frame counts in values.</summary>
    public RangeIndex? Range { get; }

    public QueryContext Context => _context;

    public Schema Schema => _node.Inputs[0].Schema;

    public IReadOnlyList<OrderColumn> Order => _node.Order;

    /// <summary>Appends rows, which are borrowed.</summary>
    public void Add(RecordBatch rows) => Pages.Add(rows, Note);

    /// <summary>All rows were added.</summary>
    public void Complete() => Pages.Complete(Note);

    /// <summary>The next rows that come out, which the caller owns; null at the end. May be empty.</summary>
    public RecordBatch? Next()
    {
        _context.Cancellation.ThrowIfCancellationRequested();
        if (_next == Pages.Count)
        {
            return null;
        }

        using var page = new PartitionPage(this, _next++);
        var faults = new RowFaults();
        var columns = new List<Column>();
        try
        {
            foreach (PagedCall call in _calls)
            {
                columns.Add(call.Compute(page, faults));
            }

            columns.InsertRange(0, page.Rows.Columns.Take(_node.Width).Select(c => c.Share()));
            var result = new RecordBatch(_node.Schema, page.Count, [.. columns]);
            columns.Clear();
            return WindowCalls.WithoutFaults(_context, result, faults);
        }
        finally
        {
            columns.ForEach(c => c.Dispose());
        }
    }

    public void Dispose()
    {
        Array.ForEach(_calls, c => c.Dispose());
        Range?.Dispose();
        Peers.Dispose();
        Pages.Dispose();
    }

    private void Note(RecordBatch page)
    {
        Peers.Add(page);
        Range?.Add(page);
        _context.Cancellation.ThrowIfCancellationRequested();
    }

    private PagedCall Open(WindowColumn call) => call switch
    {
        WindowAggregateColumn aggregate => new PagedAggregate(this, aggregate),
        WindowFunctionColumn { Paged: { } kernel } function => new PagedFunction(this, function, kernel()),
        _ => new GatheredFunction(this, (WindowFunctionColumn)call),
    };
}
