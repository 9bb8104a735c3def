using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Sql.Binding;

/// <summary>Bound expressions as people read them in <c>EXPLAIN</c>: close to SQL, with every cast.</summary>
public static class ExpressionText
{
    public static string Of(BoundExpression expression) => expression switch
    {
        BoundConstant constant => Constant(constant),
        BoundColumn column => column.Column.Name,
        BoundCall { Arguments: [var left, var right] } call when IsSign(call.Function.Name) => $"({Of(left)} {call.Function.Name} {Of(right)})",
        BoundCall call => $"{call.Function.Name}({List(call.Arguments)})",
        BoundCast cast => $"{(cast.Try ? "try_cast" : "cast")}({Of(cast.Operand)} as {cast.Type})",
        BoundTargetValue value => $"as {value.Column.Name}{(value.Column.Required ? " not null" : "")}: {Of(value.Operand)}",
        BoundComparison comparison => $"({Of(comparison.Left)} {Sign(comparison.Operator)} {Of(comparison.Right)})",
        BoundLogic logic => $"({string.Join(logic.And ? " and " : " or ", logic.Operands.Select(Of))})",
        BoundNot not => $"not {Of(not.Operand)}",
        BoundIsNull isNull => $"{Of(isNull.Operand)} is {(isNull.Negated ? "not " : "")}null",
        BoundIn membership => $"{Of(membership.Operand)} in ({List(membership.Values)})",
        BoundCase choice => Case(choice),
        BoundCoalesce coalesce => $"coalesce({List(coalesce.Operands)})",
        BoundField field => $"{Of(field.Operand)}.{field.Operand.Type.Children[field.Index].Name}",
        BoundSubquery subquery => $"{subquery.Kind.ToString().ToLowerInvariant()}({(subquery.Left.Count == 0 ? "" : $"{List(subquery.Left)} {Sign(subquery.Operator)} ")}…)",
        _ => expression.GetType().Name,
    };

    public static string Of(BoundAggregate aggregate)
    {
        string arguments = aggregate.Arguments.Count == 0 ? "*" : List(aggregate.Arguments);
        string order = aggregate.OrderBy.Count == 0 ? "" : $" order by {string.Join(", ", aggregate.OrderBy.Select(Of))}";
        string filter = aggregate.Filter is null ? "" : $" filter (where {Of(aggregate.Filter)})";
        return $"{aggregate.Function.Name}({(aggregate.Distinct ? "distinct " : "")}{arguments}{order}){filter}";
    }

    public static string Of(BoundOrder order)
        => $"{Of(order.Expression)}{(order.Descending ? " desc" : "")}{(order.NullsFirst == order.Descending ? "" : order.NullsFirst ? " nulls first" : " nulls last")}";

    public static string Sign(CompareOperator op) => op switch
    {
        CompareOperator.Equal => "=",
        CompareOperator.NotEqual => "<>",
        CompareOperator.Less => "<",
        CompareOperator.LessOrEqual => "<=",
        CompareOperator.Greater => ">",
        CompareOperator.GreaterOrEqual => ">=",
        CompareOperator.DistinctFrom => "is distinct from",
        _ => "is not distinct from",
    };

    private static string List(IEnumerable<BoundExpression> expressions) => string.Join(", ", expressions.Select(Of));

    private static bool IsSign(string name) => name.Length > 0 && !char.IsLetter(name[0]);

    private static string Case(BoundCase choice)
    {
        IEnumerable<string> branches = choice.Conditions.Zip(choice.Values, (c, v) => $"when {Of(c)} then {Of(v)} ");
        return $"case {string.Concat(branches)}else {Of(choice.Else)} end";
    }

    private static string Constant(BoundConstant constant)
    {
        if (constant.Value is null)
        {
            return "null";
        }

        if (constant.Value is byte[] bytes)
        {
            return $"'\\x{Convert.ToHexStringLower(bytes)}'";
        }

        using Column value = Execution.ConstantColumn.Create(constant.Type, constant.Value);
        using Column text = Cast.To(value, DataType.Utf8).Column;
        string shown = text.HasNulls ? Convert.ToString(constant.Value, CultureInfo.InvariantCulture)! : ((BinaryColumn)text).GetString(0);
        return constant.Type.IsNumeric || constant.Type.Id == TypeId.Boolean ? shown : $"'{shown.Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
