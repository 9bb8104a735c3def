using System.Globalization;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Numbers in GROUP BY and ORDER BY, which stand for columns of the SELECT list.</summary>
internal static class Positions
{
    public static bool TryGet(ExpressionSyntax syntax, string clause, int columns, out int position)
    {
        position = -1;
        if (syntax is not LiteralSyntax { Kind: LiteralKind.Integer } literal)
        {
            return false;
        }

        if (!int.TryParse(literal.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1 || number > columns)
        {
            throw BindingErrors.BadNumber($"{clause} {literal.Text} does not stand for a column: the SELECT list has {columns}.", syntax.Span);
        }

        position = number - 1;
        return true;
    }
}
