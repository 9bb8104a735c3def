using Millrace.Sql.Functions;

namespace Millrace.Sql.Planning;

/// <summary>The rules that make a plan that can be run well of one that was bound, in their order.</summary>
public static class PlanRules
{
    /// <param name="plan">The plan.</param>
    /// <param name="functions">What its functions are.</param>
    /// <param name="zone">Zone of times that have none where one is needed.</param>
    public static LogicalPlan Apply(LogicalPlan plan, FunctionTable functions, TimeZoneInfo zone)
    {
        plan = Unnest.Apply(plan, functions);
        plan = FoldConstants.Apply(plan, zone);
        plan = MergeProjections.Apply(plan);
        plan = PushDownFilters.Apply(plan);
        plan = FoldConstants.Apply(plan, zone);
        plan = PushDownSemiJoins.Apply(plan);
        plan = OrderJoins.Apply(plan);
        plan = PruneColumns.Apply(plan);
        plan = MergeProjections.Apply(plan);
        return PushDownLimits.Apply(plan);
    }
}
