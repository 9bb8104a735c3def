using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Arrays, maps and structs: how they are made and taken apart. All but fields are functions.</summary>
internal static class NestedBinder
{
    public static BoundExpression Bind(ExpressionBinder binder, ExpressionSyntax syntax)
    {
        switch (syntax)
        {
            case ArraySyntax e:
                return OperatorBinder.Call(binder, "array", binder.Bind(e.Items), e.Span);
            case MapSyntax e:
                BoundExpression keys = OperatorBinder.Call(binder, "array", binder.Bind(e.Keys), e.Span);
                BoundExpression values = OperatorBinder.Call(binder, "array", binder.Bind(e.Values), e.Span);
                return OperatorBinder.Call(binder, "map", [keys, values], e.Span);
            case StructSyntax e:
                return BindStruct(binder, e);
            case SubscriptSyntax e:
                return OperatorBinder.Call(binder, "element_at", [binder.Bind(e.Operand), binder.Bind(e.Index)], e.Span);
            case SliceSyntax e:
                var open = new UntypedLiteral((string?)null) { Span = e.Span };
                return OperatorBinder.Call(binder, "array_slice", [binder.Bind(e.Operand), e.From is null ? open : binder.Bind(e.From), e.To is null ? open : binder.Bind(e.To)], e.Span);
            case FieldSyntax e:
                return StructFields.Get(binder.Bind(e.Operand), e.Field);
            default:
                throw new InvalidOperationException(syntax.GetType().Name);
        }
    }

    // The names of the fields are in the type of the result, which the function makes of whatever it is given.
    private static BoundCall BindStruct(ExpressionBinder binder, StructSyntax syntax)
    {
        var fields = new Field[syntax.Fields.Count];
        var values = new List<BoundExpression>();
        for (int i = 0; i < fields.Length; i++)
        {
            SelectItem item = syntax.Fields[i];
            BoundExpression value = binder.BindSettled(item.Expression);
            string name = item.Alias?.Text ?? (item.Expression is NameSyntax column ? column.Name.Last.Text : $"f{i + 1}");
            if (fields.Take(i).Any(f => f.Name == name))
            {
                throw BindingErrors.Duplicate("fields", name, item.Span);
            }

            fields[i] = new Field(name, value.Type);
            values.Add(value);
        }

        var call = (BoundCall)OperatorBinder.Call(binder, "struct", values, syntax.Span);
        return call with { Type = DataType.Struct(fields) };
    }
}
