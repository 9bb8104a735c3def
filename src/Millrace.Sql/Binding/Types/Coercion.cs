using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Brings expressions to types.</summary>
internal static class Coercion
{
    public static bool IsUntyped(BoundExpression expression) => expression is UntypedLiteral;

    /// <summary>An expression with a type of its own: literals that no context gave a type are text.</summary>
    public static BoundExpression Settle(BoundExpression expression)
        => expression is UntypedLiteral literal ? new BoundConstant(DataType.Utf8, literal.Text) { Span = literal.Span } : expression;

    /// <summary>The expression as a type that it becomes without being asked; an error otherwise.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="type">The type.</param>
    /// <param name="what">What it is for, as the beginning of a sentence.</param>
    public static BoundExpression To(BoundExpression expression, DataType type, string what)
    {
        if (expression is UntypedLiteral literal)
        {
            return Literal(literal, type);
        }

        return TypeRules.IsImplicit(expression.Type, type) || FitsConstant(expression, type) ? Cast(expression, type) : throw BindingErrors.WrongType(what, type, expression.Type, expression.Span);
    }

    /// <summary>The expression cast, as <c>CAST</c> does it; constants are converted now.</summary>
    public static BoundExpression Cast(BoundExpression expression, DataType type, bool tries = false)
    {
        if (expression is UntypedLiteral literal && type.Id != TypeId.Utf8)
        {
            if (literal.Text is null)
            {
                return Null(type, literal.Span);
            }

            if (!type.IsNested && ConstantText.TryParse(literal.Text, type, out object? value) && !ZoneCasts.Depends(literal.Text, DataType.Utf8, type))
            {
                return new BoundConstant(type, value) { Span = literal.Span };
            }
        }

        expression = Settle(expression);
        if (expression.Type.Equals(type))
        {
            return expression;
        }

        if (expression is BoundConstant constant && !type.IsNested && ConstantCast.TryConvert(constant.Value, constant.Type, type, out object? converted))
        {
            return new BoundConstant(type, converted) { Span = constant.Span };
        }

        return new BoundCast(expression, type, tries) { Span = expression.Span };
    }

    public static BoundConstant Null(DataType type, TextSpan span) => new(type, null) { Span = span };

    /// <summary>The type that all of the expressions can have.</summary>
    /// <param name="expressions">The expressions.</param>
    /// <param name="what">What they are part of, as the beginning of a sentence.</param>
    public static DataType CommonType(IReadOnlyList<BoundExpression> expressions, string what)
    {
        DataType? common = null;
        foreach (BoundExpression expression in expressions)
        {
            if (!IsUntyped(expression))
            {
                DataType type = TypeRules.Decoded(expression.Type);
                common = common is null ? type : TypeRules.Common(common, type) ?? throw BindingErrors.NoCommonType(what, common, type, expression.Span);
            }
        }

        return common ?? DataType.Utf8;
    }

    /// <summary>All expressions in the type that they have in common.</summary>
    public static List<BoundExpression> Unify(IReadOnlyList<BoundExpression> expressions, string what)
    {
        DataType type = CommonType(expressions, what);
        return [.. expressions.Select(e => IsUntyped(e) ? Literal((UntypedLiteral)e, type) : Cast(e, type))];
    }

    /// <summary>Two sides of an operator that works on values of one type.</summary>
    public static (BoundExpression Left, BoundExpression Right) Pair(BoundExpression left, BoundExpression right, string what)
    {
        List<BoundExpression> both = Unify([left, right], what);
        return (both[0], both[1]);
    }

    /// <summary>The expression as a condition.</summary>
    public static BoundExpression Condition(BoundExpression expression, string what) => To(expression, DataType.Boolean, what);

    /// <summary>Whether a constant of a number type has a value that a smaller type holds: <c>5</c> as a tinyint.</summary>
    public static bool FitsConstant(BoundExpression expression, DataType type)
        => expression is BoundConstant { Value: not null } constant && constant.Type.IsInteger && type.IsInteger && ConstantCast.TryConvert(constant.Value, constant.Type, type, out _);

    private static BoundExpression Literal(UntypedLiteral literal, DataType type)
    {
        if (literal.Text is null)
        {
            return Null(type, literal.Span);
        }

        if (type.IsNested)
        {
            throw BindingErrors.BadConstant(literal.Text, type, literal.Span);
        }

        return !ConstantText.TryParse(literal.Text, type, out object? value) ? throw BindingErrors.BadConstant(literal.Text, type, literal.Span)
            : ZoneCasts.Depends(literal.Text, DataType.Utf8, type) ? new BoundCast(Settle(literal), type) { Span = literal.Span }
            : new BoundConstant(type, value) { Span = literal.Span };
    }
}
