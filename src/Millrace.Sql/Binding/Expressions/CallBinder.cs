using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Calls of functions by name.</summary>
internal static class CallBinder
{
    public static BoundExpression Bind(ExpressionBinder binder, CallSyntax syntax)
    {
        string name = syntax.Name.ToString().ToLowerInvariant();
        if (ConditionalBinder.TryBind(binder, name, syntax) is { } conditional)
        {
            RequirePlain(name, syntax);
            return conditional;
        }

        if (name == "grouping")
        {
            return BindGrouping(binder, syntax);
        }

        if (TimeWindowColumn(binder, name, syntax) is { } bound)
        {
            return bound;
        }

        switch (binder.Context.Functions.Find(name, syntax.Over is not null))
        {
            case ScalarFunction function:
                RequirePlain(name, syntax);
                ResolvedCall<ScalarOverload> call = OverloadResolution.Resolve(function, function.Overloads, CallShape.Of, binder.Bind(syntax.Arguments), syntax.Span);
                return new BoundCall(function, call.Overload, call.Arguments, call.Type);
            case AggregateFunction function when syntax.Over is null:
                return BindAggregate(binder, function, syntax);
            case AggregateFunction or WindowFunction when syntax.Over is not null:
                return WindowBinder.Bind(binder, binder.Context.Functions.Find(name, over: true)!, syntax);
            case WindowFunction:
                throw BindingErrors.NotAllowed($"{name} is a function over a window, which needs OVER (…).", syntax.Span, $"Write {name}(…) OVER (PARTITION BY … ORDER BY …).");
            case SpecialForm form:
                throw BindingErrors.NotAllowed($"{name.ToUpperInvariant()} is no value, and does not stand here. {form.Doc}", syntax.Span, $"Write {form.Forms[0]}.");
            default:
                throw BindingErrors.UnknownFunction(name, syntax.Name.Span, binder.Context.Functions.Names.Concat(["coalesce", "nullif", "if", "iif", "ifnull", "grouping"]));
        }
    }

    /// <summary>An aggregate's arguments, filter and order, bound where aggregates and windows cannot stand.</summary>
    public static BoundAggregate BindParts(ExpressionBinder inner, AggregateFunction function, CallSyntax syntax)
    {
        if (syntax.Star && function.Name != "count")
        {
            throw BindingErrors.NotAllowed($"Only count takes *, {function.Name} does not.", syntax.Span, "Name a column.");
        }

        // LISTAGG's order is no argument; that of percentiles is.
        if (syntax.WithinGroup.Count > 0 && !function.WithinGroup && !function.Overloads.Any(o => o.Ordered))
        {
            throw BindingErrors.NotAllowed($"{function.Name} does not take WITHIN GROUP.", syntax.Span, "Write ORDER BY inside the parentheses.");
        }

        List<BoundExpression> arguments = inner.Bind(syntax.Arguments);
        IReadOnlyList<BoundOrder> order = OrderBinder.Bind(inner, syntax.WithinGroup.Count > 0 ? syntax.WithinGroup : syntax.OrderBy);
        arguments.AddRange(syntax.WithinGroup.Count > 0 && function.WithinGroup ? order.Select(o => o.Expression) : []);
        ResolvedCall<AggregateOverload> call = OverloadResolution.Resolve(function, function.Overloads, CallShape.Of, arguments, syntax.Span);
        return new BoundAggregate(function, call.Overload, call.Arguments, call.Type)
        {
            Distinct = syntax.Distinct && !call.Overload.IgnoresRepeats,
            Filter = syntax.Filter is null ? null : inner.BindCondition(syntax.Filter, "The condition of FILTER"),
            OrderBy = call.Overload.Ordered || syntax.WithinGroup.Count > 0 ? order : [],
            Span = syntax.Span,
        };
    }

    private static BoundColumn BindAggregate(ExpressionBinder binder, AggregateFunction function, CallSyntax syntax)
    {
        Clause clause = binder.Clause;
        if (clause.Aggregates is null)
        {
            throw clause.InAggregate
                ? BindingErrors.NotAllowed($"{function.Name} stands inside another aggregate.", syntax.Span, "Compute the inner aggregate in a subquery.")
                : BindingErrors.NotAllowed($"{clause.Name} cannot contain the aggregate {function.Name}.", syntax.Span, clause.Name == "WHERE" ? "Conditions on aggregates stand in HAVING." : null);
        }

        ExpressionBinder inner = binder.In(new Clause($"the arguments of {function.Name}") { InAggregate = true });
        BoundAggregate aggregate = BindParts(inner, function, syntax);
        RequireOwnColumns(binder.Scope, aggregate);
        return new BoundColumn(clause.Aggregates.Add(aggregate)) { Span = syntax.Span };
    }

    // The standard gives an aggregate over columns of the outer query only to the outer query.
    private static void RequireOwnColumns(Scope scope, BoundAggregate aggregate)
    {
        bool own = false;
        bool outer = false;
        foreach (BoundExpression argument in aggregate.Arguments)
        {
            ExpressionTree.Any(argument, e =>
            {
                if (e is BoundColumn column)
                {
                    bool here = scope.Columns.Concat(scope.Tables.SelectMany(t => t.Columns)).Any(c => ExpressionTree.Any(c.Expression, x => x is BoundColumn y && y.Column == column.Column));
                    own |= here;
                    outer |= !here;
                }

                return own;
            });
        }

        if (outer && !own)
        {
            throw BindingErrors.Unsupported($"{aggregate.Function.Name} takes only columns of a query around it.", aggregate.Span, "Compute the aggregate in the outer query and name it there.");
        }
    }

    private static BoundExpression BindGrouping(ExpressionBinder binder, CallSyntax syntax)
    {
        if (binder.Clause.Aggregates is not { } aggregates || syntax.Arguments.Count is 0 or > 31)
        {
            throw BindingErrors.NotAllowed("GROUPING takes keys of GROUP BY, and stands in SELECT, HAVING or ORDER BY.", syntax.Span);
        }

        ExpressionBinder inner = binder.In(new Clause("GROUPING") { InAggregate = true });
        return new BoundColumn(aggregates.AddGrouping([.. syntax.Arguments.Select(inner.BindSettled)], syntax.Span));
    }

    // tumble_start() and its kin are the bounds of the window that the row is in.
    private static BoundExpression? TimeWindowColumn(ExpressionBinder binder, string name, CallSyntax syntax)
    {
        string? column = name switch
        {
            "tumble_start" or "hop_start" or "session_start" or "cumulate_start" or "window_start" => TimeWindowBinder.StartName,
            "tumble_end" or "hop_end" or "session_end" or "cumulate_end" or "window_end" => TimeWindowBinder.EndName,
            _ => null,
        };
        if (column is null || (syntax.Arguments.Count > 0 && binder.Context.Functions.Find(name) is not null))
        {
            return null;
        }

        return binder.Scope.Find(new Identifier(column) { Span = syntax.Span })
            ?? throw BindingErrors.BadWindow($"{name}() needs a query over time windows.", syntax.Span, "Add a WINDOW clause, or read from TUMBLE(…), HOP(…), CUMULATE(…) or SESSION(…).");
    }

    private static void RequirePlain(string name, CallSyntax syntax)
    {
        string? extra = syntax.Over is not null ? "OVER" : syntax.Distinct ? "DISTINCT" : syntax.Filter is not null ? "FILTER" : syntax.Star ? "*" : syntax.OrderBy.Count > 0 || syntax.WithinGroup.Count > 0 ? "ORDER BY" : null;
        if (extra is not null)
        {
            throw BindingErrors.NotAllowed($"{name} is no aggregate and does not take {extra}.", syntax.Span);
        }
    }
}
