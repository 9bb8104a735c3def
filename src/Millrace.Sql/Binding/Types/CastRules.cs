using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>What <c>CAST</c> does.</summary>
internal static class CastRules
{
    public static BoundExpression Explicit(BoundExpression operand, DataType type, bool tries, TextSpan span)
    {
        if (operand is UntypedLiteral { Text: { } text } literal && !type.IsNested && !tries && type.Id != TypeId.Interval && !ConstantText.TryParse(text, type, out _))
        {
            throw BindingErrors.BadConstant(text, type, literal.Span);
        }

        if (operand is not UntypedLiteral { Text: null } && !IsPossible(operand.Type, type))
        {
            throw BindingErrors.NoCast(operand.Type, type, span);
        }

        return Coercion.Cast(operand, type, tries);
    }

    // Besides what columns can be converted into, the engine reads nested values from JSON.
    public static bool IsPossible(DataType from, DataType to)
        => Cast.IsPossible(from, to) || (from.IsText && to.IsNested) || TypeRules.IsImplicit(from, to) || (from.Id == TypeId.Timestamp && to.Id == TypeId.Time);
}
