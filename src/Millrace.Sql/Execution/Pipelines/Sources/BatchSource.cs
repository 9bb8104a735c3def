using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Batches in memory as a source, each a part of its own. Nothing is copied; batches are given away as they are read.</summary>
/// <param name="batches">The source owns those that nobody has read.</param>
public sealed class BatchSource(IEnumerable<RecordBatch> batches) : IBatchSource
{
    private readonly Queue<RecordBatch> _batches = new(batches);
    private int _next;

    public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
    {
        lock (_batches)
        {
            return new(_batches.TryDequeue(out RecordBatch? batch) ? new Part(batch, _next++) : null);
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (RecordBatch batch in _batches)
        {
            batch.Dispose();
        }

        _batches.Clear();
        return ValueTask.CompletedTask;
    }

    private sealed class Part(RecordBatch batch, int number) : ITablePart
    {
        private RecordBatch? _batch = batch;

        public int Number => number;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            RecordBatch? result = _batch;
            _batch = null;
            return new(result);
        }

        public ValueTask DisposeAsync()
        {
            _batch?.Dispose();
            _batch = null;
            return ValueTask.CompletedTask;
        }
    }
}
