using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>
/// <c>SET_HEADER(k, v)</c> and <c>REMOVE_HEADER(k)</c> of a SELECT list. Together they are one column more, the last one: a map
/// from names of headers to their values, null for a header that is to go. A target that carries headers takes it out of the
/// row; for any other target such a query is refused.
/// </summary>
public static class OutgoingHeaders
{
    /// <summary>Name of the column.</summary>
    public const string ColumnName = "_headers";

    private const string Hint = "Write SET_HEADER('trace', id) or REMOVE_HEADER('trace') as an item of its own of the SELECT list.";

    private const string Setting = "set_header";
    private const string Removing = "remove_header";

    /// <summary>Whether the rows of a query have headers.</summary>
    public static bool IsIn(QuerySyntax query) => IsIn(query.Body);

    /// <summary>The items with a column in place of the calls.</summary>
    internal static IReadOnlyList<SelectItem> Rewrite(IReadOnlyList<SelectItem> items)
    {
        if (!items.Any(i => IsCall(i.Expression)))
        {
            return items;
        }

        // Of several calls for a header the last one counts.
        var headers = new Dictionary<string, (ExpressionSyntax Key, ExpressionSyntax Value)>(StringComparer.Ordinal);
        foreach (SelectItem item in items.Where(i => IsCall(i.Expression)))
        {
            var call = (CallSyntax)item.Expression;
            bool sets = call.Name.Last.Matches(Setting);
            if (item.Alias is not null || call.Arguments.Count != (sets ? 2 : 1) || call.Arguments[0] is not LiteralSyntax { Kind: LiteralKind.String, Text: var name } key)
            {
                throw BindingErrors.NotAllowed(
                    sets ? "SET_HEADER takes the name of a header as text, and its value; it is no column, and has no name as one." : "REMOVE_HEADER takes the name of a header as text; it is no column, and has no name as one.",
                    item.Span,
                    Hint);
            }

            ExpressionSyntax value = sets ? call.Arguments[1] : new LiteralSyntax(LiteralKind.Null, "NULL") { Span = call.Span };
            headers[name] = (key, new CastSyntax(value, new TypeSyntax("VARCHAR") { Span = call.Span }, Try: false) { Span = call.Span });
        }

        var map = new MapSyntax([.. headers.Values.Select(h => h.Key)], [.. headers.Values.Select(h => h.Value)]) { Span = items.First(i => IsCall(i.Expression)).Span };
        return [.. items.Where(i => !IsCall(i.Expression)), new SelectItem(map, new Identifier(ColumnName)) { Span = map.Span }];
    }

    private static bool IsIn(QueryBody body) => body switch
    {
        SelectSyntax select => select.Items.Any(i => IsCall(i.Expression)),
        SetOperation operation => IsIn(operation.Left) || IsIn(operation.Right),
        NestedQuery nested => IsIn(nested.Query),
        _ => false,
    };

    private static bool IsCall(ExpressionSyntax expression)
        => expression is CallSyntax { Over: null, Name.Parts: [var name] } && (name.Matches(Setting) || name.Matches(Removing));
}
