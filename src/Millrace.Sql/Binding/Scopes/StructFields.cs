using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Fields of structs by name.</summary>
internal static class StructFields
{
    public static BoundExpression Get(BoundExpression expression, Identifier name)
    {
        if (expression.Type.Id == TypeId.Struct)
        {
            IReadOnlyList<Field> fields = expression.Type.Children;
            int found = -1;
            for (int i = 0; i < fields.Count; i++)
            {
                if (fields[i].Name == name.Text)
                {
                    found = i;
                    break;
                }

                if (found < 0 && string.Equals(fields[i].Name, name.Text, StringComparison.OrdinalIgnoreCase))
                {
                    found = i;
                }
            }

            if (found >= 0)
            {
                return new BoundField(expression, found) { Span = name.Span };
            }
        }

        throw BindingErrors.UnknownField(name.Text, expression.Type, name.Span);
    }
}
