using Millrace.Columnar;
using static Millrace.Sql.Functions.Define;

namespace Millrace.Sql.Functions;

/// <summary>
/// The table of the functions of JSON. They take JSON and, so that no cast is needed, text that is JSON. Paths are written
/// <c>$.a.b[0]."other name"</c>; elements count from 0, and from -1 at the end.
/// </summary>
internal static class JsonFunctions
{
    private static readonly TypePattern JsonArray = DataType.List(DataType.Json);

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Row("->", "The member of a name, the element of a number, or what a path that begins with $ leads to, as JSON.", Both(p => p.Prepares(Json, JsonExtracting.Extract), BigInt, Text))
            .Example("JSON '{\"a\": {\"b\": [1, 2]}}' -> 'a'", "{\"b\": [1, 2]}").Example("JSON '[10, 20, 30]' -> -1", "30"),
        Row("->>", "As ->, but as text; null of JSON is null.", Both(p => p.Prepares(Text, JsonExtracting.Text), BigInt, Text))
            .Example("JSON '{\"a\": \"x\\ny\"}' ->> 'a'", "x\ny").Example("JSON '{\"a\": {\"b\": [1, 2]}}' ->> '$.a.b[1]'", "2"),
        Row("json_extract", "What a path leads to, as JSON; an array of all values if the path has a *.", Both(p => p.Prepares(Json, JsonExtracting.Extract), Text))
            .Example("json_extract('{\"a\": [{\"b\": 1}, {\"b\": 2}]}', '$.a[*].b')", "[1,2]"),
        Row("json_extract_string", "What a path leads to, as text.", Both(p => p.Prepares(Text, JsonExtracting.Text), Text)).As("get_json_object")
            .Example("json_extract_string('{\"a\": \"é\"}', '$.a')", "é"),
        Row("json_value", "The string, number or boolean that a path leads to, as text; null for objects, arrays and nothing.", Both(p => p.Prepares(Text, JsonExtracting.Value), Text))
            .Example("json_value('{\"a\": {\"b\": 1.50}}', '$.a.b')", "1.50").Example("json_value('{\"a\": {\"b\": 1}}', '$.a')", "NULL"),
        Row("json_query", "The object or array that a path leads to; an array of all values if the path has a *.", Both(p => p.Prepares(Json, JsonExtracting.Query), Text))
            .Example("json_query('{\"a\": {\"b\": 1}}', '$.a')", "{\"b\": 1}"),
        Row("json_exists", "Whether a path leads to something.", Both(p => p.Prepares(Bool, JsonExtracting.Exists), Text))
            .Example("json_exists('{\"a\": null}', '$.a')", "true").Example("json_exists('{\"a\": null}', '$.b')", "false"),
        Row("json_extract_path", "What a way of names leads to, as JSON; in arrays the names are numbers.", Variadic(Json, asText: false))
            .Example("json_extract_path('{\"a\": [1, 2]}', 'a', '1')", "2"),
        Row("json_extract_path_text", "What a way of names leads to, as text.", Variadic(Text, asText: true))
            .Example("json_extract_path_text('{\"a\": {\"b\": \"x\"}}', 'a', 'b')", "x"),
        Row("json_array_length", "How many elements an array has, which a path can lead to.", Optional(p => p.Prepares(BigInt, JsonInspecting.Length)))
            .Example("json_array_length('[1, [2, 3], 4]')", "3"),
        Row("json_typeof", "object, array, string, number, boolean or null.", Optional(p => p.Prepares(Text, JsonInspecting.Kind))).As("json_type")
            .Example("json_typeof('-1.5')", "number"),
        Row("json_keys", "The names of the members of an object, which a path can lead to.", Optional(p => p.Prepares(TextArray, JsonInspecting.Keys))).As("json_object_keys")
            .Example("json_keys('{\"b\": 1, \"a\": 2}')", "[\"b\",\"a\"]"),
        Row("json_array_elements", "The elements of an array of JSON as an array, for UNNEST.", One(p => p.Gives(JsonArray, JsonInspecting.Elements(asText: false))))
            .Example("json_array_elements('[1, {\"a\": 2}]')", "[1,{\"a\": 2}]"),
        Row("json_array_elements_text", "The elements of an array of JSON as an array of texts, for UNNEST.", One(p => p.Gives(TextArray, JsonInspecting.Elements(asText: true))))
            .Example("json_array_elements_text('[\"a\", 1, null]')", "[\"a\",\"1\",null]"),
        Row("json_valid", "Whether a text is JSON.", Takes(Text).Gives(Bool, JsonInspecting.IsValid)).As("is_json")
            .Example("json_valid('{\"a\": 1')", "false"),
        Row("parse_json", "A text as JSON.", Takes(Text).Gives(Json, JsonInspecting.Parse(orNull: false))).As("json_parse")
            .Example("parse_json('[1, 2]')", "[1, 2]"),
        Row("try_parse_json", "A text as JSON; null if it is none.", Takes(Text).Gives(Json, JsonInspecting.Parse(orNull: true)))
            .Example("try_parse_json('[1, 2')", "NULL"),
        Row("to_json", "A value of any type as JSON.", Takes(Any).Gives(Json, JsonMaking.ToJson)).As("row_to_json", "array_to_json", "to_jsonb")
            .Example("to_json(ARRAY[1, NULL, 3])", "[1,null,3]").Example("to_json('say \"hi\"')", "\"say \\\"hi\\\"\""),
        Row("json_object", "An object of names and values in turn.", Takes(Any).Variadic().SeesNulls().Gives(Json, JsonMaking.Object)).As("json_build_object")
            .Example("json_object('a', 1, 'b', ARRAY['x'])", "{\"a\":1,\"b\":[\"x\"]}"),
        Row("json_array", "An array of the arguments that are not null.", Takes(Any).Variadic().SeesNulls().Gives(Json, JsonMaking.Array(withNulls: false)))
            .Example("json_array(1, NULL, 'a')", "[1,\"a\"]"),
        Row("json_build_array", "An array of the arguments; null is null.", Takes(Any).Variadic().SeesNulls().Gives(Json, JsonMaking.Array(withNulls: true)))
            .Example("json_build_array(1, NULL, 'a')", "[1,null,\"a\"]"),
    ];

    private static ScalarFunction Row(string name, string doc, params ScalarOverload[] overloads) => Function(FunctionCategory.Json, name, doc, overloads);

    // For JSON and for text, with each type of a second parameter.
    private static ScalarOverload[] Both(Func<ParameterList, ScalarOverload> make, params TypePattern[] seconds)
        => [.. seconds.Reverse().SelectMany(second => new[] { make(Takes(Json, second)), make(Takes(Text, second)) })];

    private static ScalarOverload[] Optional(Func<ParameterList, ScalarOverload> make) => [make(Takes(Json, Text).Optional(1)), make(Takes(Text, Text).Optional(1))];

    private static ScalarOverload[] One(Func<ParameterList, ScalarOverload> make) => [make(Takes(Json)), make(Takes(Text))];

    private static ScalarOverload[] Variadic(TypePattern returns, bool asText)
        => [Takes(Json, Text).Variadic().Gives(returns, JsonExtracting.ByNames(asText)), Takes(Text, Text).Variadic().Gives(returns, JsonExtracting.ByNames(asText))];
}
