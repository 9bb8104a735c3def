using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Which columns an expression uses.</summary>
internal static class ExpressionColumns
{
    /// <summary>Each once, in the order of their first use.</summary>
    public static IReadOnlyCollection<ColumnVariable> Of(BoundExpression expression)
    {
        var found = new OrderedDictionary<ColumnVariable, bool>();
        Collect(expression, found);
        return found.Keys;
    }

    private static void Collect(BoundExpression expression, OrderedDictionary<ColumnVariable, bool> found)
    {
        if (expression is BoundColumn column)
        {
            found.TryAdd(column.Column, true);
        }

        foreach (BoundExpression child in expression.Children)
        {
            Collect(child, found);
        }
    }
}
