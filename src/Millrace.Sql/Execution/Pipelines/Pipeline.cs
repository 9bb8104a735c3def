using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// A part of a tree that runs without waiting for all rows anywhere: sources, and the stream nodes and unions above them.
/// Preparing it completes the breakers that it reads and uses; disposing it disposes them.
/// </summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private readonly QueryRun _run;
    private readonly PhysicalNode _top;
    private readonly Dictionary<PhysicalNode, PartFeed> _feeds = [];
    private readonly Dictionary<StreamNode, IDisposable?> _shared = [];
    private readonly List<BreakerNode> _breakers = [];
    private readonly HashSet<PhysicalNode> _encoded = [];
    private readonly bool _endTakesEncoded;
    private readonly PartNumbers _numbers = new();

    private Pipeline(QueryRun run, PhysicalNode top, bool endTakesEncoded)
    {
        _run = run;
        _top = top;
        _endTakesEncoded = endTakesEncoded;
    }

    public int Lanes => Math.Max(1, _run.Context.Lanes);

    /// <summary>Makes everything ready for the lanes of the pipeline that ends in a node.</summary>
    /// <param name="run">The run.</param>
    /// <param name="top">The last node of the pipeline.</param>
    /// <param name="endTakesEncoded">Whether the end takes columns as <see cref="Dictionaries"/> says.</param>
    /// <param name="cancellation">Stops the breakers below.</param>
    public static async ValueTask<Pipeline> PrepareAsync(QueryRun run, PhysicalNode top, bool endTakesEncoded, CancellationToken cancellation)
    {
        var pipeline = new Pipeline(run, top, endTakesEncoded);
        try
        {
            await pipeline.PrepareAsync(top, endTakesEncoded, cancellation).ConfigureAwait(false);
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the operators of a lane in front of its end.</summary>
    public void OpenLane(LaneChain chain, LaneOperator end) => Open(_top, end, _endTakesEncoded, chain);

    public async ValueTask DisposeAsync()
    {
        foreach (PartFeed feed in _feeds.Values)
        {
            await feed.DisposeAsync().ConfigureAwait(false);
        }

        foreach (IDisposable? shared in _shared.Values)
        {
            shared?.Dispose();
        }

        foreach (BreakerNode node in _breakers)
        {
            await _run.RemoveAsync(node).ConfigureAwait(false);
        }
    }

    private async ValueTask PrepareAsync(PhysicalNode node, bool takesEncoded, CancellationToken cancellation)
    {
        QueryRun run = _run.For(node);
        switch (node)
        {
            case ScanNode scan when takesEncoded:
                _encoded.Add(scan);
                Feed(node, await scan.OpenAsync(run.Context, keepsDictionaries: true).ConfigureAwait(false));
                break;
            case SourceNode source:
                Feed(node, await source.OpenAsync(run.Context).ConfigureAwait(false));
                break;
            case BreakerNode breaker:
                IBreaker complete = await CompleteAsync(breaker, _breakers, isRead: true, cancellation).ConfigureAwait(false);
                Feed(node, complete.OpenResult());
                break;
            case SharedReadNode place:
                if (!_run.IsRunning(place.Source))
                {
                    await CompleteAsync(place.Source, null, isRead: false, cancellation).ConfigureAwait(false);
                }

                Feed(node, ((SharedRows)_run[place.Source]).OpenReader(place));
                break;
            case LimitNode limit:
                Feed(node, await OrderedStream.OpenAsync(_run, limit.Inputs[0], limit.Offset, limit.Limit, cancellation).ConfigureAwait(false));
                break;
            case UnionNode:
                foreach (PhysicalNode input in node.Inputs)
                {
                    await PrepareAsync(input, takesEncoded: false, cancellation).ConfigureAwait(false);
                }

                break;
            case StreamNode stream:
                for (int i = 1; i < stream.Inputs.Count; i++)
                {
                    await CompleteAsync((BreakerNode)stream.Inputs[i], _breakers, isRead: false, cancellation).ConfigureAwait(false);
                }

                await PrepareAsync(stream.Inputs[0], stream.TakesEncoded, cancellation).ConfigureAwait(false);
                if (stream.TakesEncoded && _encoded.Contains(stream.Inputs[0]))
                {
                    _encoded.Add(stream);
                }

                _shared.Add(stream, stream.Share(run, Lanes));
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{node.Name} is no kind of node that can run.");
        }
    }

    private void Feed(PhysicalNode node, IBatchSource source)
        => _feeds.Add(node, new PartFeed(node, _run.Context.Statistics?.Measure(node, source) ?? source, _numbers));

    // A breaker's inputs are run one after the other, each in all lanes. What no owner disposes of lives as long as the run.
    private async ValueTask<IBreaker> CompleteAsync(BreakerNode node, List<BreakerNode>? owner, bool isRead, CancellationToken cancellation)
    {
        IBreaker breaker = node.Open(_run.For(node));
        _run.Add(node, breaker);
        owner?.Add(node);
        for (int input = 0; input < node.Inputs.Count; input++)
        {
            Pipeline pipeline = await PrepareAsync(_run, node.Inputs[input], node.TakesEncoded, cancellation).ConfigureAwait(false);
            await using (pipeline.ConfigureAwait(false))
            {
                using var lanes = new Lanes(pipeline, new BreakerEnd(_run.Context.Statistics?.Measure(node, breaker, isRead) ?? breaker, input), cancellation);
                await lanes.Start().ConfigureAwait(false);
                lanes.ThrowIfFailed();
            }
        }

        long start = _run.Context.Statistics?.Now ?? 0;
        await breaker.CompleteAsync(cancellation).ConfigureAwait(false);
        _run.Context.Statistics?.Of(node).AddTime(_run.Context.Statistics.Now - start);
        return breaker;
    }

    private void Open(PhysicalNode node, LaneOperator output, bool takesEncoded, LaneChain chain)
    {
        QueryStatistics? statistics = _run.Context.Statistics;
        if (!takesEncoded && _encoded.Contains(node))
        {
            output = chain.Own(new DecodingLane(output));
        }

        switch (node)
        {
            case StreamNode stream:
                LaneOperator next = statistics is null ? output : chain.Own(statistics.MeasureOutput(node, output));
                LaneOperator opened = chain.Own(stream.Open(_run.For(node), _shared[stream], next));
                Open(stream.Inputs[0], statistics is null ? opened : chain.Own(statistics.MeasureWork(node, opened)), stream.TakesEncoded, chain);
                break;
            case UnionNode:
                LaneOperator united = statistics is null ? output : chain.Own(statistics.MeasureOutput(node, output));
                foreach (PhysicalNode input in node.Inputs)
                {
                    LaneOperator gate = chain.Own(new UnionGate(node.Schema, united));
                    Open(input, statistics is null ? gate : chain.Own(statistics.MeasureWork(node, gate)), takesEncoded: false, chain);
                }

                chain.Finish(output);
                break;
            default:
                chain.Read(_feeds[node], output);
                break;
        }
    }
}
