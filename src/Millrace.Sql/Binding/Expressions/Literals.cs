using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Constants as written.</summary>
internal static class Literals
{
    public static BoundExpression Bind(LiteralSyntax literal) => literal.Kind switch
    {
        LiteralKind.Null => new UntypedLiteral((string?)null) { Span = literal.Span },
        LiteralKind.String => new UntypedLiteral(literal.Text) { Span = literal.Span },
        LiteralKind.Boolean => new BoundConstant(DataType.Boolean, literal.Text.Equals("true", StringComparison.OrdinalIgnoreCase)),
        LiteralKind.Integer => NumberLiteral.Integer(literal.Text, literal.Span),
        LiteralKind.Decimal => NumberLiteral.Decimal(literal.Text, literal.Span),
        LiteralKind.Float => NumberLiteral.Float(literal.Text, literal.Span),
        _ => Coercion.To(new UntypedLiteral("\\x" + literal.Text) { Span = literal.Span }, DataType.Binary, "A bytes literal"),
    };

    public static BoundExpression Bind(TypedLiteralSyntax literal)
        => CastRules.Explicit(new UntypedLiteral(literal.Text) { Span = literal.Span }, BindingContext.ParseType(literal.Type), tries: false, literal.Span);
}
