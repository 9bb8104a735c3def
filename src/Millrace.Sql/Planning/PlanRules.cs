using Millrace.Sql.Functions;

namespace Millrace.Sql.Planning;

/// <summary>The rules that make a plan that can be run well of one that was bound, in their order.</summary>
public static class PlanRules
{
    public static LogicalPlan Apply(LogicalPlan plan, FunctionTable functions)
    {
        plan = Unnest.Apply(plan, functions);
        plan = FoldConstants.Apply(plan);
        plan = MergeProjections.Apply(plan);
        plan = PushDownFilters.Apply(plan);
        plan = FoldConstants.Apply(plan);
        plan = PushDownSemiJoins.Apply(plan);
        plan = OrderJoins.Apply(plan);
        plan = PruneColumns.Apply(plan);
        plan = MergeProjections.Apply(plan);
        return PushDownLimits.Apply(plan);
    }
}
