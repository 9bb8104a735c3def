using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>What is often done with plans as trees.</summary>
internal static class PlanTree
{
    /// <summary>The plan with every operator rewritten, inputs first.</summary>
    public static LogicalPlan Rewrite(LogicalPlan plan, Func<LogicalPlan, LogicalPlan> rewrite)
    {
        StackGuard.Check(default);
        return rewrite(WithInputs(plan, i => Rewrite(i, rewrite)));
    }

    /// <summary>The plan over rewritten inputs; the same plan where none of them changes.</summary>
    public static LogicalPlan WithInputs(LogicalPlan plan, Func<LogicalPlan, LogicalPlan> rewrite)
    {
        IReadOnlyList<LogicalPlan> inputs = plan.Inputs;
        LogicalPlan[]? changed = null;
        for (int i = 0; i < inputs.Count; i++)
        {
            LogicalPlan input = rewrite(inputs[i]);
            if (!ReferenceEquals(input, inputs[i]))
            {
                changed ??= [.. inputs];
                changed[i] = input;
            }
        }

        return changed is null ? plan : plan.WithInputs(changed);
    }
}
