using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Lateral tables that are made row by row of an independent plan, such as <c>unnest(o.items)</c>: the same operators work
/// on pairs of an outer row and a row of that plan.
/// </summary>
internal static class LateralChain
{
    public static LogicalPlan? Try(LogicalApply apply, ColumnVariable[] outer)
    {
        bool keepsEmpty = apply.Kind == LogicalJoinKind.Left;
        if (apply.Kind != LogicalJoinKind.Inner && (apply.Kind != LogicalJoinKind.Left || apply.Condition is not null))
        {
            return null;
        }

        Assignment[] kept = [.. apply.Left.Output.Distinct().Select(c => new Assignment(c, new BoundColumn(c)))];
        LogicalPlan? plan = Build(apply.Right, apply.Left, [.. outer], kept, keepsEmpty);
        return plan is null ? null : LogicalPlans.Select(LogicalPlans.Filter(plan, apply.Condition), apply.Output);
    }

    private static LogicalPlan? Build(LogicalPlan plan, LogicalPlan left, HashSet<ColumnVariable> outer, Assignment[] kept, bool keepsEmpty)
    {
        if (!FreeVariables.Of(plan).Overlaps(outer))
        {
            bool one = Cardinality.IsOne(plan);
            return keepsEmpty && !one ? null : one && plan.Output.Count == 0 ? left : new LogicalJoin(LogicalJoinKind.Inner, left, plan, null);
        }

        bool passes = plan switch
        {
            // For an outer row without elements only columns and fields of them are null.
            LogicalProject p => !keepsEmpty || p.Columns.All(c => IsPath(c.Expression)),
            LogicalUnnest => true,
            LogicalFilter or LogicalSeries => !keepsEmpty,
            LogicalTimeWindow p => !keepsEmpty && p.Kind != Parsing.TimeWindowKind.Session,
            LogicalSort => true,
            _ => false,
        };
        if (!passes || Build(plan.Inputs[0], left, outer, kept, keepsEmpty && plan is not LogicalUnnest) is not { } input)
        {
            return null;
        }

        return plan switch
        {
            LogicalProject p => LogicalPlans.Project(input, [.. kept, .. p.Columns]),
            LogicalSort => input,
            LogicalUnnest p when keepsEmpty => Cardinality.IsOne(p.Input) ? p with { Input = input, KeepsEmpty = true } : null,
            _ => plan.WithInputs([input]),
        };
    }

    private static bool IsPath(BoundExpression expression) => expression is BoundColumn || (expression is BoundField field && IsPath(field.Operand));
}
