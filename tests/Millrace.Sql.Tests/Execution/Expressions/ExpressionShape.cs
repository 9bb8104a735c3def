using Millrace.Sql.Binding;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Expressions as text, for messages of tests.</summary>
internal static class ExpressionShape
{
    public static string Of(BoundExpression expression)
    {
        string name = expression switch
        {
            BoundColumn c => c.Column.Name,
            BoundConstant c => $"{c.Value ?? "null"}::{c.Type}",
            BoundCall c => c.Function.Name,
            BoundComparison c => c.Operator.ToString(),
            BoundLogic l => l.And ? "and" : "or",
            BoundCast c => $"{(c.Try ? "try_" : "")}cast[{c.Type}]",
            BoundIn i => $"in[{string.Join(",", i.Values.Select(v => v.Value ?? "null"))}]",
            _ => expression.GetType().Name,
        };
        return expression.Children.Count == 0 ? name : $"{name}({string.Join(", ", expression.Children.Select(Of))})";
    }
}
