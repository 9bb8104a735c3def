using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Finds columns whose values no two rows of a result share; nulls count as equal. What tables say of their keys is not
/// believed, since a stream of rows may bring a key twice; a table that keeps the latest row of each has a plan of its own.
/// </summary>
internal static class UniqueKey
{
    // Of more keys of a plan no one has need; without a limit joins would multiply them.
    private const int MaxKeys = 8;

    /// <summary>Numbers of such columns of a plan; null where none are known. Without any column there is at most one row.</summary>
    public static IReadOnlyList<int>? Of(LogicalPlan plan)
    {
        List<ColumnVariable> columns = [.. plan.Output];
        return Find(plan)
            .Select(key => key.Select(c => columns.FindIndex(o => ReferenceEquals(o, c))).Distinct().ToArray())
            .FirstOrDefault(numbers => !numbers.Contains(-1));
    }

    // Keys in columns of the plan or of plans below it, the best one first.
    private static IEnumerable<ColumnVariable[]> Find(LogicalPlan plan) => All(plan).Take(MaxKeys);

    private static IEnumerable<ColumnVariable[]> All(LogicalPlan plan) => plan switch
    {
        LogicalAggregate aggregate => OfGroups(aggregate),
        LogicalLimit { Limit: <= 1 } => [[]],
        LogicalValues { Rows.Count: <= 1 } => [[]],
        LogicalFilter { Input: LogicalWindow window } filter => [.. Firsts(filter, window), .. Find(window)],
        LogicalFilter or LogicalSort or LogicalLimit => Find(plan.Inputs[0]),
        LogicalWindow window => [.. Find(window.Input), .. window.Calls.Where(IsRowNumber).Select(c => Columns(window.PartitionBy) is { } keys ? keys.Append(c.Variable).ToArray() : null).OfType<ColumnVariable[]>()],
        LogicalDistinctOn first => Columns(first.Keys) is { } keys ? [keys, .. Find(first.Input)] : Find(first.Input),
        LogicalLatest latest => Columns(latest.Keys) is { } keys ? [keys] : [],
        LogicalSetOperation { All: false } operation => [[.. operation.Columns]],
        LogicalUnnest { Ordinality: { } number } unnest => Find(unnest.Input).Select(k => k.Append(number).ToArray()),
        LogicalSeries series => Find(series.Input).Select(k => k.Append(series.Value).ToArray()),
        LogicalTimeWindow { Kind: TimeWindowKind.Tumble or TimeWindowKind.Session } window => Find(window.Input),
        LogicalTimeWindow window => Find(window.Input).Select(k => k.Append(window.WindowStart).Append(window.WindowEnd).ToArray()),
        LogicalJoin join => OfJoin(join),
        LogicalProject project => Find(project.Input).Select(k => Renamed(project, k)).OfType<ColumnVariable[]>(),
        _ => [],
    };

    private static IEnumerable<ColumnVariable[]> OfGroups(LogicalAggregate aggregate)
    {
        ColumnVariable[] keys = [.. aggregate.Keys.Select(k => k.Variable)];
        if (aggregate.Sets is { } sets)
        {
            // Sets of the same keys give the same groups twice.
            bool differ = sets.Select(s => string.Join(',', s.Distinct().Order())).Distinct().Count() == sets.Count;
            return aggregate.GroupingId is { } id && differ ? [[.. keys, id]] : [];
        }

        // The start of a window says where it ends; the end says where it starts unless months are of different lengths.
        (ColumnVariable Key, WindowBound? Bound)[] bounds = [.. keys.Select(k => (k, WindowBounds.Of(aggregate, k)))];
        (ColumnVariable Key, WindowBound? Bound) start = bounds.FirstOrDefault(b => b.Bound is { IsEnd: false, Kind: TimeWindowKind.Tumble or TimeWindowKind.Hop, Window: not null });
        (ColumnVariable Key, WindowBound? Bound) end = bounds.FirstOrDefault(b => b.Bound is { IsEnd: true } bound && ReferenceEquals(bound.Window, start.Bound?.Window));
        return start.Key is null || end.Key is null ? [keys]
            : start.Bound!.Size.Months > 0 ? [keys, Without(keys, end.Key)]
            : [keys, Without(keys, end.Key), Without(keys, start.Key)];
    }

    private static ColumnVariable[] Without(ColumnVariable[] keys, ColumnVariable key) => [.. keys.Where(k => !ReferenceEquals(k, key))];

    // With one row of each partition its keys are enough.
    private static IEnumerable<ColumnVariable[]> Firsts(LogicalFilter filter, LogicalWindow window)
    {
        bool isFirst = ExpressionTree.Conjuncts(filter.Condition).Any(c => c is BoundComparison
        {
            Operator: CompareOperator.Equal or CompareOperator.LessOrEqual,
            Left: BoundColumn column,
            Right: BoundConstant { Value: 1L },
        } && window.Calls.Any(call => IsRowNumber(call) && ReferenceEquals(call.Variable, column.Column)));
        return isFirst && Columns(window.PartitionBy) is { } keys ? [keys] : [];
    }

    private static IEnumerable<ColumnVariable[]> OfJoin(LogicalJoin join)
    {
        switch (join.Kind)
        {
            case LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark or LogicalJoinKind.Single or LogicalJoinKind.AsOf or LogicalJoinKind.AsOfLeft:
                return Find(join.Left);
            case LogicalJoinKind.Inner or LogicalJoinKind.Left or LogicalJoinKind.Right:
                ColumnVariable[][] left = [.. Find(join.Left)];
                ColumnVariable[][] right = [.. Find(join.Right)];
                JoinParts parts = JoinParts.Of(join);
                bool oneRight = join.Kind != LogicalJoinKind.Right && right.Any(k => k.All(c => parts.Keys.Any(p => IsColumn(p.Right, c))));
                bool oneLeft = join.Kind != LogicalJoinKind.Left && left.Any(k => k.All(c => parts.Keys.Any(p => IsColumn(p.Left, c))));
                return [.. oneRight ? left : [], .. oneLeft ? right : [], .. left.SelectMany(l => right.Select(r => (ColumnVariable[])[.. l, .. r]))];
            default:
                // Rows without a match of one side can look like those of the other.
                return [];
        }
    }

    private static ColumnVariable[]? Renamed(LogicalProject project, ColumnVariable[] key)
    {
        ColumnVariable?[] renamed = [.. key.Select(k => project.Columns.FirstOrDefault(c => IsColumn(Distinguishing(c.Expression), k))?.Variable)];
        return Array.Exists(renamed, r => r is null) ? null : [.. renamed.Select(r => r!)];
    }

    // What values that differ keep different: the columns of a target may have wider types.
    private static BoundExpression Distinguishing(BoundExpression expression) => expression switch
    {
        BoundTargetValue value => Distinguishing(value.Operand),
        BoundCast { Try: false, Operand: var operand, Type: var to } when (TypeRules.IsImplicit(operand.Type, to) && (!to.IsFloat || operand.Type.IsFloat)) || (operand.Type.IsInteger && to.Id == TypeId.Utf8) => Distinguishing(operand),
        _ => expression,
    };

    private static bool IsRowNumber(WindowAssignment call) => call.Call.Function?.Name == "row_number";

    private static bool IsColumn(BoundExpression expression, ColumnVariable column) => expression is BoundColumn { Column: var found } && ReferenceEquals(found, column);

    private static ColumnVariable[]? Columns(IReadOnlyList<BoundExpression> expressions)
        => expressions.All(e => e is BoundColumn) ? [.. expressions.Select(e => ((BoundColumn)e).Column)] : null;
}
