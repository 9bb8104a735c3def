using Millrace.Columnar;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Operators: logic and comparison are part of the engine, all others are functions with the operator's sign as name.</summary>
internal static class OperatorBinder
{
    public static BoundExpression Bind(ExpressionBinder binder, UnarySyntax syntax)
    {
        if (syntax.Operator == UnaryOperator.Not)
        {
            return new BoundNot(binder.BindCondition(syntax.Operand, "The operand of NOT"));
        }

        // A negative number is one constant, so that the smallest bigint can be written.
        if (syntax.Operator == UnaryOperator.Minus && syntax.Operand is LiteralSyntax { Kind: LiteralKind.Integer or LiteralKind.Decimal or LiteralKind.Float } number)
        {
            return Literals.Bind(number with { Text = "-" + number.Text, Span = syntax.Span });
        }

        BoundExpression operand = binder.Bind(syntax.Operand);
        if (syntax.Operator == UnaryOperator.Plus)
        {
            operand = Coercion.IsUntyped(operand) ? Coercion.To(operand, DataType.Float64, "The operand of +") : operand;
            return NumericTypes.Rank(operand.Type) >= 0 || operand.Type.Id == TypeId.Interval ? operand : throw BindingErrors.WrongType($"The operand of + has to be a number, found {operand.Type}.", operand.Span);
        }

        return Call(binder, syntax.Operator == UnaryOperator.Minus ? "-" : "~", [operand], syntax.Span);
    }

    public static BoundExpression Bind(ExpressionBinder binder, BinarySyntax syntax)
    {
        if (syntax.Operator is BinaryOperator.And or BinaryOperator.Or)
        {
            return BindLogic(binder, syntax);
        }

        // Chains such as a + b + c + … lean to the left, and may be longer than the stack is deep.
        var chain = new Stack<BinarySyntax>();
        ExpressionSyntax first = syntax;
        while (first is BinarySyntax { Operator: not (BinaryOperator.And or BinaryOperator.Or) } link)
        {
            chain.Push(link);
            first = link.Left;
        }

        BoundExpression left = binder.Bind(first);
        while (chain.TryPop(out BinarySyntax? link))
        {
            left = Bind(binder, link, left, binder.Bind(link.Right));
        }

        return left;
    }

    /// <summary>The comparison that an operator is; null for other operators.</summary>
    public static CompareOperator? Comparison(BinaryOperator op) => op switch
    {
        BinaryOperator.Equal => CompareOperator.Equal,
        BinaryOperator.NotEqual => CompareOperator.NotEqual,
        BinaryOperator.Less => CompareOperator.Less,
        BinaryOperator.LessOrEqual => CompareOperator.LessOrEqual,
        BinaryOperator.Greater => CompareOperator.Greater,
        BinaryOperator.GreaterOrEqual => CompareOperator.GreaterOrEqual,
        _ => null,
    };

    public static BoundExpression Compare(CompareOperator op, BoundExpression left, BoundExpression right, TextSpan span)
    {
        if (left is BoundCall { Function.Name: "struct" } row && right is BoundCall { Function.Name: "struct" } other)
        {
            return RowComparison.Compare(op, row.Arguments, other.Arguments, span);
        }

        (left, right) = Coercion.Pair(left, right, "The comparison");
        if (left.Type.Id is TypeId.Map && op is not (CompareOperator.Equal or CompareOperator.NotEqual or CompareOperator.DistinctFrom or CompareOperator.NotDistinctFrom))
        {
            throw BindingErrors.WrongType($"Values of {left.Type} have no order.", span);
        }

        return new BoundComparison(op, left, right) { Span = span };
    }

    /// <summary>A call of a function that the engine itself needs by name.</summary>
    public static BoundExpression Call(ExpressionBinder binder, string name, IReadOnlyList<BoundExpression> arguments, TextSpan span)
    {
        if (binder.Context.Functions.Find(name) is not ScalarFunction function)
        {
            throw BindingErrors.UnknownFunction(name, span, binder.Context.Functions.Names);
        }

        ResolvedCall<ScalarOverload> call = OverloadResolution.Resolve(function, function.Overloads, CallShape.Of, arguments, span);
        return new BoundCall(function, call.Overload, call.Arguments, call.Type) { Span = span };
    }

    private static BoundExpression Bind(ExpressionBinder binder, BinarySyntax syntax, BoundExpression left, BoundExpression right)
    {
        if (Comparison(syntax.Operator) is { } comparison)
        {
            return Compare(comparison, left, right, syntax.Span);
        }

        if (syntax.Operator == BinaryOperator.Concat)
        {
            (left, right) = (AsText(left, right), AsText(right, left));
        }

        string name = Name(syntax.Operator);
        bool negated = name[0] == '!';
        BoundExpression call = Call(binder, negated ? name[1..] : name, [left, right], syntax.Span);
        return negated ? new BoundNot(call) { Span = syntax.Span } : call;
    }

    // With a text beside it, anything that is no text or array becomes text.
    private static BoundExpression AsText(BoundExpression expression, BoundExpression other)
        => other.Type.Id == TypeId.Utf8 && !Coercion.IsUntyped(expression) && expression.Type.Id is not (TypeId.Utf8 or TypeId.List) ? Coercion.Cast(expression, DataType.Utf8) : expression;

    private static BoundExpression BindLogic(ExpressionBinder binder, BinarySyntax syntax)
    {
        bool and = syntax.Operator == BinaryOperator.And;
        var operands = new List<BoundExpression>();
        var pending = new Stack<ExpressionSyntax>([syntax]);
        while (pending.TryPop(out ExpressionSyntax? next))
        {
            if (next is BinarySyntax binary && binary.Operator == syntax.Operator)
            {
                pending.Push(binary.Right);
                pending.Push(binary.Left);
            }
            else
            {
                operands.Add(binder.BindCondition(next, and ? "An operand of AND" : "An operand of OR"));
            }
        }

        return new BoundLogic(and, operands) { Span = syntax.Span };
    }

    private static string Name(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.Power => "^",
        BinaryOperator.BitAnd => "&",
        BinaryOperator.BitOr => "|",
        BinaryOperator.BitXor => "#",
        BinaryOperator.ShiftLeft => "<<",
        BinaryOperator.ShiftRight => ">>",
        BinaryOperator.Concat => "||",
        BinaryOperator.RegexMatch => "~",
        BinaryOperator.RegexMatchIgnoreCase => "~*",
        BinaryOperator.RegexNoMatch => "!~",
        BinaryOperator.RegexNoMatchIgnoreCase => "!~*",
        BinaryOperator.JsonGet => "->",
        BinaryOperator.JsonGetText => "->>",
        _ => throw new InvalidOperationException(op.ToString()),
    };
}
