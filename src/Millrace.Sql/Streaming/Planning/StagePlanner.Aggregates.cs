using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Groups without a window.</content>
internal sealed partial class StagePlanner
{
    private StagePlan? PlanGroupAggregate(LogicalAggregate aggregate)
    {
        if (aggregate.Sets is not null)
        {
            return null;
        }

        GroupColumns columns = GroupColumns.Of(aggregate);
        using (var states = new AggregateStates(columns.Aggregates))
        {
            if (states.KeepRows)
            {
                return null;
            }
        }

        StagePlan input = Plan(columns.Input);
        using (var states = new AggregateStates(columns.Aggregates))
        {
            if (input.IsChanges && !states.Retract)
            {
                return null;
            }
        }

        return new GroupAggregateStage(PhysicalPlanner.SchemaOf(aggregate), input, columns.Aggregates, new Layout(columns.Input.Output), LogicalPrinter.Describe(aggregate))
        {
            Always = aggregate.Keys.Count == 0 ? new RecordBatch(new Schema([]), 1) : null,
        };
    }

    /// <summary>An aggregation whose keys and arguments are columns of its input, the keys in front.</summary>
    private sealed record GroupColumns(LogicalPlan Input, AggregatePlan Aggregates)
    {
        public static GroupColumns Of(LogicalAggregate aggregate)
        {
            var columns = new List<Assignment>(aggregate.Keys.Select(k => new Assignment(new ColumnVariable(k.Variable.Name, k.Expression.Type, k.Expression.Nullable), k.Expression)));
            BoundExpression[] keys = [.. columns.Select(c => new BoundColumn(c.Variable))];
            BoundAggregate[] calls = [.. aggregate.Aggregates.Select(a => PlanExpressions.Map(a.Aggregate, Column))];
            return new GroupColumns(
                new LogicalProject(aggregate.Input, columns),
                new AggregatePlan(PhysicalPlanner.SchemaOf(aggregate), keys, calls, sets: null, groupingId: false));

            // Functions look at constants among their arguments when they are made.
            BoundExpression Column(BoundExpression expression)
            {
                if (expression is BoundConstant)
                {
                    return expression;
                }

                Assignment? made = columns.Skip(keys.Length).FirstOrDefault(c => ExpressionComparer.Instance.Equals(c.Expression, expression));
                if (made is null)
                {
                    columns.Add(made = new Assignment(new ColumnVariable($"#{columns.Count}", expression.Type, expression.Nullable), expression));
                }

                return new BoundColumn(made.Variable) { Span = expression.Span };
            }
        }
    }
}
