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

    /// <summary>What a node takes its memory from.</summary>
    internal MemoryBudget MemoryOf(PhysicalNode node, MemoryBudget whole) => Of(node).Memory(whole);

    // What stands behind a limit or is repeated runs on its own, and its time is its own.
    internal IBatchSource Measure(PhysicalNode node, IBatchSource source) => new MeasuredSource(source, Of(node), timed: node is not (LimitNode or RecursionNode));

    // What is not read as a source gives what it took: the side of a join that is kept.
    internal IBreaker Measure(BreakerNode node, IBreaker breaker, bool isRead) => new MeasuredBreaker(breaker, Of(node), counts: !isRead);

    internal LaneOperator MeasureWork(PhysicalNode node, LaneOperator op) => new Measured(op, Of(node), 1, counts: false);

    // What the next operator takes is no time of this one.
    internal LaneOperator MeasureOutput(PhysicalNode node, LaneOperator output) => new Measured(output, Of(node), -1, counts: true);

    private sealed class Measured(LaneOperator op, NodeStatistics statistics, int sign, bool counts) : LaneOperator
    {
        public override bool IsSatisfied => op.IsSatisfied;

        public override void Push(Chunk chunk)
        {
            long passing = counts ? chunk.Rows.ByteSize : 0;
            statistics.AddPassing(passing);
            long start = Stopwatch.GetTimestamp();
            op.Push(chunk);
            statistics.AddTime(sign * (Stopwatch.GetTimestamp() - start));
            statistics.AddPassing(-passing);
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

    private sealed class MeasuredBreaker(IBreaker breaker, NodeStatistics statistics, bool counts) : IBreaker
    {
        public LaneOperator OpenLane() => new Owner(breaker.OpenLane(), statistics, counts);

        public LaneOperator OpenLane(int input) => new Owner(breaker.OpenLane(input), statistics, counts);

        public ValueTask CompleteAsync(CancellationToken cancellation) => breaker.CompleteAsync(cancellation);

        public IBatchSource OpenResult() => breaker.OpenResult();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Owner(LaneOperator op, NodeStatistics statistics, bool counts) : LaneOperator
    {
        private readonly Measured _measured = new(op, statistics, 1, counts);

        public override bool IsSatisfied => op.IsSatisfied;

        public override void Push(Chunk chunk) => _measured.Push(chunk);

        public override void Finish() => _measured.Finish();

        public override void Dispose() => op.Dispose();
    }

    private sealed class MeasuredSource(IBatchSource source, NodeStatistics statistics, bool timed) : IBatchSource
    {
        public async ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        {
            long start = Stopwatch.GetTimestamp();
            ITablePart? part = await source.NextPartAsync(cancellation).ConfigureAwait(false);
            statistics.AddTime(timed ? Stopwatch.GetTimestamp() - start : 0);
            return part is null ? null : new MeasuredPart(part, statistics, timed);
        }

        public ValueTask DisposeAsync() => source.DisposeAsync();
    }

    private sealed class MeasuredPart(ITablePart part, NodeStatistics statistics, bool timed) : ITablePart
    {
        // The batch that was read last: a lane is done with it when it asks for the next.
        private long _passing;

        public int Number => part.Number;

        public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            Pass(0);
            long start = Stopwatch.GetTimestamp();
            RecordBatch? batch = await part.ReadAsync(cancellation).ConfigureAwait(false);
            statistics.AddTime(timed ? Stopwatch.GetTimestamp() - start : 0);
            if (batch is not null)
            {
                statistics.AddRows(batch.Length);
                Pass(batch.ByteSize);
            }

            return batch;
        }

        public ValueTask DisposeAsync()
        {
            Pass(0);
            return part.DisposeAsync();
        }

        private void Pass(long bytes)
        {
            statistics.AddPassing(bytes - _passing);
            _passing = bytes;
        }
    }
}
