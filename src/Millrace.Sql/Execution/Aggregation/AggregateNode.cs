using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>
/// A row for each group. Each lane groups its own rows; at the end the lanes' groups are merged, all at once if they are few,
/// otherwise by partitions of their hashes, which also are what goes to disk when memory is short. The order of the groups is
/// not promised.
/// </summary>
public sealed class AggregateNode : BreakerNode
{
    private readonly IReadOnlyList<BoundExpression> _keys;
    private readonly IReadOnlyList<BoundAggregate> _aggregates;
    private readonly AggregatePlan _plan;
    private readonly Layout _layout;

    /// <param name="schema">Keys, aggregates, and the grouping id if there is one.</param>
    /// <param name="input">The rows.</param>
    /// <param name="keys">What to group by.</param>
    /// <param name="aggregates">What to compute.</param>
    /// <param name="sets">Grouping sets as numbers of keys; null for one grouping by all.</param>
    /// <param name="groupingId">Whether the last column is the grouping id.</param>
    /// <param name="layout">Where the input's columns stand.</param>
    public AggregateNode(
        Schema schema,
        PhysicalNode input,
        IReadOnlyList<BoundExpression> keys,
        IReadOnlyList<BoundAggregate> aggregates,
        IReadOnlyList<IReadOnlyList<int>>? sets,
        bool groupingId,
        Layout layout)
        : base(schema, input)
    {
        _keys = keys;
        _aggregates = aggregates;
        _layout = layout;
        _plan = new AggregatePlan(schema, keys, aggregates, sets, groupingId);
    }

    public override string Name => "Aggregate";

    public override string Details
    {
        get
        {
            string keys = _keys.Count == 0 ? "" : $"by {string.Join(", ", _keys.Select(ExpressionText.Of))}";
            string sets = _plan.Sets is null ? "" : $" sets {string.Join(" ", _plan.Sets.Select(s => $"({string.Join(", ", s.Select(k => ExpressionText.Of(_keys[k])))})"))}";
            string aggregates = string.Join(", ", _aggregates.Select(ExpressionText.Of));
            return $"{keys}{sets}{(keys.Length > 0 && aggregates.Length > 0 ? ": " : "")}{aggregates}";
        }
    }

    public override bool TakesEncoded => true;

    public override IBreaker Open(QueryRun run) => new AggregateBreaker(_plan, _layout, run.Context);
}
