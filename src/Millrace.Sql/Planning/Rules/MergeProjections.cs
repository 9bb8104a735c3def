using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Makes one projection of two that stand one on the other, and drops those that change nothing.</summary>
internal static class MergeProjections
{
    public static LogicalPlan Apply(LogicalPlan plan) => PlanTree.Rewrite(plan, Merge);

    private static LogicalPlan Merge(LogicalPlan plan)
    {
        while (plan is LogicalProject { Input: LogicalProject below } project && CanMerge(project, below))
        {
            var expressions = below.Columns.GroupBy(c => c.Variable).ToDictionary(g => g.Key, g => g.First().Expression);
            plan = new LogicalProject(below.Input, [.. project.Columns.Select(c => c with { Expression = PlanSubstitution.Apply(c.Expression, expressions) })]);
        }

        return plan is LogicalProject same && same.Columns.All(c => c.Expression is BoundColumn column && column.Column == c.Variable) && same.Output.SequenceEqual(same.Input.Output)
            ? same.Input
            : plan;
    }

    // What is computed below and used twice above would be computed twice.
    private static bool CanMerge(LogicalProject project, LogicalProject below)
    {
        var uses = new Dictionary<ColumnVariable, int>();
        foreach (Assignment column in project.Columns)
        {
            ExpressionTree.Any(column.Expression, e =>
            {
                if (e is BoundColumn used)
                {
                    uses[used.Column] = uses.GetValueOrDefault(used.Column) + 1;
                }

                return false;
            });
        }

        return below.Columns.All(c => c.Expression is BoundColumn or BoundConstant || (uses.GetValueOrDefault(c.Variable) <= 1 && !ExpressionTree.IsVolatile(c.Expression)));
    }
}
