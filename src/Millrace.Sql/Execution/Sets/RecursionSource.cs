using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Runs the rounds of a recursion while its rows are read, as one part.</summary>
internal sealed class RecursionSource(RecursionNode node, QueryContext context) : IBatchSource
{
    private int _taken;

    public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        => new(Interlocked.Exchange(ref _taken, 1) == 0 ? new Part(node, context) : null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Part(RecursionNode node, QueryContext context) : ITablePart
    {
        private readonly HeldRows _new = new(context.Memory);
        private readonly HeldRows _last = new(context.Memory);
        private readonly SeenRows? _seen = node.Distinct ? new SeenRows(node.Schema, context.Memory) : null;
        private IAsyncEnumerator<RecordBatch>? _round;
        private int _rounds;

        public int Number => 0;

        public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            _round ??= QueryExecutor.ExecuteAsync(node.Inputs[0], context, cancellation).GetAsyncEnumerator(cancellation);
            while (true)
            {
                while (await _round.MoveNextAsync().ConfigureAwait(false))
                {
                    if (Keep(_round.Current) is { } rows)
                    {
                        return rows;
                    }
                }

                if (_new.Rows == 0)
                {
                    return null;
                }

                if (_rounds++ == context.MaxRecursion)
                {
                    throw SetErrors.RecursionLimit(context.MaxRecursion);
                }

                await _round.DisposeAsync().ConfigureAwait(false);
                _last.Dispose();
                _new.MoveTo(_last);
                _round = QueryExecutor.ExecuteAsync(node.Inputs[1], context.With(node.Work, _last.Batches), cancellation).GetAsyncEnumerator(cancellation);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_round is not null)
            {
                await _round.DisposeAsync().ConfigureAwait(false);
            }

            _new.Dispose();
            _last.Dispose();
            _seen?.Dispose();
        }

        // The rows go out, and into the next round.
        private RecordBatch? Keep(RecordBatch batch)
        {
            using (batch)
            {
                using RecordBatch? rows = _seen is null ? batch.Share() : _seen.New(batch);
                if (rows is null)
                {
                    return null;
                }

                RecordBatch kept = rows.Share();
                if (!_new.TryAdd(kept))
                {
                    kept.Dispose();
                    throw SpillErrors.MemoryExhausted("The rows of one round of a recursion", context.Memory.Limit);
                }

                return new RecordBatch(node.Schema, rows.Length, [.. rows.Columns.Select(c => c.Share())]);
            }
        }
    }
}
