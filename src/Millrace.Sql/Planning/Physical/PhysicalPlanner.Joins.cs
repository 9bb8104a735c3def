using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <content>Joins.</content>
public static partial class PhysicalPlanner
{
    // A side is exchanged for one that is so many times smaller by the estimates.
    private const int WorthExchanging = 2;

    private static PhysicalNode PlanJoin(LogicalJoin join)
    {
        PhysicalNode left = Plan(join.Left);
        PhysicalNode right = Plan(join.Right);
        if (Exchanged(join.Kind) is { } kind && Estimate(left) is { } leftRows && Estimate(right) is { } rightRows && leftRows < rightRows / WorthExchanging)
        {
            var exchanged = new LogicalJoin(kind, join.Right, join.Left, join.Condition);
            BoundExpression[] columns = [.. join.Output.Select(v => new BoundColumn(v))];
            return new ProjectNode(SchemaOf(join), PlanJoin(exchanged, right, left), columns, LayoutOf(exchanged));
        }

        return PlanJoin(join, left, right);
    }

    // The right side is the one that is kept.
    private static PhysicalNode PlanJoin(LogicalJoin join, PhysicalNode left, PhysicalNode right)
    {
        JoinParts parts = JoinParts.Of(join);
        var leftColumns = new ComputedColumns(join.Left);
        var rightColumns = new ComputedColumns(join.Right);
        JoinKey[] keys = [.. parts.Keys.Select(k => new JoinKey(leftColumns.Add(k.Left), rightColumns.Add(k.Right), k.NullsMatch))];
        int[] leftOut = [.. Enumerable.Range(0, leftColumns.Width)];
        int[] rightOut = join.Kind is LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark ? [] : [.. Enumerable.Range(0, rightColumns.Width)];
        bool[] nullsMatch = [.. keys.Select(k => k.NullsMatch)];
        if (join.Kind is LogicalJoinKind.AsOf or LogicalJoinKind.AsOfLeft)
        {
            NearestKey nearest = parts.Nearest(join);
            var time = new AsOfColumns(leftColumns.Add(nearest.Left), rightColumns.Add(nearest.Right), nearest.Operator);
            var sorted = new AsOfBuildNode(rightColumns.Over(right), [.. keys.Select(k => k.Right)], nullsMatch, time);
            return new AsOfJoinNode(join.Kind == LogicalJoinKind.AsOfLeft, leftColumns.Over(left), sorted, keys, time, SchemaOf(join), leftOut, rightOut);
        }

        var build = new JoinBuildNode(rightColumns.Over(right), [.. keys.Select(k => k.Right)], nullsMatch) { CanSpill = keys.Length > 0 && join.Kind != LogicalJoinKind.Mark };
        return new HashJoinNode(join.Kind, leftColumns.Over(left), build, keys, PlanCondition(parts.Rest, join), SchemaOf(join), leftOut, rightOut) { Rows = left.Rows };
    }

    private static JoinCondition? PlanCondition(BoundExpression? condition, LogicalJoin join)
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

    private static long? Estimate(PhysicalNode node) => node.Rows ?? (node.Inputs.Count == 1 ? Estimate(node.Inputs[0]) : null);
}
