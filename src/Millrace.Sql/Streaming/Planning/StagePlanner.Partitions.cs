using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Plans that can be done for each key by itself.</content>
internal sealed partial class StagePlanner
{
    /// <summary>A plan that can be done for each value of some keys by itself.</summary>
    /// <param name="Input">The rows, which are kept.</param>
    /// <param name="Keys">The keys, over the input's columns.</param>
    /// <param name="Over">The plan over another input with the same columns.</param>
    private sealed record KeyedPlan(LogicalPlan Input, IReadOnlyList<BoundExpression> Keys, Func<LogicalPlan, LogicalPlan> Over);

    private StagePlan? PlanPartition(LogicalPlan plan) => KeyedPlanOf(plan) is { } keyed ? PlanPartition(plan, keyed, Plan) : null;

    /// <summary>The stage of such a plan.</summary>
    private static PartitionStage PlanPartition(LogicalPlan plan, KeyedPlan keyed, Func<LogicalPlan, StagePlan> planInput)
    {
        var columns = new AddedColumns(keyed.Input);
        int[] keys = [.. keyed.Keys.Select(columns.Add)];
        return new PartitionStage(
            PhysicalPlanner.SchemaOf(plan),
            planInput(columns.Plan),
            keys,
            new BatchPlan([keyed.Input.Output], inputs => keyed.Over(inputs[0])),
            LogicalPrinter.Describe(plan))
        {
            IsNeverEmpty = plan is LogicalAggregate { Keys.Count: 0 },
        };
    }

    private static KeyedPlan? KeyedPlanOf(LogicalPlan plan) => plan switch
    {
        LogicalWindow { Input: LogicalWindow inner } window when KeyedPlanOf(inner) is { } under && window.PartitionBy.SequenceEqual(inner.PartitionBy, ExpressionComparer.Instance)
            => under with { Over = input => window with { Input = under.Over(input) } },
        LogicalWindow { Input: LogicalWindow { Calls: [{ Call.Buffer: not null }] } buffers } window
            => new KeyedPlan(buffers.Input, buffers.PartitionBy, input => window with { Input = buffers with { Input = input } }),
        LogicalWindow window => new KeyedPlan(window.Input, window.PartitionBy, input => window with { Input = input }),
        LogicalLimit { Input: LogicalSort sort } limit => new KeyedPlan(sort.Input, [], input => limit with { Input = sort with { Input = input } }),
        LogicalLimit limit => new KeyedPlan(limit.Input, [], input => limit with { Input = input }),
        LogicalTimeWindow { Kind: Parsing.TimeWindowKind.Session } session => new KeyedPlan(session.Input, session.Key, input => session with { Input = input }),
        LogicalAggregate { Sets: null } aggregate => new KeyedPlan(aggregate.Input, [.. aggregate.Keys.Select(k => k.Expression)], input => aggregate with { Input = input }),
        _ => null,
    };
}
