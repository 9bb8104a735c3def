using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Sort keys.</summary>
internal static class OrderBinder
{
    public static IReadOnlyList<BoundOrder> Bind(ExpressionBinder binder, IReadOnlyList<OrderItem> items)
        => [.. items.Select(i => Make(binder.BindSettled(i.Expression), i))];

    public static BoundOrder Make(BoundExpression expression, OrderItem item)
        => expression.Type.Id is TypeId.Map
            ? throw BindingErrors.WrongType($"Values of {expression.Type} have no order.", item.Span)
            : new BoundOrder(expression, item.Descending, item.NullsFirst ?? item.Descending);
}
