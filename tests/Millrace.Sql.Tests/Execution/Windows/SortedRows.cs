using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Sorted rows that come one by one, so that where partitions are cut depends on nothing else.</summary>
internal sealed class SortedRows : ITablePart
{
    private readonly RecordBatch _rows;
    private int _at;

    private SortedRows(RecordBatch rows) => _rows = rows;

    public int Number => 0;

    /// <summary>The rows with the calls of a window; rows are sorted here, and not by the window. The caller owns them.</summary>
    public static async Task<RecordBatch> WindowAsync(WindowNode node, RecordBatch rows, QueryContext context)
    {
        OrderColumn[] order = [.. node.Partition.Select(p => new OrderColumn(p)), .. node.Order];
        RecordBatch sorted = order.Length == 0 ? rows.Share() : Take.Rows(rows, SortNodeTests.Reference(rows, order));
        var batches = new List<RecordBatch>();
        try
        {
            await using var part = new WindowPart(node, context, new SortedRows(sorted), 0);
            while (await part.ReadAsync(default) is { } batch)
            {
                batches.Add(batch);
            }

            return batches.Count > 0 ? Concat.Batches(batches) : NodeRunner.Empty(node.Schema);
        }
        finally
        {
            batches.ForEach(b => b.Dispose());
        }
    }

    public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation) => new(_at == _rows.Length ? null : _rows.Slice(_at++, 1));

    public ValueTask DisposeAsync()
    {
        _rows.Dispose();
        return ValueTask.CompletedTask;
    }
}
