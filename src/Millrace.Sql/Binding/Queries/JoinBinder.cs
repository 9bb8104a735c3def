using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>Joins: conditions, <c>USING</c>, and what names mean behind them.</summary>
internal static class JoinBinder
{
    /// <param name="from">Binds the right side.</param>
    /// <param name="syntax">The join.</param>
    /// <param name="left">The left side.</param>
    /// <param name="around">Tables to the left of the whole join.</param>
    /// <param name="nullable">Whether a join around it makes all its columns nullable.</param>
    public static FromResult Bind(FromBinder from, JoinTable syntax, FromResult left, Scope around, bool nullable)
    {
        bool rightNullable = nullable || syntax.Kind is JoinKind.Left or JoinKind.Full or JoinKind.AsOfLeft;
        ExpressionSyntax? asOf = VersionTime(syntax);
        FromResult right = asOf is null ? from.Bind(syntax.Right, around.With(left.Scope), rightNullable) : from.BindVersions((NamedTable)syntax.Right, rightNullable);
        foreach (ScopeTable table in right.Scope.Tables)
        {
            if (table.Alias.Length > 0 && left.Scope.Tables.Any(t => string.Equals(t.Alias, table.Alias, StringComparison.OrdinalIgnoreCase)))
            {
                throw BindingErrors.Duplicate("tables", table.Alias, syntax.Right.Span);
            }
        }

        var conditions = new List<BoundExpression?>();
        Scope scope = Merge(syntax, left.Scope, right.Scope, conditions);
        var binder = new ExpressionBinder(from.Queries, left.Scope.With(right.Scope), from.CommonTables, new Clause("ON"));
        if (syntax.On is not null)
        {
            conditions.Add(binder.BindCondition(syntax.On, "The condition of the join"));
        }

        if (syntax.Within is { } within)
        {
            conditions.Add(Within(binder, left.Scope, right.Scope, within, syntax.Span));
        }

        LogicalJoinKind kind = asOf is null ? Kind(syntax.Kind) : syntax.Kind == JoinKind.Left ? LogicalJoinKind.AsOfLeft : LogicalJoinKind.AsOf;
        if (asOf is not null)
        {
            KeyedTables.CheckLookup(right.Plan, conditions, syntax.Right.Span);
            conditions.Add(IsVersion(from, left.Scope, right.Scope, asOf));
        }

        BoundExpression? condition = ExpressionTree.And(conditions);
        if (kind is LogicalJoinKind.AsOf or LogicalJoinKind.AsOfLeft)
        {
            condition = AsOf(condition, left.Plan, right.Plan, syntax);
        }
        else if (condition is null && syntax.Kind != JoinKind.Cross && !syntax.Natural)
        {
            throw BindingErrors.BadJoin($"{syntax.Kind.ToString().ToUpperInvariant()} JOIN has no condition.", syntax.Span, "Add ON or USING, or write CROSS JOIN for all pairs.");
        }

        if (kind is LogicalJoinKind.Semi or LogicalJoinKind.Anti)
        {
            scope = left.Scope;
        }

        return new FromResult(Plan(kind, left.Plan, right.Plan, condition, syntax), scope);
    }

    // The time at which a row of the right table has to be the valid one; null if that is not asked for.
    private static ExpressionSyntax? VersionTime(JoinTable syntax)
    {
        if (syntax.Right is not NamedTable { AsOf: { } asOf })
        {
            return null;
        }

        return syntax.Kind is JoinKind.Inner or JoinKind.Left
            ? asOf
            : throw BindingErrors.BadJoin("FOR SYSTEM_TIME AS OF stands only on the right side of JOIN and LEFT JOIN.", syntax.Right.Span);
    }

    // A row is valid from its event time until that of the next row of the same key.
    private static BoundExpression IsVersion(FromBinder from, Scope left, Scope right, ExpressionSyntax asOf)
    {
        if (asOf is CallSyntax { Name: var function } && function.Last.Matches("proctime"))
        {
            throw BindingErrors.BadJoin(
                "A lookup by the time of processing gives rows that depend on when they are run.",
                asOf.Span,
                "Look up by the time of the row, FOR SYSTEM_TIME AS OF o.ts; or join the table itself, whose result changes as the table does.");
        }

        var binder = new ExpressionBinder(from.Queries, left, from.CommonTables, new Clause("FOR SYSTEM_TIME AS OF"));
        return OperatorBinder.Compare(CompareOperator.GreaterOrEqual, binder.Bind(asOf), EventTime.Of(right, asOf.Span), asOf.Span);
    }

    private static LogicalPlan Plan(LogicalJoinKind kind, LogicalPlan left, LogicalPlan right, BoundExpression? condition, JoinTable syntax)
    {
        condition = condition is BoundConstant { Value: true } ? null : condition;
        if (!FreeVariables.Of(right).Overlaps(left.Output))
        {
            return new LogicalJoin(kind, left, right, condition);
        }

        return kind is LogicalJoinKind.Inner or LogicalJoinKind.Left or LogicalJoinKind.Semi or LogicalJoinKind.Anti
            ? new LogicalApply(kind, left, right, condition)
            : throw BindingErrors.BadJoin("The right side of this join cannot use columns of the left one.", syntax.Right.Span, "Use LEFT JOIN LATERAL or CROSS JOIN LATERAL.");
    }

    private static LogicalJoinKind Kind(JoinKind kind) => kind switch
    {
        JoinKind.Left => LogicalJoinKind.Left,
        JoinKind.Right => LogicalJoinKind.Right,
        JoinKind.Full => LogicalJoinKind.Full,
        JoinKind.Semi => LogicalJoinKind.Semi,
        JoinKind.Anti => LogicalJoinKind.Anti,
        JoinKind.AsOf => LogicalJoinKind.AsOf,
        JoinKind.AsOfLeft => LogicalJoinKind.AsOfLeft,
        _ => LogicalJoinKind.Inner,
    };

    // Columns of USING stand once, in front; by their tables' names both sides can still be reached.
    private static Scope Merge(JoinTable syntax, Scope left, Scope right, List<BoundExpression?> conditions)
    {
        Scope both = left.With(right);
        IReadOnlyList<Identifier> names = syntax.Natural ? Common(left, right) : syntax.Using;
        if (names.Count == 0)
        {
            return both;
        }

        var merged = new List<ScopeColumn>();
        var hidden = new HashSet<ScopeColumn>(ReferenceEqualityComparer.Instance);
        foreach (Identifier name in names)
        {
            ScopeColumn a = Column(left, name, "left");
            ScopeColumn b = Column(right, name, "right");
            (BoundExpression x, BoundExpression y) = Coercion.Pair(a.Expression with { Span = name.Span }, b.Expression with { Span = name.Span }, $"USING ({name})");
            conditions.Add(new BoundComparison(CompareOperator.Equal, x, y) { Span = name.Span });
            BoundExpression value = syntax.Kind switch
            {
                JoinKind.Right => y,
                JoinKind.Full => new BoundCoalesce([x, y]),
                _ => x,
            };
            merged.Add(new ScopeColumn(a.Name, value));
            hidden.Add(a);
            hidden.Add(b);
        }

        return new Scope(both.Tables, [.. merged, .. both.Columns.Where(c => !hidden.Contains(c))], both.Outer);
    }

    private static List<Identifier> Common(Scope left, Scope right)
        => [.. left.Columns.Where(c => !c.IsSystem && right.Columns.Any(r => !r.IsSystem && string.Equals(r.Name, c.Name, StringComparison.OrdinalIgnoreCase))).Select(c => new Identifier(c.Name))];

    private static ScopeColumn Column(Scope scope, Identifier name, string side)
        => scope.Pick(scope.Columns, name)
            ?? throw BindingErrors.UnknownColumnCode.Error($"The {side} side of the join has no column '{name}'{NearestName.Suggest(name.Text, scope.Columns.Select(c => c.Name))}.", BindingErrors.Place(name.Span));

    // The inequality that says what is nearest stands last, with the left side's value on its left.
    private static BoundExpression AsOf(BoundExpression? condition, LogicalPlan left, LogicalPlan right, JoinTable syntax)
    {
        var others = new List<BoundExpression?>();
        BoundComparison? nearest = null;
        foreach (BoundExpression part in ExpressionTree.Conjuncts(condition))
        {
            if (part is not BoundComparison { Operator: CompareOperator.Less or CompareOperator.LessOrEqual or CompareOperator.Greater or CompareOperator.GreaterOrEqual } comparison)
            {
                others.Add(part);
                continue;
            }

            if (nearest is not null)
            {
                throw BindingErrors.BadJoin("ASOF JOIN has two inequalities, expected one.", part.Span);
            }

            bool swapped = FreeVariables.Of(comparison.Left).Overlaps(right.Output);
            nearest = swapped ? new BoundComparison(ExpressionTree.Mirror(comparison.Operator), comparison.Right, comparison.Left) { Span = comparison.Span } : comparison;
            if (FreeVariables.Of(nearest.Left).Overlaps(right.Output) || FreeVariables.Of(nearest.Right).Overlaps(left.Output))
            {
                throw BindingErrors.BadJoin("The inequality of ASOF JOIN has to compare a value of the left side with one of the right side.", part.Span);
            }
        }

        return nearest is null
            ? throw BindingErrors.BadJoin("ASOF JOIN has no inequality that says which row is nearest.", syntax.Span, "Add a condition such as a.time >= b.time.")
            : ExpressionTree.And([.. others, nearest])!;
    }

    private static BoundLogic Within(ExpressionBinder binder, Scope left, Scope right, Interval within, TextSpan span)
    {
        BoundExpression a = EventTime.Of(left, span);
        BoundExpression b = EventTime.Of(right, span);
        var length = new BoundConstant(DataType.Interval, within) { Span = span };
        BoundExpression first = OperatorBinder.Call(binder, "-", [a, length], span);
        BoundExpression last = OperatorBinder.Call(binder, "+", [a, length], span);
        return new BoundLogic(true, [OperatorBinder.Compare(CompareOperator.GreaterOrEqual, b, first, span), OperatorBinder.Compare(CompareOperator.LessOrEqual, b, last, span)]) { Span = span };
    }
}
