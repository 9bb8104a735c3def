using Millrace.Sql.Functions;

namespace Millrace.Sql.Planning;

/// <summary>The rules that make a plan that can be run well of one that was bound, in their order.</summary>
public static class PlanRules
{
    public static LogicalPlan Apply(LogicalPlan plan, FunctionTable functions)
    {
        plan = Unnest.Apply(plan, functions);
        return plan;
    }
}
