using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Gives the batches of a round, a part each.</summary>
/// <param name="schema">Names of the columns.</param>
/// <param name="rows">The batches, borrowed.</param>
internal sealed class WorkTableSource(Schema schema, IReadOnlyList<RecordBatch> rows) : IBatchSource
{
    private int _next = -1;

    public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
    {
        int number = Interlocked.Increment(ref _next);
        return new(number < rows.Count ? new Part(schema, rows[number], number) : null);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Part(Schema schema, RecordBatch rows, int number) : ITablePart
    {
        private bool _given;

        public int Number => number;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            if (_given)
            {
                return new((RecordBatch?)null);
            }

            _given = true;
            return new(new RecordBatch(schema, rows.Length, [.. rows.Columns.Select(c => c.Share())]));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
