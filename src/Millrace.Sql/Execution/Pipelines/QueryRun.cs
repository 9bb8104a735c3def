namespace Millrace.Sql.Execution;

/// <summary>One execution of a tree of nodes: the breakers by their nodes, and what operators share.</summary>
/// <param name="context">Limits, time, faults.</param>
public sealed class QueryRun(QueryContext context) : IAsyncDisposable
{
    private readonly Dictionary<BreakerNode, IBreaker> _breakers = [];

    // The same run, where memory counts for one node.
    private QueryRun(QueryRun run, QueryContext context)
        : this(context) => _breakers = run._breakers;

    public QueryContext Context => context;

    /// <summary>The breaker that runs for a node.</summary>
    public IBreaker this[BreakerNode node] => _breakers[node];

    /// <summary>The run as a node sees it: where nodes are measured, its memory counts for it.</summary>
    internal QueryRun For(PhysicalNode node)
        => context.Statistics is { } statistics ? new QueryRun(this, context with { Memory = statistics.MemoryOf(node, context.Memory) }) : this;

    /// <summary>Disposes what no pipeline owns.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IBreaker breaker in _breakers.Values)
        {
            await breaker.DisposeAsync().ConfigureAwait(false);
        }

        _breakers.Clear();
    }

    internal bool IsRunning(BreakerNode node) => _breakers.ContainsKey(node);

    internal void Add(BreakerNode node, IBreaker breaker) => _breakers.Add(node, breaker);

    internal ValueTask RemoveAsync(BreakerNode node)
        => _breakers.Remove(node, out IBreaker? breaker) ? breaker.DisposeAsync() : ValueTask.CompletedTask;
}
