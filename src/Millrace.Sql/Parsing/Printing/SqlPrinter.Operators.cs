namespace Millrace.Sql.Parsing;

// Expressions made of operators: which parentheses they need.
public sealed partial class SqlPrinter
{
    private static readonly string[] Symbols = ["OR", "AND", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^", "&", "|", "#", "<<", ">>", "||", "~", "~*", "!~", "!~*", "->", "->>"];

    private void Expression(ExpressionSyntax expression) => Expression(expression, Precedence.Lowest);

    private void Expression(ExpressionSyntax expression, int min)
    {
        EnsureStack();
        bool parentheses = LevelOf(expression) < min;
        Add(parentheses ? "(" : "");
        Operator(expression);
        Add(parentheses ? ")" : "");
    }

    private static int LevelOf(ExpressionSyntax expression) => expression switch
    {
        BinarySyntax binary => Precedence.Of(binary.Operator),
        QuantifiedSyntax quantified => Precedence.Of(quantified.Operator),
        UnarySyntax { Operator: UnaryOperator.Not } => Precedence.Not,
        UnarySyntax { Operator: UnaryOperator.BitNot } => Precedence.Other,
        UnarySyntax => Precedence.Sign,
        IsSyntax or DistinctFromSyntax => Precedence.Is,
        BetweenSyntax or InListSyntax or InQuerySyntax or LikeSyntax => Precedence.Range,
        SubscriptSyntax or SliceSyntax or FieldSyntax => Precedence.Subscript,
        _ => Precedence.Primary,
    };

    private void Operator(ExpressionSyntax expression)
    {
        const int InRange = Precedence.Range + 1;
        switch (expression)
        {
            case BinarySyntax binary:
                Binary(binary);
                break;
            case UnarySyntax unary:
                Unary(unary);
                break;
            case QuantifiedSyntax quantified:
                Expression(quantified.Left, Precedence.Of(quantified.Operator) + 1);
                Add(" ", Symbols[(int)quantified.Operator], quantified.All ? " ALL (" : " ANY (");
                if (quantified.Query is not null)
                {
                    Query(quantified.Query);
                }
                else
                {
                    Expression(quantified.Array!);
                }

                Add(")");
                break;
            case IsSyntax test:
                Expression(test.Operand, Precedence.Is + 1);
                Add(test.Negated ? " IS NOT " : " IS ", test.Test.ToString().ToUpperInvariant());
                break;
            case DistinctFromSyntax distinct:
                Expression(distinct.Left, Precedence.Is + 1);
                Add(distinct.Negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
                Expression(distinct.Right, Precedence.Is + 1);
                break;
            case BetweenSyntax between:
                Expression(between.Operand, InRange);
                Add(between.Negated ? " NOT BETWEEN " : " BETWEEN ", between.Symmetric ? "SYMMETRIC " : "");
                Expression(between.Low, InRange);
                Add(" AND ");
                Expression(between.High, InRange);
                break;
            case InListSyntax list:
                Expression(list.Operand, InRange);
                Add(list.Negated ? " NOT IN " : " IN ").InParentheses(list.Values, Expression);
                break;
            case InQuerySyntax query:
                Expression(query.Operand, InRange);
                Add(query.Negated ? " NOT IN (" : " IN (");
                Query(query.Query);
                Add(")");
                break;
            case LikeSyntax like:
                Expression(like.Operand, InRange);
                Add(like.Negated ? " NOT " : " ", like.Kind switch { LikeKind.Like => "LIKE ", LikeKind.ILike => "ILIKE ", _ => "SIMILAR TO " });
                Expression(like.Pattern, InRange);
                if (like.Escape is not null)
                {
                    Add(" ESCAPE ");
                    Expression(like.Escape, InRange);
                }

                break;
            default:
                Primary(expression);
                break;
        }
    }

    private void Binary(BinarySyntax binary)
    {
        int level = Precedence.Of(binary.Operator);
        Expression(binary.Left, level == Precedence.Comparison ? level + 1 : level);
        Add(" ", Symbols[(int)binary.Operator], " ");
        Expression(binary.Right, level + 1);
    }

    private void Unary(UnarySyntax unary)
    {
        switch (unary.Operator)
        {
            case UnaryOperator.Not:
                Add("NOT ");
                Expression(unary.Operand, Precedence.Not);
                break;
            case UnaryOperator.BitNot:
                Add("~");
                Expression(unary.Operand, Precedence.Other + 1);
                break;
            default:
                // Two signs need a space between them: -- begins a comment.
                Add(unary.Operator == UnaryOperator.Minus ? "-" : "+", unary.Operand is UnarySyntax { Operator: UnaryOperator.Minus or UnaryOperator.Plus } ? " " : "");
                Expression(unary.Operand, Precedence.Sign);
                break;
        }
    }
}
