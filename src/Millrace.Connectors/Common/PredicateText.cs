using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>Predicates as texts that conditions in SQL are made of.</summary>
internal static class PredicateText
{
    // A longer condition costs the server more than the rows that it spares.
    private const int MostListed = 500;

    /// <summary>A constant as JSON has it, without quotes; null for one that is no scalar.</summary>
    public static string? Of(Column value, DataType type)
    {
        JsonNode? json = JsonNode.Parse(JsonRow.Of(new Schema(new Field("v", type)), [value], 0))!["v"];
        return json?.GetValueKind() switch
        {
            JsonValueKind.String => (string)json!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => json.ToJsonString(),
            _ => null,
        };
    }

    /// <summary>Whether a date has a year of four digits, which means the same everywhere; others, and infinity, do not.</summary>
    public static bool HasPlainYear(string text)
        => text.Length >= 10 && text[4] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0 && !text.StartsWith("0000", StringComparison.Ordinal);

    /// <summary>A list as conditions of its constants, one of which has to hold; null where one of them has none, or there are too many.</summary>
    /// <param name="predicate">The list.</param>
    /// <param name="condition">The condition of one constant; null for none.</param>
    public static string? AnyOf(ColumnPredicate predicate, Func<ColumnPredicate, string?> condition)
    {
        Column values = predicate.Value!;
        if (values.Length > MostListed)
        {
            return null;
        }

        var conditions = new string[values.Length];
        for (int i = 0; i < conditions.Length; i++)
        {
            using Column one = values.Slice(i, 1);
            if (condition(new ColumnPredicate(predicate.Column, PredicateOperator.Equal, one)) is not { } text)
            {
                return null;
            }

            conditions[i] = text;
        }

        return $"({string.Join(" OR ", conditions.Select(c => $"({c})"))})";
    }

    public static string Sign(PredicateOperator test) => test switch
    {
        PredicateOperator.Equal => "=",
        PredicateOperator.NotEqual => "<>",
        PredicateOperator.Less => "<",
        PredicateOperator.LessOrEqual => "<=",
        PredicateOperator.Greater => ">",
        PredicateOperator.GreaterOrEqual => ">=",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
