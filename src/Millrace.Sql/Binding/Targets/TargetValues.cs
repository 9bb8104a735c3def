using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Rows that are written out for a target: each value takes the type of its column, whatever the rows around it have.</summary>
internal static class TargetValues
{
    /// <summary>Null if the query is more than its rows, or they do not have the columns that are to be filled.</summary>
    public static Relation? TryBind(QueryBodyBinder queries, QuerySyntax syntax, InsertTarget target)
    {
        TargetColumn[] columns = target.Listed.Count == 0
            ? [.. target.Columns]
            : [.. target.Listed.Select(target.IndexOf).Where(i => i >= 0).Select(i => target.Columns[i])];
        return syntax is { Body: ValuesSyntax values, With: [], OrderBy: [], Limit: null, Offset: null } && values.Rows[0].Count == columns.Length
            ? ValuesBinder.Bind(queries, values, null, null, (number, value) => Assign(value, columns[number], target))
            : null;
    }

    private static BoundExpression Assign(BoundExpression value, TargetColumn column, InsertTarget target) => value switch
    {
        UntypedLiteral { Text: null } => Coercion.Null(column.Type, value.Span),
        UntypedLiteral when !column.Type.IsNested && column.Type.Id != TypeId.Interval => Coercion.To(value, column.Type, "A value"),
        UntypedLiteral => Coercion.Cast(value, column.Type),
        _ when AssignmentRules.IsPossible(value.Type, column.Type) => Coercion.Cast(value, column.Type) is BoundCast cast ? new BoundTargetValue(cast, column) { Span = value.Span } : Coercion.Cast(value, column.Type),
        _ => throw BindingErrors.NotAssignable(target, column, null, value.Type, value.Span),
    };
}
