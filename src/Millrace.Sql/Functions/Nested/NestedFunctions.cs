using Millrace.Columnar;
using static Millrace.Sql.Functions.Define;

namespace Millrace.Sql.Functions;

/// <summary>
/// The table of the functions of arrays, maps and structs. Binding calls <c>array</c> for <c>ARRAY[…]</c>, <c>map</c> with two
/// arrays for <c>MAP {…}</c>, <c>struct</c> for <c>STRUCT(…)</c> and <c>ROW(…)</c> (naming the fields in the type of the result),
/// <c>element_at</c> for <c>a[i]</c> and <c>m[k]</c>, and <c>array_slice</c> with nulls for open ends for <c>a[i:j]</c>.
/// </summary>
internal static class NestedFunctions
{
    private static readonly TypePattern T = TypePattern.Variable("T");
    private static readonly TypePattern K = TypePattern.Variable("K");
    private static readonly TypePattern V = TypePattern.Variable("V");
    private static readonly TypePattern ArrayOfT = TypePattern.Array(T);
    private static readonly TypePattern AnyArray = TypePattern.Array(Any);
    private static readonly TypePattern AnyMap = TypePattern.Map(Any, Any);
    private static readonly TypePattern MapOfKV = TypePattern.Map(K, V);

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Row("array", "An array of the arguments, as ARRAY[a, b].", Takes(T).Variadic().SeesNulls().Prepares(ArrayOfT, _ => NestedMaking.Array, site => DataType.List(site.Types.Count > 0 ? site.Types[0] : DataType.Utf8)))
            .As("list_value")
            .Example("ARRAY[1, NULL, 3]", "[1,null,3]"),
        Row("map", "A map of an array of keys and an array of values, as MAP {k: v}; keys are not null and stand once.", Takes(TypePattern.Array(K), TypePattern.Array(V)).Prepares(MapOfKV, _ => Maps.Make, site => DataType.Map(site.Types[0].Element.Type, site.Types[1].Element.Type)))
            .Example("map(ARRAY['a', 'b'], ARRAY[1, 2])", "{\"a\":1,\"b\":2}"),
        Row("struct", "A struct of the arguments, as STRUCT(a AS x, b AS y).", Takes(Any).Variadic().SeesNulls().Prepares(TypePattern.Struct, _ => NestedMaking.Struct, NestedMaking.StructType)).As("row")
            .Example("STRUCT(1 AS x, 'a' AS y)", "{\"x\":1,\"y\":\"a\"}"),

        Row("array_length", "How many elements an array has, or entries a map; 0 if it is empty.", Takes(AnyArray).Gives(Int, ArrayElements.Count), Takes(AnyMap).Gives(Int, ArrayElements.Count)).As("cardinality", "array_size", "list_length", "map_size")
            .Example("array_length(ARRAY[1, 2, 3])", "3"),
        Row("element_at", "An element by its number from 1, or from -1 at the end, as a[1]; of a map the value of a key, as m['k']. Null where there is none.",
                Takes(ArrayOfT, BigInt).Prepares(T, _ => ArrayElements.At, site => site.Types[0].Element.Type),
                Takes(MapOfKV, K).Prepares(V, _ => Maps.At, site => site.Types[0].Children[1].Type)).As("subscript", "list_extract", "array_extract", "list_element")
            .Example("element_at(ARRAY['a', 'b', 'c'], -1)", "c").Example("(ARRAY['a', 'b'])[1]", "a").Example("element_at(map(ARRAY['a'], ARRAY[1]), 'b')", "NULL"),
        Row("array_slice", "The elements from one number to another, as a[2:3]; null is an open end, negative numbers count from the end.", Takes(ArrayOfT, BigInt, BigInt).SeesNulls().Prepares(ArrayOfT, _ => ArrayChanges.Slice, Same)).As("list_slice")
            .Example("array_slice(ARRAY[1, 2, 3, 4], 2, 3)", "[2,3]").Example("array_slice(ARRAY[1, 2, 3, 4], -2, NULL)", "[3,4]"),
        Row("array_contains", "Whether an array has an element.", Takes(ArrayOfT, T).Gives(Bool, ArrayElements.Contains)).As("array_has", "list_contains", "list_has")
            .Example("array_contains(ARRAY[1, 2, 3], 2)", "true"),
        Row("array_position", "The number of the first element that is equal to a value; null if there is none.", Takes(ArrayOfT, T).Gives(Int, ArrayElements.Position)).As("list_position", "array_indexof")
            .Example("array_position(ARRAY['a', 'b', 'b'], 'b')", "2"),
        Row("array_min", "The smallest element that is not null.", Takes(ArrayOfT).Prepares(T, _ => ArrayElements.Min, site => site.Types[0].Element.Type)).As("list_min")
            .Example("array_min(ARRAY[3, NULL, 1])", "1"),
        Row("array_max", "The largest element that is not null.", Takes(ArrayOfT).Prepares(T, _ => ArrayElements.Max, site => site.Types[0].Element.Type)).As("list_max")
            .Example("array_max(ARRAY[3, NULL, 1])", "3"),

        Row("array_sort", "The elements in order, with nulls at the end; 'desc' turns it around, 'nulls first' and 'nulls last' place nulls.", Takes(ArrayOfT, Text, Text).Optional(2).Prepares(ArrayOfT, _ => ArrayChanges.Sort(descending: false), Same)).As("list_sort")
            .Example("array_sort(ARRAY[3, NULL, 1])", "[1,3,null]").Example("array_sort(ARRAY[3, NULL, 1], 'desc', 'nulls last')", "[3,1,null]"),
        Row("array_reverse_sort", "The elements in descending order, with nulls at the start.", Takes(ArrayOfT).Prepares(ArrayOfT, _ => ArrayChanges.Sort(descending: true), Same)).As("list_reverse_sort")
            .Example("array_reverse_sort(ARRAY[3, NULL, 1])", "[null,3,1]"),
        Row("array_distinct", "Every element once, where it first stands; null counts as an element.", Takes(ArrayOfT).Prepares(ArrayOfT, _ => ArrayChanges.Distinct, Same)).As("list_distinct")
            .Example("array_distinct(ARRAY[2, 1, 2, NULL, NULL])", "[2,1,null]"),
        Row("array_reverse", "The elements from the last to the first.", Takes(ArrayOfT).Prepares(ArrayOfT, _ => ArrayChanges.Reverse, Same)).As("list_reverse")
            .Example("array_reverse(ARRAY[1, 2, 3])", "[3,2,1]"),
        Row("array_compact", "The elements that are not null.", Takes(ArrayOfT).Prepares(ArrayOfT, _ => ArrayChanges.WithoutNulls, Same))
            .Example("array_compact(ARRAY[1, NULL, 3])", "[1,3]"),
        Row("flatten", "The elements of the arrays in an array.", Takes(TypePattern.Array(ArrayOfT)).Prepares(ArrayOfT, _ => ArrayChanges.Flatten, site => site.Types[0].Element.Type))
            .Example("flatten(ARRAY[ARRAY[1, 2], ARRAY[3]])", "[1,2,3]"),
        Row("array_repeat", "An array of one value so many times.", Takes(T, BigInt).SeesNulls().Prepares(ArrayOfT, _ => NestedMaking.Repeat, site => DataType.List(site.Types[0])))
            .Example("array_repeat('x', 3)", "[\"x\",\"x\",\"x\"]"),

        Row("array_append", "The array with an element at its end.", Takes(ArrayOfT, T).SeesNulls().Prepares(ArrayOfT, _ => ArrayPairs.Append, Same)).As("list_append")
            .Example("array_append(ARRAY[1, 2], 3)", "[1,2,3]"),
        Row("array_prepend", "The array with an element at its start, array_prepend(element, array).", Takes(T, ArrayOfT).SeesNulls().Prepares(ArrayOfT, _ => ArrayPairs.Append, site => site.Types[1])).As("list_prepend")
            .Example("array_prepend(1, ARRAY[2, 3])", "[1,2,3]"),
        Row("array_concat", "The elements of two arrays; a null array counts as an empty one.", Takes(ArrayOfT, ArrayOfT).SeesNulls().Prepares(ArrayOfT, _ => ArrayPairs.Append, Same)).As("array_cat", "list_concat", "list_cat")
            .Example("array_concat(ARRAY[1, 2], ARRAY[3])", "[1,2,3]"),
        Row("array_remove", "The elements that are not equal to a value.", Takes(ArrayOfT, T).Prepares(ArrayOfT, _ => ArrayPairs.Remove, Same))
            .Example("array_remove(ARRAY[1, 2, 1, NULL], 1)", "[2,null]"),
        Row("array_union", "Every element of two arrays once.", Takes(ArrayOfT, ArrayOfT).Prepares(ArrayOfT, _ => ArrayPairs.Union, Same))
            .Example("array_union(ARRAY[1, 2, 2], ARRAY[2, 3])", "[1,2,3]"),
        Row("array_intersect", "Every element once that both arrays have.", Takes(ArrayOfT, ArrayOfT).Prepares(ArrayOfT, _ => ArrayPairs.Intersect, Same)).As("list_intersect")
            .Example("array_intersect(ARRAY[1, 2, 2, 3], ARRAY[3, 2])", "[2,3]"),
        Row("array_except", "Every element once that the first array has and the second has not.", Takes(ArrayOfT, ArrayOfT).Prepares(ArrayOfT, _ => ArrayPairs.Except, Same))
            .Example("array_except(ARRAY[1, 2, 2, 3], ARRAY[3])", "[1,2]"),
        Row("array_has_any", "Whether two arrays have an element in common.", Takes(ArrayOfT, ArrayOfT).Gives(Bool, ArrayPairs.Overlap)).As("arrays_overlap", "list_has_any")
            .Example("array_has_any(ARRAY[1, 2], ARRAY[2, 3])", "true"),
        Row("array_has_all", "Whether the first array has all elements of the second.", Takes(ArrayOfT, ArrayOfT).Gives(Bool, ArrayPairs.HasAll)).As("list_has_all")
            .Example("array_has_all(ARRAY[1, 2], ARRAY[2, 3])", "false"),

        Row("map_keys", "The keys of a map.", Takes(MapOfKV).Prepares(TypePattern.Array(K), _ => Maps.Keys, site => DataType.List(site.Types[0].Children[0].Type)))
            .Example("map_keys(map(ARRAY['a', 'b'], ARRAY[1, 2]))", "[\"a\",\"b\"]"),
        Row("map_values", "The values of a map.", Takes(MapOfKV).Prepares(TypePattern.Array(V), _ => Maps.Values, site => DataType.List(site.Types[0].Children[1].Type)))
            .Example("map_values(map(ARRAY['a', 'b'], ARRAY[1, 2]))", "[1,2]"),
        Row("map_entries", "The entries of a map as an array of structs of key and value.", Takes(AnyMap).Prepares(AnyArray, _ => Maps.Entries, site => DataType.List(ListColumn.ItemType(site.Types[0]))))
            .Example("map_entries(map(ARRAY['a'], ARRAY[1]))", "[{\"key\":\"a\",\"value\":1}]"),
        Row("map_contains_key", "Whether a map has a key.", Takes(MapOfKV, K).Gives(Bool, Maps.ContainsKey)).As("map_contains")
            .Example("map_contains_key(map(ARRAY['a'], ARRAY[1]), 'a')", "true"),
    ];

    private static ScalarFunction Row(string name, string doc, params ScalarOverload[] overloads) => Function(FunctionCategory.Nested, name, doc, overloads);

    private static DataType Same(ScalarCallSite site) => site.Types[0];
}
