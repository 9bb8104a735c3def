using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>
/// A pipeline whose rows are read in the order of its parts while its lanes run: what a query gives to its caller, and what
/// stands behind a limit in the middle of a plan. As a source it is one part. One task reads it at a time.
/// </summary>
internal sealed class OrderedStream : IBatchSource
{
    private readonly Pipeline _pipeline;
    private readonly OrderedQueue _queue;
    private readonly Lanes _lanes;
    private readonly Task _ended;
    private long _skip;
    private long _left;
    private bool _taken;

    private OrderedStream(Pipeline pipeline, long offset, long limit, CancellationToken cancellation)
    {
        _pipeline = pipeline;
        _skip = offset;
        _left = limit;
        _queue = new OrderedQueue(limit > long.MaxValue - offset ? long.MaxValue : limit + offset);
        _lanes = new Lanes(pipeline, _queue, cancellation);
        _ended = limit == 0 ? Task.CompletedTask : _lanes.Start();
        _ended.ContinueWith(static (_, queue) => ((OrderedQueue)queue!).Complete(), _queue, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public int Number => 0;

    /// <summary>Completes the breakers below and starts the lanes.</summary>
    public static async ValueTask<OrderedStream> OpenAsync(QueryRun run, PhysicalNode top, long offset, long limit, CancellationToken cancellation)
        => new(await Pipeline.PrepareAsync(run, top, endTakesEncoded: false, cancellation).ConfigureAwait(false), offset, limit, cancellation);

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (_left > 0)
        {
            RecordBatch? batch = await _queue.TakeAsync(_lanes, cancellation).ConfigureAwait(false);
            if (batch is null)
            {
                cancellation.ThrowIfCancellationRequested();
                return null;
            }

            if (Cut(batch) is { } cut)
            {
                return cut;
            }
        }

        _lanes.Stop();
        return null;
    }

    public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
    {
        ITablePart? part = _taken ? null : new Borrowed(this);
        _taken = true;
        return new(part);
    }

    public async ValueTask DisposeAsync()
    {
        _lanes.Stop();
        _queue.Close();
        await _ended.ConfigureAwait(false);
        _lanes.Dispose();
        _queue.Dispose();
        await _pipeline.DisposeAsync().ConfigureAwait(false);
    }

    // The rows of a batch that lie within offset and limit; null if none do. Takes the batch over.
    private RecordBatch? Cut(RecordBatch batch)
    {
        int start = (int)Math.Min(_skip, batch.Length);
        int count = (int)Math.Min(_left, batch.Length - start);
        _skip -= start;
        _left -= count;
        if (count == batch.Length)
        {
            return batch;
        }

        using (batch)
        {
            return count == 0 ? null : batch.Slice(start, count);
        }
    }

    // The stream outlives the reading of its one part.
    private sealed class Borrowed(OrderedStream stream) : ITablePart
    {
        public int Number => 0;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation) => stream.ReadAsync(cancellation);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
