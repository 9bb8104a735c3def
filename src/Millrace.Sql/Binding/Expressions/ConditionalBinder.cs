using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>CASE, and the functions that are short for it.</summary>
internal static class ConditionalBinder
{
    public static BoundExpression Bind(ExpressionBinder binder, CaseSyntax syntax)
    {
        BoundExpression? operand = syntax.Operand is null ? null : binder.Bind(syntax.Operand);
        var conditions = new List<BoundExpression>();
        foreach (CaseBranch branch in syntax.Branches)
        {
            conditions.Add(operand is null
                ? binder.BindCondition(branch.When, "A condition of CASE")
                : OperatorBinder.Compare(CompareOperator.Equal, operand, binder.Bind(branch.When), branch.When.Span));
        }

        List<BoundExpression> values = binder.Bind(syntax.Branches.Select(b => b.Then));
        values.Add(syntax.Else is null ? new UntypedLiteral((string?)null) { Span = syntax.Span } : binder.Bind(syntax.Else));
        values = Coercion.Unify(values, "CASE");
        return new BoundCase(conditions, values[..^1], values[^1]);
    }

    /// <summary>A function that is a conditional; null for all others.</summary>
    public static BoundExpression? TryBind(ExpressionBinder binder, string name, CallSyntax syntax)
    {
        switch (name)
        {
            case "coalesce":
                return Coalesce(binder, syntax, 1, int.MaxValue);
            case "ifnull" or "nvl":
                return Coalesce(binder, syntax, 2, 2);
            case "nullif":
                Require(syntax, 2, 2);
                return NullIf(binder.Bind(syntax.Arguments[0]), binder.Bind(syntax.Arguments[1]), syntax.Span);
            case "if" or "iif":
                Require(syntax, 2, 3);
                BoundExpression condition = binder.BindCondition(syntax.Arguments[0], "The condition of IF");
                BoundExpression otherwise = syntax.Arguments.Count == 3 ? binder.Bind(syntax.Arguments[2]) : new UntypedLiteral((string?)null) { Span = syntax.Span };
                List<BoundExpression> values = Coercion.Unify([binder.Bind(syntax.Arguments[1]), otherwise], "IF");
                return new BoundCase([condition], [values[0]], values[1]);
            default:
                return null;
        }
    }

    private static BoundExpression Coalesce(ExpressionBinder binder, CallSyntax syntax, int least, int most)
    {
        Require(syntax, least, most);
        List<BoundExpression> operands = Coercion.Unify(binder.Bind(syntax.Arguments), "COALESCE");
        return operands.Count == 1 ? operands[0] : new BoundCoalesce(operands);
    }

    private static BoundCase NullIf(BoundExpression value, BoundExpression other, TextSpan span)
    {
        BoundExpression equal = OperatorBinder.Compare(CompareOperator.Equal, value, other, span);
        value = Coercion.IsUntyped(value) ? ((BoundComparison)equal).Left : value;
        return new BoundCase([equal], [Coercion.Null(value.Type, span)], value);
    }

    private static void Require(CallSyntax syntax, int least, int most)
    {
        int count = syntax.Arguments.Count;
        if (count < least || count > most)
        {
            throw BindingErrors.NoOverload(syntax.Name.ToString(), [.. Enumerable.Repeat("any", count)], [$"{syntax.Name}(any, any)"], syntax.Span);
        }
    }
}
