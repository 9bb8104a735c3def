using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>An expression of the SELECT list with the name of its column.</summary>
/// <param name="Name">The name.</param>
/// <param name="Expression">What was bound; may be a literal without a type.</param>
internal sealed record SelectedItem(string Name, BoundExpression Expression)
{
    public static string NameOf(SelectItem item, int number) => item.Alias?.Text ?? NameOf(item.Expression) ?? $"column{number}";

    private static string? NameOf(ExpressionSyntax expression) => expression switch
    {
        NameSyntax name => name.Name.Last.Text,
        FieldSyntax field => field.Field.Text,
        CallSyntax call => call.Name.Last.Text.ToLowerInvariant(),
        CastSyntax cast => NameOf(cast.Operand),
        SubscriptSyntax subscript => NameOf(subscript.Operand),
        CaseSyntax => "case",
        ExistsSyntax => "exists",
        ScalarQuerySyntax { Query.Body: SelectSyntax { Items: [var only] } } => only.Alias?.Text ?? NameOf(only.Expression),
        _ => null,
    };
}
