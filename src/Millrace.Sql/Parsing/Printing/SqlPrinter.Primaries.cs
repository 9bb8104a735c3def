using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

// Expressions that need no parentheses: constants, names, calls, constructors.
public sealed partial class SqlPrinter
{
    private void Primary(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case LiteralSyntax literal:
                Literal(literal);
                break;
            case TypedLiteralSyntax typed:
                Add(typed.Type.Text, " ").Text(typed.Text);
                break;
            case IntervalSyntax interval:
                Interval(interval.Value);
                break;
            case NameSyntax name:
                Name(name.Name);
                break;
            case StarSyntax star:
                Star(star);
                break;
            case CallSyntax call:
                Call(call);
                break;
            case CastSyntax cast:
                Add(cast.Try ? "TRY_CAST(" : "CAST(");
                Expression(cast.Operand);
                Add(" AS ", cast.Type.Text, ")");
                break;
            case CaseSyntax choice:
                Case(choice);
                break;
            case ExistsSyntax exists:
                Add("EXISTS (");
                Query(exists.Query);
                Add(")");
                break;
            case ScalarQuerySyntax scalar:
                Add("(");
                Query(scalar.Query);
                Add(")");
                break;
            case ArraySyntax array:
                Add("ARRAY[");
                List(array.Items, Expression);
                Add("]");
                break;
            case MapSyntax map:
                Add("MAP {");
                for (int i = 0; i < map.Keys.Count; i++)
                {
                    Add(i == 0 ? "" : ", ");
                    Expression(map.Keys[i]);
                    Add(": ");
                    Expression(map.Values[i]);
                }

                Add("}");
                break;
            case StructSyntax fields:
                Add("STRUCT").InParentheses(fields.Fields, Item);
                break;
            default:
                Access(expression);
                break;
        }
    }

    private void Access(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case SubscriptSyntax subscript:
                Accessed(subscript.Operand);
                Add("[");
                Expression(subscript.Index);
                Add("]");
                break;
            case SliceSyntax slice:
                Accessed(slice.Operand);
                Add("[");
                if (slice.From is not null)
                {
                    Expression(slice.From);
                }

                Add(":");
                if (slice.To is not null)
                {
                    Expression(slice.To);
                }

                Add("]");
                break;
            case FieldSyntax field:
                bool plain = field.Operand is CallSyntax or SubscriptSyntax or SliceSyntax or FieldSyntax or ScalarQuerySyntax;
                Add(plain ? "" : "(");
                Expression(field.Operand);
                Add(plain ? "." : ").");
                AnyName(field.Field);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"The printer does not know {expression.GetType().Name}.");
        }
    }

    // map[…] would be a constructor.
    private void Accessed(ExpressionSyntax operand)
    {
        bool map = operand is NameSyntax { Name.Parts: [{ Quoted: false } name] } && Keywords.Find(name.Text) == Keyword.Map;
        Expression(operand, map ? Precedence.Primary + 1 : Precedence.Subscript);
    }

    private void Literal(LiteralSyntax literal)
    {
        switch (literal.Kind)
        {
            case LiteralKind.Null:
                Add("NULL");
                break;
            case LiteralKind.Boolean:
                Add(literal.Text.ToUpperInvariant());
                break;
            case LiteralKind.String:
                Text(literal.Text);
                break;
            case LiteralKind.Bytes:
                Add("X'", literal.Text, "'");
                break;
            default:
                Add(literal.Text);
                break;
        }
    }

    private void Interval(Interval value)
    {
        Span<byte> text = stackalloc byte[IntervalText.MaxLength];
        Add("INTERVAL '", Encoding.UTF8.GetString(text[..IntervalText.Format(value, text)]), "'");
    }

    private void Star(StarSyntax star)
    {
        if (star.Qualifier is not null)
        {
            Name(star.Qualifier).Add(".");
        }

        Add("*");
        if (star.Except.Count > 0)
        {
            Add(" EXCEPT ").InParentheses(star.Except, Name);
        }

        if (star.Replace.Count > 0)
        {
            Add(" REPLACE ").InParentheses(star.Replace, Item);
        }
    }

    private void Case(CaseSyntax choice)
    {
        Add("CASE");
        if (choice.Operand is not null)
        {
            Add(" ");
            Expression(choice.Operand);
        }

        foreach (CaseBranch branch in choice.Branches)
        {
            Add(" WHEN ");
            Expression(branch.When);
            Add(" THEN ");
            Expression(branch.Then);
        }

        if (choice.Else is not null)
        {
            Add(" ELSE ");
            Expression(choice.Else);
        }

        Add(" END");
    }

    private void Call(CallSyntax call)
    {
        // LEFT, RIGHT and JOIN are functions although they are reserved.
        bool function = call.Name.Parts.Count == 1 && Keywords.Find(call.Name.Last.Text) is Keyword.Left or Keyword.Right or Keyword.Join;
        Name(call.Name, function).Add("(", call.Star ? "*" : "", call.Distinct ? "DISTINCT " : "");
        List(call.Arguments, Expression);
        if (call.OrderBy.Count > 0)
        {
            Add(call.Arguments.Count > 0 ? " " : "");
            OrderBy(call.OrderBy);
        }

        Add(")");
        if (call.WithinGroup.Count > 0)
        {
            Add(" WITHIN GROUP (");
            OrderBy(call.WithinGroup);
            Add(")");
        }

        if (call.Filter is not null)
        {
            Add(" FILTER (WHERE ");
            Expression(call.Filter);
            Add(")");
        }

        Add(call.IgnoreNulls ? " IGNORE NULLS" : "");
        if (call.Over is not null)
        {
            Add(" OVER ");
            Window(call.Over);
        }
    }
}
