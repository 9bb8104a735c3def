using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Planning;

/// <summary>
/// Makes a plan that depends on outer columns independent: the values that those take, each once, are the domain, and it is
/// pushed down through the plan to where the columns are used. Where a condition says that the columns equal others, these
/// take the domain's place.
/// </summary>
/// <param name="left">The outer rows.</param>
/// <param name="outer">The columns of them that are used.</param>
/// <param name="functions">Where numbering of rows comes from.</param>
internal sealed class DomainPushdown(LogicalPlan left, IReadOnlyList<ColumnVariable> outer, FunctionTable functions)
{
    // Each copy of the domain computes the outer rows once more.
    private const int MaxDomains = 64;

    private readonly HashSet<ColumnVariable> _outer = [.. outer];
    private int _domains;

    /// <summary>The plan for all outer rows at once, without a domain where that can be done; null where it needs one.</summary>
    public Dependent? TryWithoutDomain(LogicalPlan plan)
    {
        var without = new DomainPushdown(left, outer, functions) { _domains = int.MaxValue };
        try
        {
            return without.Push(plan);
        }
        catch (NeedsDomainException)
        {
            return null;
        }
    }

    public Dependent Push(LogicalPlan plan)
    {
        StackGuard.Check(default);
        if (!IsDependent(plan))
        {
            Dependent domain = Domain();
            return domain.With(new LogicalJoin(LogicalJoinKind.Inner, domain.Plan, plan, null));
        }

        switch (plan)
        {
            case LogicalFilter p:
                return DomainEquality.Try(p, outer) ?? PushFilter(p);
            case LogicalProject p:
                Dependent input = Push(p.Input);
                return input.With(LogicalPlans.Project(input.Plan, [.. ((LogicalProject)Substitute(p, input)).Columns, .. input.Keys.Distinct().Except(p.Output).Select(c => new Assignment(c, new BoundColumn(c)))]));
            case LogicalAggregate p:
                return PushAggregate(p);
            case LogicalDistinctOn p:
                Dependent ordered = Push(p.Input);
                var distinctOn = (LogicalDistinctOn)Substitute(p, ordered);
                return ordered.With(distinctOn with { Input = ordered.Plan, Keys = [.. distinctOn.Keys, .. Columns(ordered)] });
            case LogicalWindow p:
                Dependent rows = Push(p.Input);
                var window = (LogicalWindow)Substitute(p, rows);
                return rows.With(window with { Input = rows.Plan, PartitionBy = [.. window.PartitionBy, .. Columns(rows)] });
            case LogicalTimeWindow p:
                Dependent timed = Push(p.Input);
                var windows = (LogicalTimeWindow)Substitute(p, timed);
                return timed.With(windows with { Input = timed.Plan, Key = windows.Key.Count > 0 || p.Kind == Parsing.TimeWindowKind.Session ? [.. windows.Key, .. Columns(timed)] : windows.Key });
            case LogicalSort or LogicalUnnest or LogicalSeries:
                Dependent below = Push(plan.Inputs[0]);
                return below.With(Substitute(plan, below).WithInputs([below.Plan]));
            case LogicalLimit p:
                return PushLimit(p);
            case LogicalJoin p:
                return PushJoin(p);
            case LogicalUnion p:
                (IReadOnlyList<LogicalPlan> parts, Dictionary<ColumnVariable, ColumnVariable> keys, bool certain) = PushAll(p.Parts);
                return new Dependent(new LogicalUnion(parts, [.. p.Columns, .. outer.Select(o => keys[o])]), keys, certain);
            case LogicalSetOperation p:
                (IReadOnlyList<LogicalPlan> sides, Dictionary<ColumnVariable, ColumnVariable> columns, bool known) = PushAll([p.Left, p.Right]);
                return new Dependent(p with { Left = sides[0], Right = sides[1], Columns = [.. p.Columns, .. outer.Select(o => columns[o])] }, columns, known);
            default:
                throw BindingErrors.Unsupported(plan is LogicalRecursion ? "A recursive query cannot use columns of a query around it." : "This subquery cannot use columns of the query around it.", default, "Join with it instead.");
        }
    }

    private bool IsDependent(LogicalPlan plan) => FreeVariables.Of(plan).Overlaps(_outer);

    private static LogicalPlan Substitute(LogicalPlan plan, Dependent input) => PlanExpressions.Map(plan, e => PlanSubstitution.Apply(e, input.Replacements));

    private static IEnumerable<BoundExpression> Columns(Dependent input) => input.Keys.Select(c => new BoundColumn(c));

    // The values of the outer columns, each combination once.
    private Dependent Domain()
    {
        if (_domains == int.MaxValue)
        {
            throw new NeedsDomainException();
        }

        if (++_domains > MaxDomains)
        {
            throw BindingErrors.TooComplex("A correlated subquery combines too many tables.", default);
        }

        Repeatable.Require(left, outer);
        Assignment[] values = [.. outer.Select(o => new Assignment(new ColumnVariable(o.Name, o.Type, o.Nullable), new BoundColumn(o)))];
        LogicalAggregate distinct = LogicalPlans.Distinct(new LogicalProject(left, values));
        return new Dependent(distinct, outer.Zip(distinct.Keys, (o, k) => (o, k.Variable)).ToDictionary(p => p.o, p => p.Variable), false);
    }

    private Dependent PushFilter(LogicalFilter filter)
    {
        Dependent input = Push(filter.Input);
        return input.With(new LogicalFilter(input.Plan, PlanSubstitution.Apply(filter.Condition, input.Replacements)));
    }

    private Dependent PushAggregate(LogicalAggregate aggregate)
    {
        if (aggregate.Sets?.Any(s => s.Count == 0) == true)
        {
            throw BindingErrors.Unsupported("A correlated subquery cannot have a grouping set without keys.", aggregate.Aggregates.Count > 0 ? aggregate.Aggregates[0].Aggregate.Span : default);
        }

        Dependent input = aggregate.Keys.Count == 0 ? PushBelowWhole(aggregate.Input, out ColumnVariable? match, out IReadOnlyDictionary<ColumnVariable, BoundExpression>? renamed) : Push(aggregate.Input, out match, out renamed);
        var replaced = (LogicalAggregate)PlanExpressions.Map(aggregate, e => PlanSubstitution.Apply(PlanSubstitution.Apply(e, input.Replacements), renamed));
        Assignment[] keys = [.. outer.Select(o => new Assignment(new ColumnVariable(o.Name, o.Type, o.Nullable), new BoundColumn(input[o])))];
        if (match is not null)
        {
            // The row that only says that there is a value of the domain is no row of the group.
            var real = new BoundIsNull(new BoundColumn(match), Negated: true);
            replaced = replaced with { Aggregates = [.. replaced.Aggregates.Select(a => a with { Aggregate = a.Aggregate with { Filter = ExpressionTree.And(real, a.Aggregate.Filter) } })] };
        }

        LogicalAggregate grouped = replaced with
        {
            Input = input.Plan,
            Keys = [.. keys, .. replaced.Keys],
            Sets = aggregate.Sets?.Select(s => (IReadOnlyList<int>)[.. Enumerable.Range(0, keys.Length), .. s.Select(k => k + keys.Length)]).ToList(),
        };
        return new Dependent(grouped, outer.Zip(keys, (o, k) => (o, k.Variable)).ToDictionary(p => p.o, p => p.Variable), input.Certain);
    }

    private Dependent Push(LogicalPlan plan, out ColumnVariable? match, out IReadOnlyDictionary<ColumnVariable, BoundExpression> renamed)
    {
        match = null;
        renamed = new Dictionary<ColumnVariable, BoundExpression>();
        return Push(plan);
    }

    // An aggregate without keys has a row for every value of the domain, also for those without rows.
    private Dependent PushBelowWhole(LogicalPlan plan, out ColumnVariable match, out IReadOnlyDictionary<ColumnVariable, BoundExpression> renamed)
    {
        Dependent input = Push(plan);
        Dependent domain = Domain();
        match = new ColumnVariable("match", DataType.Boolean);
        Assignment[] columns = [.. input.Plan.Output.Distinct().Select(c => new Assignment(new ColumnVariable(c.Name, c.Type), new BoundColumn(c)))];
        renamed = columns.ToDictionary(c => ((BoundColumn)c.Expression).Column, c => (BoundExpression)new BoundColumn(c.Variable));
        LogicalPlan right = LogicalPlans.Project(input.Plan, [.. columns, new Assignment(match, new BoundConstant(DataType.Boolean, true))]);
        var names = columns.ToDictionary(c => ((BoundColumn)c.Expression).Column, c => c.Variable);
        BoundExpression condition = ExpressionTree.And(outer.Select(o => Dependent.Same(domain[o], names[input[o]], LogicalJoinKind.Left, input.Certain)))!;
        // Outer columns in the aggregates' arguments are the domain's own.
        return domain.With(new LogicalJoin(LogicalJoinKind.Left, domain.Plan, right, condition));
    }

    // The first rows for each value of the domain, by their numbers in order.
    private Dependent PushLimit(LogicalLimit limit)
    {
        if (limit.Input is LogicalProject project)
        {
            return Push(project with { Input = limit with { Input = project.Input } });
        }

        IReadOnlyList<BoundOrder> order = limit.Input is LogicalSort sort ? sort.Keys : [];
        Dependent input = Push(limit.Input is LogicalSort sorted ? sorted.Input : limit.Input);
        if (functions.Find("row_number") is not WindowFunction { Overloads: [var overload, ..] } function)
        {
            throw BindingErrors.Unsupported("LIMIT in a correlated subquery needs the function row_number.", default);
        }

        var number = new ColumnVariable("row_number", DataType.Int64, nullable: false);
        var call = new BoundWindowCall { Function = function, Overload = overload, Frame = order.Count > 0 ? BoundFrame.ToCurrent : BoundFrame.Whole };
        IReadOnlyList<BoundOrder> keys = PlanExpressions.Map(order, e => PlanSubstitution.Apply(e, input.Replacements));
        LogicalPlan numbered = new LogicalWindow(input.Plan, [.. Columns(input)], keys, [new WindowAssignment(number, call)]);
        return input.With(LogicalPlans.Filter(numbered, ExpressionTree.And(
            limit.Offset > 0 ? Compare(CompareOperator.Greater, number, limit.Offset) : null,
            limit.Limit is { } rows ? Compare(CompareOperator.LessOrEqual, number, rows > long.MaxValue - limit.Offset ? long.MaxValue : rows + limit.Offset) : null)));
    }

    private static BoundComparison Compare(CompareOperator comparison, ColumnVariable number, long value)
        => new(comparison, new BoundColumn(number), new BoundConstant(DataType.Int64, value));

    private Dependent PushJoin(LogicalJoin join)
    {
        bool leftDepends = IsDependent(join.Left);
        bool rightDepends = IsDependent(join.Right);
        bool leftAlone = join.Kind is not (LogicalJoinKind.Right or LogicalJoinKind.Full) && !rightDepends;
        bool rightAlone = join.Kind is LogicalJoinKind.Inner or LogicalJoinKind.Right && !leftDepends && (rightDepends || join.Kind == LogicalJoinKind.Right);
        if (leftAlone || rightAlone)
        {
            Dependent one = Push(leftAlone ? join.Left : join.Right);
            var replaced = (LogicalJoin)Substitute(join, one);
            return one.With(leftAlone ? replaced with { Left = one.Plan } : replaced with { Right = one.Plan });
        }

        Dependent left = Push(join.Left);
        Dependent right = Push(join.Right);
        Dependent kept = join.Kind == LogicalJoinKind.Right ? right : left;
        var both = (LogicalJoin)Substitute(join, kept);
        IEnumerable<BoundExpression?> same = outer.Select(o => Dependent.Same(left[o], right[o], join.Kind, left.Certain || right.Certain));
        both = both with { Left = left.Plan, Right = right.Plan, Condition = ExpressionTree.And([.. same, both.Condition]) };
        return join.Kind == LogicalJoinKind.Full ? Full(both, left, right) : kept.With(both);
    }

    // Behind a full join either side can be the one that has the value.
    private Dependent Full(LogicalJoin join, Dependent left, Dependent right)
    {
        Assignment[] keys = [.. outer.Select(o => new Assignment(new ColumnVariable(o.Name, o.Type), new BoundCoalesce([new BoundColumn(left[o]), new BoundColumn(right[o])])))];
        LogicalPlan plan = LogicalPlans.Project(join, [.. join.Output.Distinct().Select(c => new Assignment(c, new BoundColumn(c))), .. keys]);
        return new Dependent(plan, outer.Zip(keys, (o, k) => (o, k.Variable)).ToDictionary(p => p.o, p => p.Variable), left.Certain && right.Certain);
    }

    private (IReadOnlyList<LogicalPlan> Plans, Dictionary<ColumnVariable, ColumnVariable> Keys, bool Certain) PushAll(IReadOnlyList<LogicalPlan> plans)
    {
        Dependent[] pushed = [.. plans.Select(Push)];
        LogicalPlan[] selected = [.. pushed.Select((p, i) => LogicalPlans.Project(p.Plan,
            plans[i].Output.Concat(outer.Select(o => p[o])).Select(c => new Assignment(new ColumnVariable(c.Name, c.Type, c.Nullable), new BoundColumn(c)))))];
        return (selected, outer.ToDictionary(o => o, o => new ColumnVariable(o.Name, o.Type, o.Nullable)), pushed.All(p => p.Certain));
    }

    private sealed class NeedsDomainException : Exception;
}
