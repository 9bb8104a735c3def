using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Makes one plan of two that compute the same rows. They may call columns by other names and keep others of them: the
/// merged plan has the columns of both.
/// </summary>
internal sealed class PlanMerger
{
    private readonly Dictionary<ColumnVariable, BoundExpression> _first = [];
    private readonly Dictionary<ColumnVariable, BoundExpression> _second = [];

    /// <summary>The merged plan; null if the two compute different rows.</summary>
    public LogicalPlan? Merge(LogicalPlan first, LogicalPlan second)
    {
        StackGuard.Check(default);
        if (Selection(first) is { } selected)
        {
            return Below(Merge(selected.Input, second), selected, _first);
        }

        if (Selection(second) is { } other)
        {
            return Below(Merge(first, other.Input), other, _second);
        }

        return (first, second) switch
        {
            (LogicalScan a, LogicalScan b) => Merge(a, b),
            (LogicalFilter a, LogicalFilter b) => Merge(a.Input, b.Input) is { } input && SameConditions(a.Condition, b.Condition) ? new LogicalFilter(input, Of(_first, a.Condition)) : null,
            (LogicalProject a, LogicalProject b) => Merge(a.Input, b.Input) is { } input ? Merge(a, b, input) : null,
            (LogicalAggregate a, LogicalAggregate b) => Merge(a.Input, b.Input) is { } input ? Merge(a, b, input) : null,
            (LogicalJoin a, LogicalJoin b) => Merge(a, b),
            (LogicalWindow a, LogicalWindow b) => Merge(a.Input, b.Input) is { } input ? Merge(a, b, input) : null,
            (LogicalSort a, LogicalSort b) => Merge(a.Input, b.Input) is { } input && SameOrder(a.Keys, b.Keys) ? new LogicalSort(input, Of(_first, a.Keys)) : null,
            (LogicalLimit a, LogicalLimit b) => a.Limit == b.Limit && a.Offset == b.Offset && Merge(a.Input, b.Input) is { } input ? a with { Input = input } : null,
            (LogicalTimeWindow a, LogicalTimeWindow b) => Merge(a, b),
            (LogicalDistinctOn a, LogicalDistinctOn b) => Merge(a.Input, b.Input) is { } input && SameExpressions(a.Keys, b.Keys) ? new LogicalDistinctOn(input, [.. a.Keys.Select(k => Of(_first, k))]) : null,
            (LogicalLatest a, LogicalLatest b) => Merge(a.Input, b.Input) is { } input && SameExpressions([.. a.Keys, a.Version], [.. b.Keys, b.Version])
                ? new LogicalLatest(input, [.. a.Keys.Select(k => Of(_first, k))], a.Version is null ? null : Of(_first, a.Version))
                : null,
            (LogicalUnion a, LogicalUnion b) => Merge(a, b),
            (LogicalSeries a, LogicalSeries b) => Merge(a.Input, b.Input) is { } input ? Merge(a, b, input) : null,
            (LogicalValues a, LogicalValues b) => Merge(a, b),
            _ => null,
        };
    }

    /// <summary>What a column of the first plan, or of one merged before, is called now.</summary>
    public ColumnVariable OfFirst(ColumnVariable column) => Of(_first, column);

    /// <summary>The column of the merged plan that is a column of the second.</summary>
    public ColumnVariable OfSecond(ColumnVariable column) => Of(_second, column);

    /// <summary>A projection that only chooses and renames.</summary>
    public static LogicalProject? Selection(LogicalPlan plan) => plan is LogicalProject project && project.Columns.All(c => c.Expression is BoundColumn) ? project : null;

    private static LogicalPlan? Below(LogicalPlan? merged, LogicalProject selection, Dictionary<ColumnVariable, BoundExpression> names)
    {
        if (merged is not null)
        {
            foreach (Assignment column in selection.Columns)
            {
                names[column.Variable] = Of(names, column.Expression);
            }
        }

        return merged;
    }

    private LogicalScan? Merge(LogicalScan first, LogicalScan second)
    {
        if (!ReferenceEquals(first.Table, second.Table) || first.Limit is not null || second.Limit is not null)
        {
            return null;
        }

        List<ScanColumn> columns = [.. first.Columns];
        foreach (ScanColumn column in second.Columns)
        {
            ScanColumn? same = columns.Find(c => c.Name == column.Name);
            if (same is null)
            {
                columns.Add(same = new ScanColumn(Fresh(column.Variable), column.Name));
            }

            _second[column.Variable] = new BoundColumn(same.Variable);
        }

        // Filters above test everything again, so it is enough to leave out what both leave out.
        bool alike = SameSet(first.Predicates, [.. second.Predicates.Select(p => Of(_second, p))]);
        return first with { Columns = columns, Predicates = alike ? first.Predicates : [] };
    }

    private LogicalProject Merge(LogicalProject first, LogicalProject second, LogicalPlan input)
    {
        List<Assignment> columns = [.. first.Columns.Select(c => c with { Expression = Of(_first, c.Expression) })];
        foreach (Assignment column in second.Columns)
        {
            BoundExpression expression = Of(_second, column.Expression);
            Assignment? same = columns.Find(c => ExpressionComparer.Instance.Equals(c.Expression, expression));
            if (same is null)
            {
                columns.Add(same = new Assignment(Fresh(column.Variable), expression));
            }

            _second[column.Variable] = new BoundColumn(same.Variable);
        }

        return new LogicalProject(input, columns);
    }

    private LogicalAggregate? Merge(LogicalAggregate first, LogicalAggregate second, LogicalPlan input)
    {
        Assignment[] keys = [.. first.Keys.Select(k => k with { Expression = Of(_first, k.Expression) })];
        if (!Same(keys.Select(k => k.Expression), second.Keys.Select(k => Of(_second, k.Expression))) || !SameSets(first.Sets, second.Sets) || first.GroupingId is null != second.GroupingId is null)
        {
            return null;
        }

        List<AggregateAssignment> aggregates = [.. first.Aggregates.Select(a => a with { Aggregate = PlanExpressions.Map(a.Aggregate, e => Of(_first, e)) })];
        foreach (AggregateAssignment assignment in second.Aggregates)
        {
            BoundAggregate aggregate = PlanExpressions.Map(assignment.Aggregate, e => Of(_second, e));
            AggregateAssignment? same = aggregates.Find(a => Same(a.Aggregate, aggregate));
            if (same is null)
            {
                aggregates.Add(same = new AggregateAssignment(Fresh(assignment.Variable), aggregate));
            }

            _second[assignment.Variable] = new BoundColumn(same.Variable);
        }

        for (int i = 0; i < keys.Length; i++)
        {
            _second[second.Keys[i].Variable] = new BoundColumn(keys[i].Variable);
        }

        if (second.GroupingId is { } id)
        {
            _second[id] = new BoundColumn(first.GroupingId!);
        }

        return first with { Input = input, Keys = keys, Aggregates = aggregates };
    }

    private LogicalJoin? Merge(LogicalJoin first, LogicalJoin second)
    {
        if (first.Kind != second.Kind || Merge(first.Left, second.Left) is not { } left || Merge(first.Right, second.Right) is not { } right || !SameConditions(first.Condition, second.Condition))
        {
            return null;
        }

        if (second.Mark is { } mark)
        {
            _second[mark] = new BoundColumn(first.Mark!);
        }

        return first with { Left = left, Right = right, Condition = first.Condition is null ? null : Of(_first, first.Condition) };
    }

    private LogicalWindow? Merge(LogicalWindow first, LogicalWindow second, LogicalPlan input)
    {
        BoundExpression[] partition = [.. first.PartitionBy.Select(e => Of(_first, e))];
        if (!Same(partition, second.PartitionBy.Select(e => Of(_second, e))) || !SameOrder(first.OrderBy, second.OrderBy))
        {
            return null;
        }

        List<WindowAssignment> calls = [.. first.Calls.Select(c => c with { Call = PlanExpressions.Map(c.Call, e => Of(_first, e)) })];
        foreach (WindowAssignment assignment in second.Calls)
        {
            BoundWindowCall call = PlanExpressions.Map(assignment.Call, e => Of(_second, e));
            WindowAssignment? same = calls.Find(c => Same(c.Call, call));
            if (same is null)
            {
                calls.Add(same = new WindowAssignment(Fresh(assignment.Variable), call));
            }

            _second[assignment.Variable] = new BoundColumn(same.Variable);
        }

        return new LogicalWindow(input, partition, Of(_first, first.OrderBy), calls);
    }

    private LogicalTimeWindow? Merge(LogicalTimeWindow first, LogicalTimeWindow second)
    {
        if (first.Kind != second.Kind || first.Size != second.Size || first.Advance != second.Advance || Merge(first.Input, second.Input) is not { } input)
        {
            return null;
        }

        (BoundExpression time, BoundExpression[] key) = (Of(_first, first.Time), [.. first.Key.Select(e => Of(_first, e))]);
        if (!Same([time, .. key], [Of(_second, second.Time), .. second.Key.Select(e => Of(_second, e))]))
        {
            return null;
        }

        _second[second.WindowStart] = new BoundColumn(first.WindowStart);
        _second[second.WindowEnd] = new BoundColumn(first.WindowEnd);
        return first with { Input = input, Time = time, Key = key };
    }

    private LogicalSeries? Merge(LogicalSeries first, LogicalSeries second, LogicalPlan input)
    {
        var series = new LogicalSeries(input, Of(_first, first.From), Of(_first, first.To), Of(_first, first.Step), first.Value) { IsGap = first.IsGap };
        _second[second.Value] = new BoundColumn(first.Value);
        return first.IsGap == second.IsGap && Same([series.From, series.To, series.Step], [Of(_second, second.From), Of(_second, second.To), Of(_second, second.Step)]) ? series : null;
    }

    private LogicalValues? Merge(LogicalValues first, LogicalValues second)
    {
        if (first.Columns.Count != second.Columns.Count || first.Rows.Count != second.Rows.Count || !first.Rows.Zip(second.Rows).All(r => Same(r.First, r.Second)))
        {
            return null;
        }

        for (int i = 0; i < first.Columns.Count; i++)
        {
            _second[second.Columns[i]] = new BoundColumn(first.Columns[i]);
        }

        return first;
    }

    // Columns are known by their place: what one has and the other not is a new place in all parts.
    private LogicalUnion? Merge(LogicalUnion first, LogicalUnion second)
    {
        if (first.Parts.Count != second.Parts.Count)
        {
            return null;
        }

        var parts = new LogicalPlan[first.Parts.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            if (Merge(first.Parts[i], second.Parts[i]) is not { } part)
            {
                return null;
            }

            parts[i] = part;
        }

        List<ColumnVariable> columns = [.. first.Columns];
        List<ColumnVariable[]> places = [.. columns.Select((_, place) => first.Parts.Select(p => OfFirst(p.Output[place])).ToArray())];
        for (int place = 0; place < second.Columns.Count; place++)
        {
            ColumnVariable[] sources = [.. second.Parts.Select(p => OfSecond(p.Output[place]))];
            int at = places.FindIndex(p => p.SequenceEqual(sources));
            if (at < 0)
            {
                at = columns.Count;
                columns.Add(Fresh(second.Columns[place]));
                places.Add(sources);
            }

            _second[second.Columns[place]] = new BoundColumn(columns[at]);
        }

        return places.Count == 0 || Enumerable.Range(0, parts.Length).Any(i => places.DistinctBy(p => p[i]).Count() < places.Count)
            ? null
            : new LogicalUnion([.. parts.Select((part, i) => LogicalPlans.Select(part, [.. places.Select(p => p[i])]))], columns);
    }

    private bool SameConditions(BoundExpression? first, BoundExpression? second)
        => SameSet([.. ExpressionTree.Conjuncts(first).Select(c => Of(_first, c))], [.. ExpressionTree.Conjuncts(second).Select(c => Of(_second, c))]);

    private bool SameExpressions(IReadOnlyList<BoundExpression?> first, IReadOnlyList<BoundExpression?> second)
        => first.Count == second.Count && first.Zip(second).All(p => ExpressionComparer.Instance.Equals(p.First is null ? null : Of(_first, p.First), p.Second is null ? null : Of(_second, p.Second)));

    private bool SameOrder(IReadOnlyList<BoundOrder> first, IReadOnlyList<BoundOrder> second)
        => first.Count == second.Count && Of(_first, first).Zip(Of(_second, second)).All(p => p.First.Descending == p.Second.Descending && p.First.NullsFirst == p.Second.NullsFirst && ExpressionComparer.Instance.Equals(p.First.Expression, p.Second.Expression));

    private static bool SameSet(IReadOnlyList<BoundExpression> first, IReadOnlyList<BoundExpression> second)
        => first.Count == second.Count && first.All(c => second.Contains(c, ExpressionComparer.Instance)) && second.All(c => first.Contains(c, ExpressionComparer.Instance));

    private static bool Same(IEnumerable<BoundExpression> first, IEnumerable<BoundExpression> second) => first.SequenceEqual(second, ExpressionComparer.Instance);

    private static bool SameSets(IReadOnlyList<IReadOnlyList<int>>? first, IReadOnlyList<IReadOnlyList<int>>? second)
        => first is null || second is null ? first is null && second is null : first.Count == second.Count && first.Zip(second).All(p => p.First.SequenceEqual(p.Second));

    private static bool Same(BoundAggregate first, BoundAggregate second)
        => ReferenceEquals(first.Overload, second.Overload) && first.Distinct == second.Distinct && Same(first.Arguments, second.Arguments)
            && ExpressionComparer.Instance.Equals(first.Filter, second.Filter)
            && first.OrderBy.Count == second.OrderBy.Count
            && first.OrderBy.Zip(second.OrderBy).All(p => p.First.Descending == p.Second.Descending && p.First.NullsFirst == p.Second.NullsFirst && ExpressionComparer.Instance.Equals(p.First.Expression, p.Second.Expression));

    private static bool Same(BoundWindowCall first, BoundWindowCall second)
        => ReferenceEquals(first.Overload, second.Overload) && first.IgnoreNulls == second.IgnoreNulls && Same(first.Arguments, second.Arguments)
            && (first.Aggregate is null ? second.Aggregate is null : second.Aggregate is not null && Same(first.Aggregate, second.Aggregate))
            && first.Frame with { StartOffset = null, EndOffset = null } == second.Frame with { StartOffset = null, EndOffset = null }
            && ExpressionComparer.Instance.Equals(first.Frame.StartOffset, second.Frame.StartOffset)
            && ExpressionComparer.Instance.Equals(first.Frame.EndOffset, second.Frame.EndOffset);

    // Names of the second plan could be those of the first.
    private static ColumnVariable Fresh(ColumnVariable column) => new(column.Name, column.Type, column.Nullable);

    private static ColumnVariable Of(Dictionary<ColumnVariable, BoundExpression> names, ColumnVariable column)
        => names.TryGetValue(column, out BoundExpression? now) ? ((BoundColumn)now).Column : column;

    private static BoundExpression Of(Dictionary<ColumnVariable, BoundExpression> names, BoundExpression expression) => PlanSubstitution.Apply(expression, names);

    private static IReadOnlyList<BoundOrder> Of(Dictionary<ColumnVariable, BoundExpression> names, IReadOnlyList<BoundOrder> order) => PlanExpressions.Map(order, e => Of(names, e));
}
