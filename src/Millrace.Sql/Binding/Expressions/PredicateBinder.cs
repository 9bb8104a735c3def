using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>IS, BETWEEN, IN with a list, LIKE.</summary>
internal static class PredicateBinder
{
    public static BoundExpression Bind(ExpressionBinder binder, IsSyntax syntax)
    {
        if (syntax.Test == IsTest.Null)
        {
            return new BoundIsNull(binder.BindSettled(syntax.Operand), syntax.Negated);
        }

        BoundExpression operand = binder.BindCondition(syntax.Operand, "The operand of IS");
        if (syntax.Test == IsTest.Unknown)
        {
            return new BoundIsNull(operand, syntax.Negated);
        }

        var value = new BoundConstant(DataType.Boolean, syntax.Test == IsTest.True);
        return new BoundComparison(syntax.Negated ? CompareOperator.DistinctFrom : CompareOperator.NotDistinctFrom, operand, value);
    }

    public static BoundExpression Bind(ExpressionBinder binder, DistinctFromSyntax syntax)
        => OperatorBinder.Compare(syntax.Negated ? CompareOperator.NotDistinctFrom : CompareOperator.DistinctFrom, binder.Bind(syntax.Left), binder.Bind(syntax.Right), syntax.Span);

    public static BoundExpression Bind(ExpressionBinder binder, BetweenSyntax syntax)
    {
        BoundExpression operand = binder.Bind(syntax.Operand);
        BoundExpression low = binder.Bind(syntax.Low);
        BoundExpression high = binder.Bind(syntax.High);
        BoundExpression between = Range(operand, low, high, syntax.Span);
        if (syntax.Symmetric)
        {
            between = new BoundLogic(false, [between, Range(operand, high, low, syntax.Span)]) { Span = syntax.Span };
        }

        return syntax.Negated ? new BoundNot(between) : between;
    }

    public static BoundExpression Bind(ExpressionBinder binder, InListSyntax syntax)
    {
        BoundExpression operand = binder.Bind(syntax.Operand);
        if (syntax.Operand is StructSyntax)
        {
            // Rows written out are compared value by value.
            BoundExpression[] rows = [.. syntax.Values.Select(v => OperatorBinder.Compare(CompareOperator.Equal, operand, binder.Bind(v), v.Span))];
            BoundExpression any = rows.Length == 1 ? rows[0] : new BoundLogic(false, rows) { Span = syntax.Span };
            return syntax.Negated ? new BoundNot(any) : any;
        }

        List<BoundExpression> all = Coercion.Unify([operand, .. binder.Bind(syntax.Values)], "IN");
        operand = all[0];
        List<BoundExpression> values = all[1..];
        BoundConstant[] constants = [.. values.OfType<BoundConstant>()];
        BoundExpression[] others = [.. values.Where(v => v is not BoundConstant)];
        var tests = new List<BoundExpression>();
        if (constants.Length == 1)
        {
            tests.Add(new BoundComparison(CompareOperator.Equal, operand, constants[0]) { Span = syntax.Span });
        }
        else if (constants.Length > 1)
        {
            tests.Add(new BoundIn(operand, constants) { Span = syntax.Span });
        }

        tests.AddRange(others.Select(o => new BoundComparison(CompareOperator.Equal, operand, o) { Span = syntax.Span }));
        BoundExpression found = tests.Count == 1 ? tests[0] : new BoundLogic(false, tests) { Span = syntax.Span };
        return syntax.Negated ? new BoundNot(found) : found;
    }

    public static BoundExpression Bind(ExpressionBinder binder, LikeSyntax syntax)
    {
        string name = syntax.Kind switch { LikeKind.Like => "like", LikeKind.ILike => "ilike", _ => "similar" };
        List<BoundExpression> arguments = [binder.Bind(syntax.Operand), binder.Bind(syntax.Pattern)];
        if (syntax.Escape is not null)
        {
            arguments.Add(binder.Bind(syntax.Escape));
        }

        BoundExpression like = OperatorBinder.Call(binder, name, arguments, syntax.Span);
        return syntax.Negated ? new BoundNot(like) : like;
    }

    private static BoundExpression Range(BoundExpression operand, BoundExpression low, BoundExpression high, TextSpan span)
        => new BoundLogic(true, [OperatorBinder.Compare(CompareOperator.GreaterOrEqual, operand, low, span), OperatorBinder.Compare(CompareOperator.LessOrEqual, operand, high, span)]) { Span = span };
}
