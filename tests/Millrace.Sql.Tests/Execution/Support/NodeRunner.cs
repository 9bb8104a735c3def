using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>
/// Runs a tree of nodes one lane after the other, part by part in turn, so that what comes out is the same each time; and
/// checks on the way that lanes are used as the contract says.
/// </summary>
internal static class NodeRunner
{
    /// <summary>All rows as one batch, which the caller owns.</summary>
    public static async Task<RecordBatch> RunAsync(PhysicalNode node, QueryContext context)
    {
        List<RecordBatch> batches = await BatchesAsync(node, context);
        try
        {
            return batches.Count > 0 ? Concat.Batches(batches) : Empty(node.Schema);
        }
        finally
        {
            batches.ForEach(b => b.Dispose());
        }
    }

    /// <summary>The batches as they come, which the caller owns.</summary>
    public static async Task<List<RecordBatch>> BatchesAsync(PhysicalNode node, QueryContext context)
    {
        var run = new QueryRun(context);
        var opened = new List<IBreaker>();
        var batches = new List<RecordBatch>();
        try
        {
            await PipelineAsync(node, run, opened, () => new Collector(node.Schema, batches));
        }
        catch
        {
            batches.ForEach(b => b.Dispose());
            throw;
        }
        finally
        {
            foreach (IBreaker breaker in opened)
            {
                await breaker.DisposeAsync();
            }
        }

        return batches;
    }

    public static RecordBatch Empty(Schema schema)
    {
        ColumnBuilder[] builders = [.. schema.Fields.Select(f => ColumnBuilder.Create(f.Type, 1))];
        return new RecordBatch(schema, 0, Array.ConvertAll(builders, b => b.Build()));
    }

    private static async Task PipelineAsync(PhysicalNode node, QueryRun run, List<IBreaker> opened, Func<LaneOperator> end)
    {
        var streams = new List<StreamNode>();
        while (node is StreamNode stream)
        {
            streams.Add(stream);
            foreach (PhysicalNode other in stream.Inputs.Skip(1))
            {
                await BreakAsync((BreakerNode)other, run, opened);
            }

            node = stream.Inputs[0];
        }

        IBatchSource source = node is BreakerNode breaker
            ? (await BreakAsync(breaker, run, opened)).OpenResult()
            : await ((SourceNode)node).OpenAsync(run.Context);
        IDisposable?[] shared = [.. streams.Select(s => s.Share(run, run.Context.Lanes))];
        var lanes = new LaneOperator[run.Context.Lanes];
        var operators = new List<LaneOperator>();
        try
        {
            for (int i = 0; i < lanes.Length; i++)
            {
                operators.Add(lanes[i] = end());
                for (int s = 0; s < streams.Count; s++)
                {
                    operators.Add(lanes[i] = streams[s].Open(run, shared[s], lanes[i]));
                }
            }

            await FeedAsync(source, lanes);
        }
        finally
        {
            operators.ForEach(o => o.Dispose());
            Array.ForEach(shared, s => s?.Dispose());
            await source.DisposeAsync();
        }
    }

    private static async Task FeedAsync(IBatchSource source, LaneOperator[] lanes)
    {
        int lane = 0;
        while (await source.NextPartAsync(default) is { } part)
        {
            while (await part.ReadAsync(default) is { } rows)
            {
                using (rows)
                {
                    Assert.True(rows.Length > 0, "A batch has no rows.");
                    if (!lanes[lane].IsSatisfied)
                    {
                        lanes[lane].Push(new Chunk(rows, part.Number));
                    }
                }
            }

            await part.DisposeAsync();
            lane = (lane + 1) % lanes.Length;
        }

        foreach (LaneOperator each in lanes)
        {
            each.Finish();
        }
    }

    private static async Task<IBreaker> BreakAsync(BreakerNode node, QueryRun run, List<IBreaker> opened)
    {
        IBreaker breaker = node.Open(run);
        opened.Add(breaker);
        run.Add(node, breaker);
        await PipelineAsync(node.Inputs[0], run, opened, breaker.OpenLane);
        await breaker.CompleteAsync(default);
        return breaker;
    }

    private sealed class Collector(Schema schema, List<RecordBatch> batches) : LaneOperator
    {
        private bool _finished;

        public override void Push(Chunk chunk)
        {
            Assert.False(_finished, "Rows come after the end of the lane.");
            Assert.Equal(schema, chunk.Rows.Schema);
            Assert.InRange(chunk.Rows.Length, 1, 1 << 16);
            batches.Add(chunk.Rows.Share());
        }

        public override void Finish()
        {
            Assert.False(_finished, "A lane is finished twice.");
            _finished = true;
        }
    }
}
