using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Binds the expressions of one clause.</summary>
internal sealed class ExpressionBinder(QueryBodyBinder queries, Scope scope, CommonTables? commonTables, Clause clause)
{
    public BindingContext Context => Queries.Context;

    public QueryBodyBinder Queries { get; } = queries;

    public Scope Scope { get; } = scope;

    public CommonTables? CommonTables { get; } = commonTables;

    public Clause Clause { get; } = clause;

    /// <summary>A binder for a part of an expression in which other things are allowed.</summary>
    public ExpressionBinder In(Clause other) => new(Queries, Scope, CommonTables, other);

    /// <summary>Binds an expression; literals without a type stay so.</summary>
    public BoundExpression Bind(ExpressionSyntax syntax)
    {
        StackGuard.Check(syntax.Span);
        BoundExpression bound = BindCore(syntax);
        return bound.Span == default ? bound with { Span = syntax.Span } : bound;
    }

    /// <summary>Binds an expression that has a type.</summary>
    public BoundExpression BindSettled(ExpressionSyntax syntax) => Coercion.Settle(Bind(syntax));

    public List<BoundExpression> Bind(IEnumerable<ExpressionSyntax> syntax) => [.. syntax.Select(Bind)];

    public BoundExpression BindCondition(ExpressionSyntax syntax, string what) => Coercion.Condition(Bind(syntax), what);

    public BoundExpression BindAs(ExpressionSyntax syntax, DataType type, string what) => Coercion.To(Bind(syntax), type, what);

    private BoundExpression BindCore(ExpressionSyntax syntax) => syntax switch
    {
        LiteralSyntax e => Literals.Bind(e),
        TypedLiteralSyntax e => Literals.Bind(e),
        IntervalSyntax e => new BoundConstant(DataType.Interval, e.Value),
        NameSyntax e => BindName(e),
        UnarySyntax e => OperatorBinder.Bind(this, e),
        BinarySyntax e => OperatorBinder.Bind(this, e),
        IsSyntax e => PredicateBinder.Bind(this, e),
        DistinctFromSyntax e => PredicateBinder.Bind(this, e),
        BetweenSyntax e => PredicateBinder.Bind(this, e),
        InListSyntax e => PredicateBinder.Bind(this, e),
        LikeSyntax e => PredicateBinder.Bind(this, e),
        CaseSyntax e => ConditionalBinder.Bind(this, e),
        CastSyntax e => BindCast(e),
        CallSyntax e => CallBinder.Bind(this, e),
        ArraySyntax or MapSyntax or StructSyntax or SubscriptSyntax or SliceSyntax or FieldSyntax => NestedBinder.Bind(this, syntax),
        ScalarQuerySyntax or ExistsSyntax or InQuerySyntax or QuantifiedSyntax => SubqueryBinder.Bind(this, syntax),
        StarSyntax => throw BindingErrors.NotAllowed("* stands for several columns and cannot be part of an expression.", syntax.Span, "Name the columns, or use count(*)."),
        _ => throw new InvalidOperationException(syntax.GetType().Name),
    };

    private BoundExpression BindName(NameSyntax name)
    {
        Identifier? alias = name.Name.Parts.Count == 1 ? name.Name.Last : null;
        if (Scope.Resolve(name.Name) is not { } found)
        {
            // What an alias stands for stays the same object: a volatile call is computed once for all its names.
            return (alias is null ? null : Clause.Alias?.Invoke(alias)) ?? throw UnknownName(name);
        }

        // An encoding by index is no type of SQL's.
        found = found.Type.Id == TypeId.Dictionary ? new BoundCast(found, found.Type.DictionaryValue) : found;
        return found with { Span = name.Span };
    }

    private MillraceException UnknownName(NameSyntax name)
    {
        QualifiedName full = name.Name;
        if (full.Parts.Count > 1)
        {
            for (Scope? scope = Scope; scope is not null; scope = scope.Outer)
            {
                if (scope.FindTable(full.Parts[0]) is { } table)
                {
                    return BindingErrors.UnknownColumn(full.ToString(), name.Span, table.Columns.Select(c => $"{full.Parts[0].Text}.{c.Name}"));
                }
            }
        }

        string? hint = Clause.IsSelectAlias?.Invoke(full.Last) == true
            ? $"{full.Last.Text} is an alias of the SELECT list, which {Clause.Name} cannot use."
            : Scope.Tables.Count == 0 && Scope.Outer is null ? "The query has no FROM." : null;
        return BindingErrors.UnknownColumn(full.ToString(), name.Span, Scope.KnownNames(), hint);
    }

    private BoundExpression BindCast(CastSyntax syntax)
    {
        DataType type = BindingContext.ParseType(syntax.Type);
        BoundExpression operand = Bind(syntax.Operand);
        return CastRules.Explicit(operand, type, syntax.Try, syntax.Span) with { Span = syntax.Span };
    }
}
