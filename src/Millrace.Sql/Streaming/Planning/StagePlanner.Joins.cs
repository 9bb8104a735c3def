using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Joins.</content>
internal sealed partial class StagePlanner
{
    private StagePlan? PlanJoin(LogicalJoin join)
    {
        if (join.Kind is LogicalJoinKind.AsOf or LogicalJoinKind.AsOfLeft)
        {
            return PlanNearest(join);
        }

        if (AloneOf(join.Kind) is not var (leftAlone, rightAlone))
        {
            return null;
        }

        JoinBounds bounds = JoinBounds.Of(join);
        BoundExpression? rest = ExpressionTree.And(ExpressionTree.Conjuncts(join.Condition).Where(c => !bounds.Implied.Contains(c, ReferenceEqualityComparer.Instance)));
        JoinParts parts = JoinParts.Of(join with { Condition = rest });
        if (join.Kind == LogicalJoinKind.Mark && CanBeUnknown(join, parts))
        {
            return null;
        }

        var leftColumns = new AddedColumns(join.Left);
        var rightColumns = new AddedColumns(join.Right);
        int[] leftKeys = [.. parts.Keys.Select(k => leftColumns.Add(k.Left))];
        int[] rightKeys = [.. parts.Keys.Select(k => rightColumns.Add(k.Right))];
        JoinSide left = SideOf(leftColumns, leftKeys, leftAlone, bounds.Left, bounds.Times?.Left);
        JoinSide right = SideOf(rightColumns, rightKeys, rightAlone, bounds.Right, bounds.Times?.Right);
        WarnOfJoin(join, left, right);
        return new JoinStage(
            PhysicalPlanner.SchemaOf(join),
            join.Kind,
            left,
            right,
            [.. parts.Keys.Select(k => k.NullsMatch)],
            PhysicalPlanner.PlanCondition(parts.Rest, join),
            LogicalPrinter.Describe(join))
        {
            Distance = bounds.Distance,
        };
    }

    private NearestStage? PlanNearest(LogicalJoin join)
    {
        JoinBounds bounds = JoinBounds.Of(join);
        if (bounds.Left is null)
        {
            return null;
        }

        JoinParts parts = JoinParts.Of(join);
        var leftColumns = new AddedColumns(join.Left);
        var rightColumns = new AddedColumns(join.Right);
        int[] leftKeys = [.. parts.Keys.Select(k => leftColumns.Add(k.Left))];
        int[] rightKeys = [.. parts.Keys.Select(k => rightColumns.Add(k.Right))];
        JoinSide left = SideOf(leftColumns, leftKeys, GivenAlone.None, bounds.Left, null);
        JoinSide right = SideOf(rightColumns, rightKeys, GivenAlone.None, bounds.Right, bounds.Times!.Value.Right);
        if (left.Stage.IsChanges)
        {
            // Rows may be taken back when they were answered long ago.
            return null;
        }

        bool takesEqual = parts.Nearest(join).Operator == CompareOperator.GreaterOrEqual;
        return new NearestStage(PhysicalPlanner.SchemaOf(join), join.Kind, left, right, [.. parts.Keys.Select(k => k.NullsMatch)], takesEqual, LogicalPrinter.Describe(join));
    }

    private JoinSide SideOf(AddedColumns columns, int[] keys, GivenAlone alone, JoinBound? bound, ColumnVariable? time)
    {
        long lateness = settings.Late == LateRows.Update ? (long)settings.AllowedLateness.TotalMicroseconds : 0;
        return new JoinSide
        {
            Stage = Plan(columns.Plan),
            Keys = keys,
            Width = columns.Width,
            Alone = alone,
            TimeColumn = (bound?.Column ?? time) is { } column ? columns.Add(new BoundColumn(column)) : null,
            Lag = bound is null ? null : StreamTime.Later(bound.Lag, lateness),
            LateLag = bound?.LateLag is { } late ? StreamTime.Later(late, lateness) : null,
        };
    }

    private static (GivenAlone Left, GivenAlone Right)? AloneOf(LogicalJoinKind kind) => kind switch
    {
        LogicalJoinKind.Inner => (GivenAlone.None, GivenAlone.None),
        LogicalJoinKind.Left or LogicalJoinKind.Single or LogicalJoinKind.Anti => (GivenAlone.WithoutMatch, GivenAlone.None),
        LogicalJoinKind.Right => (GivenAlone.None, GivenAlone.WithoutMatch),
        LogicalJoinKind.Full => (GivenAlone.WithoutMatch, GivenAlone.WithoutMatch),
        LogicalJoinKind.Semi => (GivenAlone.WithMatch, GivenAlone.None),
        LogicalJoinKind.Mark => (GivenAlone.WithMatch | GivenAlone.WithoutMatch, GivenAlone.None),
        _ => null,
    };

    // Whether null may come in the place of false, which depends on the rows of all keys.
    private static bool CanBeUnknown(LogicalJoin join, JoinParts parts)
        => parts.Keys.Any(k => !k.NullsMatch && (k.Left.Nullable || k.Right.Nullable)) || parts.Rest is { Nullable: true };

    private void WarnOfJoin(LogicalJoin join, JoinSide left, JoinSide right)
    {
        string[] kept = [.. TablesOf(left.Lag is null ? join.Left : null).Concat(TablesOf(right.Lag is null ? join.Right : null)).Distinct(StringComparer.Ordinal)];
        if (kept.Length > 0 && settings.StateTimeToLive is null)
        {
            _warnings.Add($"The {LogicalPrinter.Describe(join)} keeps every row of {string.Join(" and ", kept)} for ever; set state.ttl, or bound how far apart in event time the rows may be.");
        }
    }

    private static IEnumerable<string> TablesOf(LogicalPlan? plan)
        => plan is null ? [] : plan is LogicalScan scan ? [scan.Table.Name] : plan.Inputs.SelectMany(TablesOf);

    // The columns of a plan and, behind them, expressions that a stage needs as columns.
    private sealed class AddedColumns(LogicalPlan plan)
    {
        private readonly List<Assignment> _added = [];

        public int Width => plan.Output.Count;

        /// <summary>The plan with the columns.</summary>
        public LogicalPlan Plan => _added.Count == 0 ? plan : new LogicalProject(plan, [.. plan.Output.Select(v => new Assignment(v, new BoundColumn(v))), .. _added]);

        /// <summary>The number of the column that has an expression's values.</summary>
        public int Add(BoundExpression expression)
        {
            int known = expression is BoundColumn column ? plan.Output.ToList().FindIndex(c => ReferenceEquals(c, column.Column)) : -1;
            if (known >= 0)
            {
                return known;
            }

            _added.Add(new Assignment(new ColumnVariable($"#{_added.Count}", expression.Type, expression.Nullable), expression));
            return Width + _added.Count - 1;
        }
    }
}
