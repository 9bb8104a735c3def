using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>The expressions of a plan's root operator: to look at, or to exchange.</summary>
public static class PlanExpressions
{
    /// <summary>The expressions of the operator itself, not of its inputs.</summary>
    public static IReadOnlyList<BoundExpression> Of(LogicalPlan plan)
    {
        var all = new List<BoundExpression>();
        Map(plan, e =>
        {
            all.Add(e);
            return e;
        });
        return all;
    }

    /// <summary>The same operator with other expressions of the same types.</summary>
    public static LogicalPlan Map(LogicalPlan plan, Func<BoundExpression, BoundExpression> map)
    {
        switch (plan)
        {
            case LogicalScan p:
                return p.Predicates.Count == 0 ? p : p with { Predicates = Map(p.Predicates, map) };
            case LogicalValues p:
                return p.Columns.Count == 0 ? p : p with { Rows = [.. p.Rows.Select(r => Map(r, map))] };
            case LogicalFilter p:
                return p with { Condition = map(p.Condition) };
            case LogicalProject p:
                return p with { Columns = Map(p.Columns, map) };
            case LogicalAggregate p:
                return p with { Keys = Map(p.Keys, map), Aggregates = [.. p.Aggregates.Select(a => a with { Aggregate = Map(a.Aggregate, map) })] };
            case LogicalDistinctOn p:
                return p with { Keys = Map(p.Keys, map) };
            case LogicalLatest p:
                return p with { Keys = Map(p.Keys, map), Version = p.Version is null ? null : map(p.Version) };
            case LogicalWindow p:
                return p with
                {
                    PartitionBy = Map(p.PartitionBy, map),
                    OrderBy = Map(p.OrderBy, map),
                    Calls = [.. p.Calls.Select(c => c with { Call = Map(c.Call, map) })],
                };
            case LogicalSort p:
                return p with { Keys = Map(p.Keys, map) };
            case LogicalJoin p:
                return p.Condition is null ? p : p with { Condition = map(p.Condition) };
            case LogicalApply p:
                return p.Condition is null ? p : p with { Condition = map(p.Condition) };
            case LogicalUnnest p:
                return p with { Arrays = Map(p.Arrays, map) };
            case LogicalSeries p:
                return p with { From = map(p.From), To = map(p.To), Step = map(p.Step) };
            case LogicalTimeWindow p:
                return p with { Time = map(p.Time), Key = Map(p.Key, map) };
            default:
                return plan;
        }
    }

    public static BoundAggregate Map(BoundAggregate aggregate, Func<BoundExpression, BoundExpression> map) => aggregate with
    {
        Arguments = Map(aggregate.Arguments, map),
        Filter = aggregate.Filter is null ? null : map(aggregate.Filter),
        OrderBy = Map(aggregate.OrderBy, map),
    };

    public static BoundWindowCall Map(BoundWindowCall call, Func<BoundExpression, BoundExpression> map)
    {
        BoundAggregate? aggregate = call.Aggregate is null ? null : Map(call.Aggregate, map);
        return call with
        {
            Aggregate = aggregate,
            Arguments = aggregate?.Arguments ?? Map(call.Arguments, map),
            Frame = call.Frame with
            {
                StartOffset = call.Frame.StartOffset is null ? null : map(call.Frame.StartOffset),
                EndOffset = call.Frame.EndOffset is null ? null : map(call.Frame.EndOffset),
            },
        };
    }

    public static IReadOnlyList<BoundOrder> Map(IReadOnlyList<BoundOrder> keys, Func<BoundExpression, BoundExpression> map)
        => [.. keys.Select(k => k with { Expression = map(k.Expression) })];

    public static IReadOnlyList<BoundExpression> Map(IReadOnlyList<BoundExpression> expressions, Func<BoundExpression, BoundExpression> map)
        => [.. expressions.Select(map)];

    private static IReadOnlyList<Assignment> Map(IReadOnlyList<Assignment> assignments, Func<BoundExpression, BoundExpression> map)
        => [.. assignments.Select(a => a with { Expression = map(a.Expression) })];
}
