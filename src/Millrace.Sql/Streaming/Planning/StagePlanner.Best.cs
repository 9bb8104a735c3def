using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>The first rows of each partition by an order, such as the highest three or the latest one.</content>
internal sealed partial class StagePlanner
{
    // Above this a bound is none: keeping so many rows in order costs more than looking at all when some change.
    private const long MaxTop = 100_000;

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
    /// A stage for rows whose rank is below a bound. Ranks only grow while rows are added, so rows beyond the bound need not
    /// be kept.
    /// </summary>
    /// <param name="chain">Plans above, the lowest last; those that the stage does are taken out.</param>
    /// <param name="under">The plan below; becomes the plan that the stage does.</param>
    private StagePlan? PlanBest(List<LogicalPlan> chain, ref LogicalPlan under)
        => under is LogicalWindow window && chain is [.., LogicalFilter filter] && window.Calls.All(c => IsRank(c.Call))
            ? PlanTop(window, filter, chain, ref under) ?? PlanRanks(window, filter, chain, ref under)
            : null;

    // Numbers of rows are all different, so how many rows are within the bound is known.
    private StagePlan? PlanTop(LogicalWindow window, LogicalFilter filter, List<LogicalPlan> chain, ref LogicalPlan under)
    {
        if (window.Calls is not [{ Call.Function.Name: "row_number" } call])
        {
            return null;
        }

        (long after, long upTo, bool isWhole) = (0, long.MaxValue, true);
        foreach (BoundExpression condition in ExpressionTree.Conjuncts(filter.Condition))
        {
            if (condition is not BoundComparison { Left: BoundColumn column, Right: BoundConstant { Value: long limit }, Operator: not (CompareOperator.NotEqual or CompareOperator.DistinctFrom) } comparison || !ReferenceEquals(column.Column, call.Variable))
            {
                isWhole = false;
                continue;
            }

            (long least, long most) = comparison.Operator switch
            {
                CompareOperator.Less => (0, limit - 1),
                CompareOperator.LessOrEqual => (0, limit),
                CompareOperator.Greater => (limit, long.MaxValue),
                CompareOperator.GreaterOrEqual => (limit - 1, long.MaxValue),
                _ => (limit - 1, limit),
            };
            (after, upTo) = (Math.Max(after, least), Math.Min(upTo, most));
        }

        // Lists are for bounds, not for all rows of a table.
        if (upTo is < 1 or > MaxTop)
        {
            return null;
        }

        string details = string.Join(" ← ", LogicalPrinter.Describe(filter), LogicalPrinter.Describe(window));
        if (isWhole)
        {
            chain.RemoveAt(chain.Count - 1);
        }

        bool hasNumbers = !isWhole || chain is not [.., LogicalProject project] || FreeVariables.Of(project.Columns.Select(c => c.Expression)).Contains(call.Variable);
        var columns = new AddedColumns(window.Input);
        int[] keys = [.. window.PartitionBy.Select(columns.Add)];
        OrderColumn[] order = [.. window.OrderBy.Select(o => new OrderColumn(columns.Add(o.Expression), o.Descending, o.NullsFirst))];
        StagePlan input = Plan(columns.Plan);
        under = hasNumbers ? window : window.Input;
        return new TopStage(PhysicalPlanner.SchemaOf(under), input, keys, order, (int)Math.Min(after, upTo), (int)upTo, details) { HasNumbers = hasNumbers };
    }

    private StagePlan? PlanRanks(LogicalWindow window, LogicalFilter filter, List<LogicalPlan> chain, ref LogicalPlan under)
    {
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
            new BatchPlan([isPruned ? [.. rows.Output, RowNumber] : rows.Output], inputs => Over(done, window, inputs[0], isPruned)),
            string.Join(" ← ", LogicalPrinter.Describe(new LogicalFilter(window, bound)), LogicalPrinter.Describe(window)))
        {
            IsPruned = isPruned,
        };
    }

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
