using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The order of rows; they are brought into it piece by piece.</summary>
internal sealed unsafe class SortedOrder : IDisposable
{
    private readonly RecordBatch _rows;
    private readonly NativeBuffer _order;

    /// <param name="rows">Borrowed until this is disposed.</param>
    /// <param name="order">Columns to sort by; equal rows stay as they are.</param>
    public SortedOrder(RecordBatch rows, IReadOnlyList<OrderColumn> order)
    {
        _rows = rows;
        _order = BufferPool.Rent(checked(rows.Length * sizeof(int)));
        try
        {
            Sort.Indices(OrderColumn.Keys(order, rows), new Span<int>(_order.Pointer, rows.Length));
        }
        catch
        {
            _order.Dispose();
            throw;
        }
    }

    /// <summary>Some rows in order; the caller owns them.</summary>
    public RecordBatch Take(int start, int count) => Columnar.Take.Rows(_rows, new Span<int>((int*)_order.Pointer + start, count));

    /// <summary>All rows in batches, each the reader's.</summary>
    public IEnumerable<RecordBatch> Slices(int rows)
    {
        for (int start = 0; start < _rows.Length; start += rows)
        {
            yield return Take(start, Math.Min(rows, _rows.Length - start));
        }
    }

    public void Dispose() => _order.Dispose();
}
