using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>The first rows of each partition by an order, such as the highest three or the latest one.</content>
internal sealed partial class StagePlanner
{
    // Numbers of the kept rows.
    private static readonly ColumnVariable RowNumber = new("#row", DataType.Int64, nullable: false);

    /// <summary>A limit, or the first row of each key, as the numbers of rows in their order.</summary>
    private StagePlan? PlanFirst(LogicalPlan plan) => plan switch
    {
        LogicalLimit { Limit: { } limit } first when first.Offset <= long.MaxValue - limit => Plan(AsNumbers(first, [], first.Offset, first.Offset + limit)),
        LogicalDistinctOn first => Plan(AsNumbers(first, first.Keys, 0, 1)),
        _ => null,
    };

    // The rows of a plan's input, or of what it sorts, that stand behind some and not behind others.
    private static LogicalProject AsNumbers(LogicalUnary plan, IReadOnlyList<BoundExpression> keys, long after, long upTo)
    {
        (LogicalPlan input, IReadOnlyList<BoundOrder> order) = plan.Input is LogicalSort sort ? (sort.Input, sort.Keys) : (plan.Input, []);
        var number = new ColumnVariable("#number", DataType.Int64, nullable: false);
        var window = new LogicalWindow(input, keys, order, [new WindowAssignment(number, RowNumbers)]);
        BoundExpression bound = new BoundComparison(CompareOperator.LessOrEqual, new BoundColumn(number), Number(upTo));
        BoundExpression? start = after > 0 ? new BoundComparison(CompareOperator.Greater, new BoundColumn(number), Number(after)) : null;
        return new LogicalProject(new LogicalFilter(window, ExpressionTree.And(bound, start)!), [.. plan.Output.Select(v => new Assignment(v, new BoundColumn(v)))]);
    }

    /// <summary>
    /// A stage for rows whose rank is below a bound, with what follows of the chain above it as far as that is part of it.
    /// Ranks only grow while rows are added, so rows beyond the bound need not be kept.
    /// </summary>
    /// <param name="chain">Plans above, the lowest last; those that the stage does are taken out.</param>
    /// <param name="under">The plan below; becomes the plan that the stage does.</param>
    private StagePlan? PlanBest(List<LogicalPlan> chain, ref LogicalPlan under)
    {
        if (under is not LogicalWindow window || chain is not [.., LogicalFilter filter] || !window.Calls.All(c => IsRank(c.Call)))
        {
            return null;
        }

        BoundExpression[] conditions = [.. ExpressionTree.Conjuncts(filter.Condition)];
        BoundExpression?[] bounds = [.. conditions.Select(c => BoundOf(window, c))];
        if (ExpressionTree.And(bounds) is not { } bound)
        {
            return null;
        }

        LogicalPlan best = new LogicalFilter(window, bound);
        if (conditions.SequenceEqual(bounds, ExpressionComparer.Instance!))
        {
            chain.RemoveAt(chain.Count - 1);
            if (chain is [.., LogicalProject project])
            {
                best = project with { Input = best };
                chain.RemoveAt(chain.Count - 1);
            }
        }

        bool hasRanks = best is not LogicalProject { Columns: var given } || given.Any(c => c.Expression is not BoundColumn column || window.Calls.Any(call => ReferenceEquals(call.Variable, column.Column)));
        var columns = new AddedColumns(window.Input);
        int[] keys = [.. window.PartitionBy.Select(columns.Add)];
        LogicalPlan rows = columns.Plan;
        StagePlan input = Plan(rows);
        LogicalPlan done = under = best;
        bool isPruned = !input.IsChanges;
        return new PartitionStage(
            PhysicalPlanner.SchemaOf(best),
            input,
            keys,
            new BatchPlan(
                [isPruned ? [.. rows.Output, RowNumber] : rows.Output],
                inputs => isPruned && !hasRanks ? WithBound((LogicalProject)done, window with { Input = inputs[0] }, bound) : Over(done, window, inputs[0], isPruned)),
            string.Join(" ← ", LogicalPrinter.Describe(new LogicalFilter(window, bound)), LogicalPrinter.Describe(window)))
        {
            IsPruned = isPruned,
            TellsBound = isPruned && !hasRanks,
        };
    }

    // All rows with their numbers, and whether each is within the bound.
    private static LogicalProject WithBound(LogicalProject project, LogicalWindow window, BoundExpression bound)
        => new(window, [.. project.Columns, new Assignment(RowNumber, new BoundColumn(RowNumber)), new Assignment(new ColumnVariable("#within", DataType.Boolean, nullable: false), bound)]);

    // The plan over rows, with the numbers of the rows behind its columns if they are asked for.
    private static LogicalPlan Over(LogicalPlan plan, LogicalWindow window, LogicalPlan rows, bool numbered)
    {
        LogicalPlan over = Replaced(plan);
        return !numbered ? over : new LogicalProject(
            over,
            [.. plan.Output.Append(RowNumber).Select(v => new Assignment(v, new BoundColumn(v)))]);

        LogicalPlan Replaced(LogicalPlan part) => part switch
        {
            LogicalProject project when numbered => project with { Input = Replaced(project.Input), Columns = [.. project.Columns, new Assignment(RowNumber, new BoundColumn(RowNumber))] },
            _ when ReferenceEquals(part, window) => window with { Input = rows },
            _ => part.WithInputs([Replaced(part.Inputs[0])]),
        };
    }

    private static BoundWindowCall RowNumbers { get; } = new()
    {
        Function = RankFunctions.RowNumberFunction,
        Overload = RankFunctions.RowNumberFunction.Overloads[0],
        Frame = BoundFrame.Whole,
    };

    private static bool IsRank(BoundWindowCall call) => call.Function?.Name is "row_number" or "rank" or "dense_rank";

    // The least bound on a rank that a condition implies; the condition itself where it says no more. Null for none.
    private static BoundExpression? BoundOf(LogicalWindow window, BoundExpression condition)
    {
        if (condition is not BoundComparison { Left: BoundColumn column, Right: BoundConstant { Value: long limit } } comparison
            || window.Calls.FirstOrDefault(c => ReferenceEquals(c.Variable, column.Column)) is null)
        {
            return null;
        }

        return comparison.Operator switch
        {
            CompareOperator.Less or CompareOperator.LessOrEqual => comparison,
            CompareOperator.Equal when limit == 1 => comparison,
            CompareOperator.Equal => comparison with { Operator = CompareOperator.LessOrEqual },
            _ => null,
        };
    }
}
