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
        if (aggregate.Sets is null)
        {
            return PlanGroups(aggregate, aggregate.Keys.Count == 0 ? () => new RecordBatch(new Schema([]), 1) : null);
        }

        (LogicalAggregate grouped, Func<LogicalPlan, LogicalPlan> over) = ExpandSets(aggregate);
        return PlanGroups(grouped, EmptySets(aggregate, grouped)) is { } stage ? Rows(stage, grouped, [over(grouped)]) : null;
    }

    // Some groups are always there.
    private StagePlan? PlanGroups(LogicalAggregate aggregate, Func<RecordBatch>? always)
    {
        GroupColumns columns = GroupColumns.Of(aggregate);
        StagePlan input = Plan(columns.Input);
        if (ValuesOf(columns, input.IsChanges) is { } values)
        {
            return new GroupAggregateStage(PhysicalPlanner.SchemaOf(aggregate), input, columns.Aggregates, values, new Layout(columns.Input.Output), LogicalPrinter.Describe(aggregate))
            {
                Always = always,
            };
        }

        return always is null || aggregate.Keys.Count == 0 ? PlanPartition(columns.Plan, columns.Keyed, _ => input) : null;
    }

    // The calls that are told of values; null if some call needs all rows.
    private static List<ValueCall>? ValuesOf(GroupColumns columns, bool isChanges)
    {
        using var states = new AggregateStates(columns.Aggregates);
        var values = new List<ValueCall>();
        for (int i = 0; i < states.All.Count; i++)
        {
            BoundAggregate call = columns.Aggregates.Calls[i].Aggregate;
            bool isDistinct = columns.IsDistinct(i);
            bool follows = states.All[i].Retracts || !isChanges;
            bool isExtreme = !follows && call.Overload is { IgnoresRepeats: true, Ordered: false };
            if (states.All[i].KeepsRows || !(follows || isExtreme))
            {
                return null;
            }

            if (isDistinct || isExtreme)
            {
                values.Add(new ValueCall(i, isExtreme));
            }
        }

        return values;
    }

    /// <summary>An aggregation whose keys and arguments are columns of its input, the keys in front.</summary>
    private sealed record GroupColumns(LogicalPlan Input, AggregatePlan Aggregates, LogicalAggregate Plan)
    {
        /// <summary>Whether a call counts each value once, which is not among what the aggregates do.</summary>
        public bool IsDistinct(int call) => TakesValues(Plan.Aggregates[call].Aggregate);

        private static bool TakesValues(BoundAggregate call) => call is { Distinct: true, Overload.IgnoresRepeats: false } && !(call.Overload.Ordered && call.OrderBy.Count > 0);

        public KeyedPlan Keyed => new(Input, [.. Plan.Keys.Select(k => k.Expression)], input => Plan with { Input = input });

        public static GroupColumns Of(LogicalAggregate aggregate)
        {
            var columns = new List<Assignment>(aggregate.Keys.Select(k => new Assignment(new ColumnVariable(k.Variable.Name, k.Expression.Type, k.Expression.Nullable), k.Expression)));
            BoundExpression[] keys = [.. columns.Select(c => new BoundColumn(c.Variable))];
            BoundAggregate[] calls = [.. aggregate.Aggregates.Select(a => PlanExpressions.Map(a.Aggregate, Column))];
            var input = new LogicalProject(aggregate.Input, columns);
            return new GroupColumns(
                input,
                new AggregatePlan(PhysicalPlanner.SchemaOf(aggregate), keys, [.. calls.Select(c => TakesValues(c) ? c with { Distinct = false } : c)], sets: null, groupingId: false),
                new LogicalAggregate(
                    input,
                    [.. aggregate.Keys.Select((k, i) => k with { Expression = keys[i] })],
                    [.. aggregate.Aggregates.Select((a, i) => a with { Aggregate = calls[i] })]));

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
