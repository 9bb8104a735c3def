using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Planning;

/// <summary>
/// A correlated subquery that is one aggregate, such as <c>(SELECT sum(x) FROM t WHERE t.k = o.k)</c>: the inner rows are
/// grouped by what they are compared with and joined once. Outer rows without a group get what the aggregate is of no rows.
/// </summary>
internal static class AggregateGrouping
{
    public static LogicalPlan? Try(LogicalApply apply, ColumnVariable[] outer, FunctionTable functions)
    {
        if (apply.Kind is not (LogicalJoinKind.Single or LogicalJoinKind.Left or LogicalJoinKind.Inner) || apply.Condition is not null)
        {
            return null;
        }

        var projects = new Stack<LogicalProject>();
        LogicalPlan right = apply.Right;
        while (right is LogicalProject or LogicalSort)
        {
            if (right is LogicalProject project)
            {
                projects.Push(project);
            }

            right = right.Inputs[0];
        }

        if (right is not LogicalAggregate { Keys.Count: 0, Sets: null } aggregate
            || new DomainPushdown(apply.Left, outer, functions).TryWithoutDomain(aggregate.Input) is not { } input)
        {
            return null;
        }

        Assignment[] keys = [.. outer.Select(o => new Assignment(new ColumnVariable(o.Name, o.Type), new BoundColumn(input[o])))];
        var grouped = new List<AggregateAssignment>();
        var values = new List<Assignment>();
        foreach (AggregateAssignment assignment in aggregate.Aggregates)
        {
            if (!TryOfNoRows(assignment.Aggregate, out BoundConstant? empty))
            {
                return null;
            }

            BoundAggregate replaced = PlanExpressions.Map(assignment.Aggregate, e => PlanSubstitution.Apply(e, input.Replacements));
            var value = new ColumnVariable(assignment.Variable.Name, assignment.Variable.Type);
            grouped.Add(new AggregateAssignment(value, replaced));
            values.Add(new Assignment(assignment.Variable, OrEmpty(value, keys[0].Variable, empty)));
        }

        LogicalPlan groups = new LogicalAggregate(input.Plan, keys, grouped);
        BoundExpression condition = ExpressionTree.And(outer.Zip(keys, (o, k) => (BoundExpression?)new BoundComparison(CompareOperator.Equal, new BoundColumn(o), new BoundColumn(k.Variable))))!;
        LogicalPlan plan = new LogicalJoin(LogicalJoinKind.Left, apply.Left, groups, condition);
        Assignment[] kept = [.. apply.Left.Output.Distinct().Select(c => new Assignment(c, new BoundColumn(c)))];
        plan = LogicalPlans.Project(plan, [.. kept, .. values]);
        foreach (LogicalProject project in projects)
        {
            plan = LogicalPlans.Project(plan, [.. kept, .. project.Columns]);
        }

        return LogicalPlans.Select(plan, apply.Output);
    }

    private static BoundExpression OrEmpty(ColumnVariable value, ColumnVariable key, BoundConstant empty)
        => empty.Value is null
            ? new BoundColumn(value)
            : new BoundCase([new BoundIsNull(new BoundColumn(key), Negated: true)], [new BoundColumn(value)], empty);

    // The accumulator itself says what it is of no rows: zero for counts, null for most.
    private static bool TryOfNoRows(BoundAggregate aggregate, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out BoundConstant? value)
    {
        value = null;
        if (aggregate.Distinct && aggregate.Type.IsNested)
        {
            return false;
        }

        DataType[] types = [.. aggregate.Arguments.Select(a => a.Type)];
        object?[]?[] constants = [.. aggregate.Arguments.Select(a => a is BoundConstant c ? new[] { c.Value } : null)];
        using Accumulator accumulator = aggregate.Overload.Create(new ScalarCallSite(types, constants, aggregate.Type));
        accumulator.Resize(1);
        var faults = new RowFaults();
        using Column result = accumulator.Results(0, 1, faults);
        if (faults.Any)
        {
            return false;
        }

        if (result.IsNull(0))
        {
            value = new BoundConstant(aggregate.Type, null);
        }
        else if (!aggregate.Type.IsNested)
        {
            value = new BoundConstant(aggregate.Type, ConstantColumn.Read(result, 0));
        }

        return value is not null;
    }
}
