using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Sorts batches into one.</summary>
internal static unsafe class SortedRows
{
    /// <summary>The first rows of all batches in order; equal rows stay as they are. The caller owns them.</summary>
    public static RecordBatch Of(IReadOnlyList<RecordBatch> batches, IReadOnlyList<OrderColumn> order, int limit)
    {
        using RecordBatch all = Concat.Batches(batches);
        using NativeBuffer buffer = BufferPool.Rent(checked(all.Length * sizeof(int)));
        var rows = new Span<int>((int*)buffer.Pointer, all.Length);
        Sort.Indices(OrderColumn.Keys(order, all), rows);
        return Take.Rows(all, rows[..Math.Min(limit, rows.Length)]);
    }
}
