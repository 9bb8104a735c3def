using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Merged runs as one part.</summary>
/// <param name="merger">Taken over.</param>
/// <param name="width">Leading columns that come out.</param>
/// <param name="limit">Rows that come out at most.</param>
internal sealed class SortedSource(RunMerger merger, int width, long limit) : IBatchSource
{
    private int _taken;

    public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        => new(Interlocked.Exchange(ref _taken, 1) == 0 ? new Part(merger, width, limit) : null);

    public ValueTask DisposeAsync()
    {
        merger.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Part(RunMerger merger, int width, long left) : ITablePart
    {
        private readonly int[] _columns = [.. Enumerable.Range(0, width)];
        private long _left = left;

        public int Number => 0;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_left <= 0 || merger.Next() is not { } rows)
            {
                return new((RecordBatch?)null);
            }

            using (rows)
            {
                using RecordBatch first = rows.Slice(0, (int)Math.Min(_left, rows.Length));
                _left -= first.Length;
                return new(first.Select(_columns));
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
