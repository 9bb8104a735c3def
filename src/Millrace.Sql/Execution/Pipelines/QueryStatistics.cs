using System.Collections.Concurrent;
using System.Diagnostics;
using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>What each node of a run did, for <c>EXPLAIN ANALYZE</c>. Runs without it are not measured and pay nothing.</summary>
public sealed class QueryStatistics
{
    private readonly ConcurrentDictionary<PhysicalNode, NodeStatistics> _nodes = new();

    internal long Now => Stopwatch.GetTimestamp();

    /// <summary>The counts of a node; zero for one that has not run.</summary>
    public NodeStatistics Of(PhysicalNode node) => _nodes.GetOrAdd(node, static _ => new NodeStatistics());

    internal IBatchSource Measure(PhysicalNode node, IBatchSource source) => new MeasuredSource(source, Of(node));

    internal IBreaker Measure(BreakerNode node, IBreaker breaker) => new MeasuredBreaker(breaker, Of(node));

    internal LaneOperator MeasureWork(PhysicalNode node, LaneOperator op) => new Measured(op, Of(node), 1, counts: false);

    // What the next operator takes is no time of this one.
    internal LaneOperator MeasureOutput(PhysicalNode node, LaneOperator output) => new Measured(output, Of(node), -1, counts: true);

    private sealed class Measured(LaneOperator op, NodeStatistics statistics, int sign, bool counts) : LaneOperator
    {
        public override bool IsSatisfied => op.IsSatisfied;

        public override void Push(Chunk chunk)
        {
            long start = Stopwatch.GetTimestamp();
            op.Push(chunk);
            statistics.AddTime(sign * (Stopwatch.GetTimestamp() - start));
            if (counts)
            {
                statistics.AddRows(chunk.Rows.Length);
            }
        }

        public override void Finish()
        {
            long start = Stopwatch.GetTimestamp();
            op.Finish();
            statistics.AddTime(sign * (Stopwatch.GetTimestamp() - start));
        }
    }

    private sealed class MeasuredBreaker(IBreaker breaker, NodeStatistics statistics) : IBreaker
    {
        public LaneOperator OpenLane() => new Owner(breaker.OpenLane(), statistics);

        public LaneOperator OpenLane(int input) => new Owner(breaker.OpenLane(input), statistics);

        public ValueTask CompleteAsync(CancellationToken cancellation) => breaker.CompleteAsync(cancellation);

        public IBatchSource OpenResult() => breaker.OpenResult();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Owner(LaneOperator op, NodeStatistics statistics) : LaneOperator
    {
        private readonly Measured _measured = new(op, statistics, 1, counts: false);

        public override bool IsSatisfied => op.IsSatisfied;

        public override void Push(Chunk chunk) => _measured.Push(chunk);

        public override void Finish() => _measured.Finish();

        public override void Dispose() => op.Dispose();
    }

    private sealed class MeasuredSource(IBatchSource source, NodeStatistics statistics) : IBatchSource
    {
        public async ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        {
            long start = Stopwatch.GetTimestamp();
            ITablePart? part = await source.NextPartAsync(cancellation).ConfigureAwait(false);
            statistics.AddTime(Stopwatch.GetTimestamp() - start);
            return part is null ? null : new MeasuredPart(part, statistics);
        }

        public ValueTask DisposeAsync() => source.DisposeAsync();
    }

    private sealed class MeasuredPart(ITablePart part, NodeStatistics statistics) : ITablePart
    {
        public int Number => part.Number;

        public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            long start = Stopwatch.GetTimestamp();
            RecordBatch? batch = await part.ReadAsync(cancellation).ConfigureAwait(false);
            statistics.AddTime(Stopwatch.GetTimestamp() - start);
            if (batch is not null)
            {
                statistics.AddRows(batch.Length);
            }

            return batch;
        }

        public ValueTask DisposeAsync() => part.DisposeAsync();
    }
}

/// <summary>Counts of one node, summed over its lanes. Thread-safe.</summary>
public sealed class NodeStatistics
{
    private long _rows;
    private long _batches;
    private long _ticks;

    /// <summary>Rows that it gave.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Time in the node itself, without those above and below it, summed over lanes.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks));

    internal void AddRows(int rows)
    {
        Interlocked.Add(ref _rows, rows);
        Interlocked.Increment(ref _batches);
    }

    internal void AddTime(long ticks) => Interlocked.Add(ref _ticks, ticks);
}
