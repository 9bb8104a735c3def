using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <content>Joins.</content>
public static partial class PhysicalPlanner
{
    // A side is exchanged for one that is so many times smaller by the estimates.
    private const int WorthExchanging = 2;

    private static PhysicalNode PlanJoin(LogicalJoin join, JoinFilters filters)
    {
        if (Cardinality.Estimate(join.Left) is not { } left || Cardinality.Estimate(join.Right) is not { } right || left >= right / WorthExchanging)
        {
            return PlanJoin(join, filters, outputsRight: false);
        }

        if (join.Kind is LogicalJoinKind.Semi or LogicalJoinKind.Anti && JoinParts.Of(join).Keys.Count > 0)
        {
            return PlanJoin(join with { Left = join.Right, Right = join.Left }, filters, outputsRight: true);
        }

        if (Exchanged(join.Kind) is not { } kind)
        {
            return PlanJoin(join, filters, outputsRight: false);
        }

        var exchanged = new LogicalJoin(kind, join.Right, join.Left, join.Condition);
        BoundExpression[] columns = [.. join.Output.Select(v => new BoundColumn(v))];
        return new ProjectNode(SchemaOf(join), PlanJoin(exchanged, filters, outputsRight: false), columns, LayoutOf(exchanged));
    }

    // The right side is the one that is kept. With outputsRight a semi or anti join asks which rows of that side have a match.
    private static PhysicalNode PlanJoin(LogicalJoin join, JoinFilters filters, bool outputsRight)
    {
        JoinParts parts = JoinParts.Of(join);
        var leftColumns = new ComputedColumns(join.Left);
        var rightColumns = new ComputedColumns(join.Right);
        JoinKey[] keys = [.. parts.Keys.Select(k => new JoinKey(leftColumns.Add(k.Left), rightColumns.Add(k.Right), k.NullsMatch))];
        int[] leftOut = outputsRight ? [] : [.. Enumerable.Range(0, leftColumns.Width)];
        int[] rightOut = !outputsRight && join.Kind is LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark ? [] : [.. Enumerable.Range(0, rightColumns.Width)];
        bool[] nullsMatch = [.. keys.Select(k => k.NullsMatch)];
        (JoinFilters leftFilters, JoinFilters rightFilters) = Share(filters, join, parts, outputsRight);
        PhysicalNode right = Plan(join.Right, rightFilters);
        if (join.Kind is LogicalJoinKind.AsOf or LogicalJoinKind.AsOfLeft)
        {
            NearestKey nearest = parts.Nearest(join);
            var time = new AsOfColumns(leftColumns.Add(nearest.Left), rightColumns.Add(nearest.Right), nearest.Operator);
            var sorted = new AsOfBuildNode(rightColumns.Over(right), [.. keys.Select(k => k.Right)], nullsMatch, time);
            return new AsOfJoinNode(join.Kind == LogicalJoinKind.AsOfLeft, leftColumns.Over(Plan(join.Left, leftFilters)), sorted, keys, time, SchemaOf(join), leftOut, rightOut);
        }

        var build = new JoinBuildNode(rightColumns.Over(right), [.. keys.Select(k => k.Right)], nullsMatch) { IsDealt = join.Kind != LogicalJoinKind.Mark };
        if (outputsRight || join.Kind is LogicalJoinKind.Inner or LogicalJoinKind.Semi or LogicalJoinKind.Right)
        {
            leftFilters = leftFilters.With(build, parts.Keys);
        }

        PhysicalNode left = Plan(join.Left, leftFilters);
        Schema schema = outputsRight ? SchemaOf(join.Right) : SchemaOf(join);
        return new HashJoinNode(join.Kind, leftColumns.Over(left), build, keys, PlanCondition(parts.Rest, join), schema, leftOut, rightOut) { OutputsRight = outputsRight, Rows = (outputsRight ? right : left).Rows };
    }

    // Where rows of a side that the join above does not want may be left out before this join.
    private static (JoinFilters Left, JoinFilters Right) Share(JoinFilters filters, LogicalJoin join, JoinParts parts, bool outputsRight)
    {
        var same = new Dictionary<ColumnVariable, ColumnVariable>();
        if (join.Kind is LogicalJoinKind.Inner or LogicalJoinKind.Semi)
        {
            foreach (JoinComparison key in parts.Keys)
            {
                if (key is { NullsMatch: false, Left: BoundColumn left, Right: BoundColumn right })
                {
                    same.TryAdd(left.Column, right.Column);
                    same.TryAdd(right.Column, left.Column);
                }
            }
        }

        return join.Kind switch
        {
            LogicalJoinKind.Inner or LogicalJoinKind.Semi => (filters.Into(join.Left, same), filters.Into(join.Right, same)),
            LogicalJoinKind.Right or LogicalJoinKind.Full => (JoinFilters.None, JoinFilters.None),
            _ => outputsRight ? (JoinFilters.None, filters.Into(join.Right, same)) : (filters.Into(join.Left, same), JoinFilters.None),
        };
    }

    /// <summary>What is tested for each pair of rows, over the columns of a join's inputs; null for nothing.</summary>
    internal static JoinCondition? PlanCondition(BoundExpression? condition, LogicalJoin join)
    {
        if (condition is null)
        {
            return null;
        }

        IReadOnlyCollection<ColumnVariable> used = ExpressionColumns.Of(condition);
        (Layout left, Layout right) = (LayoutOf(join.Left), LayoutOf(join.Right));
        ColumnVariable[] leftUsed = [.. used.Where(left.Contains)];
        ColumnVariable[] rightUsed = [.. used.Where(v => !left.Contains(v))];
        var pairs = new Layout([.. leftUsed, .. rightUsed]);
        return new JoinCondition([.. leftUsed.Select(v => left[v])], [.. rightUsed.Select(v => right[v])], context => ExpressionCompiler.Compile(condition, pairs, context))
        {
            Text = ExpressionText.Of(condition),
        };
    }

    private static LogicalJoinKind? Exchanged(LogicalJoinKind kind) => kind switch
    {
        LogicalJoinKind.Inner or LogicalJoinKind.Full => kind,
        LogicalJoinKind.Left => LogicalJoinKind.Right,
        LogicalJoinKind.Right => LogicalJoinKind.Left,
        _ => null,
    };
}
