using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>Queries that stand in expressions.</summary>
internal static class SubqueryBinder
{
    public static BoundExpression Bind(ExpressionBinder binder, ExpressionSyntax syntax)
    {
        switch (syntax)
        {
            case ScalarQuerySyntax e:
                Relation scalar = BindQuery(binder, e.Query);
                RequireColumns(scalar, 1, e.Query.Span);
                return Make(SubqueryKind.Scalar, scalar.Plan, scalar.Columns[0].Variable.Type);
            case ExistsSyntax e:
                return Make(SubqueryKind.Exists, BindQuery(binder, e.Query).Plan, DataType.Boolean);
            case InQuerySyntax e:
                BoundExpression found = Compare(binder, SubqueryKind.Any, CompareOperator.Equal, e.Operand, e.Query);
                return e.Negated ? new BoundNot(found) { Span = e.Span } : found;
            case QuantifiedSyntax e:
                CompareOperator comparison = OperatorBinder.Comparison(e.Operator)
                    ?? throw BindingErrors.WrongType("ANY and ALL stand behind a comparison.", e.Span);
                return e.Query is not null
                    ? Compare(binder, e.All ? SubqueryKind.All : SubqueryKind.Any, comparison, e.Left, e.Query)
                    : CompareArray(binder, e, comparison);
            default:
                throw new InvalidOperationException(syntax.GetType().Name);
        }
    }

    private static Relation BindQuery(ExpressionBinder binder, QuerySyntax query) => binder.Queries.Bind(query, binder.CommonTables, binder.Scope);

    private static BoundSubquery Make(SubqueryKind kind, LogicalPlan plan, DataType type) => new(kind, plan, [.. FreeVariables.Of(plan)], type);

    private static BoundSubquery Compare(ExpressionBinder binder, SubqueryKind kind, CompareOperator comparison, ExpressionSyntax leftSyntax, QuerySyntax querySyntax)
    {
        Relation query = BindQuery(binder, querySyntax);
        IReadOnlyList<ExpressionSyntax> parts = leftSyntax is StructSyntax row ? [.. row.Fields.Select(f => f.Expression)] : [leftSyntax];
        if (parts.Count > 1 && (comparison, kind) is not (CompareOperator.Equal, SubqueryKind.Any) and not (CompareOperator.NotEqual, SubqueryKind.All))
        {
            throw BindingErrors.Unsupported("Rows of several values can only be compared with IN, = ANY and <> ALL.", leftSyntax.Span);
        }

        RequireColumns(query, parts.Count, querySyntax.Span);
        var left = new BoundExpression[parts.Count];
        var right = new Assignment[parts.Count];
        for (int i = 0; i < left.Length; i++)
        {
            RelationColumn column = query.Columns[i];
            (left[i], BoundExpression other) = Coercion.Pair(binder.Bind(parts[i]), new BoundColumn(column.Variable) { Span = querySyntax.Span }, "The comparison");
            right[i] = new Assignment(other is BoundColumn same ? same.Column : new ColumnVariable(column.Name, other.Type, other.Nullable), other);
        }

        LogicalPlan plan = right.All(r => r.Expression is BoundColumn) ? query.Plan : new LogicalProject(query.Plan, right);
        return Make(kind, plan, DataType.Boolean) with { Left = left, Operator = comparison, Span = leftSyntax.Span };
    }

    // Over an array the comparison is a function of the two: whether some, or every, element compares so.
    private static BoundExpression CompareArray(ExpressionBinder binder, QuantifiedSyntax syntax, CompareOperator comparison)
    {
        BoundExpression left = binder.Bind(syntax.Left);
        if (syntax.Array is ArraySyntax list)
        {
            BoundExpression[] tests = [.. list.Items.Select(i => OperatorBinder.Compare(comparison, left, binder.Bind(i), syntax.Span))];
            return tests.Length switch
            {
                0 => new BoundConstant(DataType.Boolean, syntax.All),
                1 => tests[0],
                _ => new BoundLogic(syntax.All, tests),
            };
        }

        BoundExpression array = binder.Bind(syntax.Array!);
        if (array.Type.Id != TypeId.List)
        {
            throw BindingErrors.WrongType($"ANY and ALL need a query or an array, found {array.Type}.", array.Span);
        }

        var element = new ColumnVariable("element", array.Type.Element.Type);
        (left, BoundExpression right) = Coercion.Pair(left, new BoundColumn(element) { Span = array.Span }, "The comparison");
        LogicalPlan plan = new LogicalUnnest(LogicalPlans.OneRow, [array], [element], null, KeepsEmpty: false);
        plan = new LogicalProject(plan, [new Assignment(new ColumnVariable("element", right.Type), right)]);
        return Make(syntax.All ? SubqueryKind.All : SubqueryKind.Any, plan, DataType.Boolean) with { Left = [left], Operator = comparison };
    }

    private static void RequireColumns(Relation query, int count, TextSpan span)
    {
        if (query.Columns.Count != count)
        {
            throw BindingErrors.ColumnCount($"The subquery has {query.Columns.Count} columns, expected {count}.", span);
        }
    }
}
