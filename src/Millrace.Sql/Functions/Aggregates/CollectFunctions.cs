using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Values put together into arrays, texts, maps and JSON.</summary>
internal static class CollectFunctions
{
    private static readonly TypePattern V = TypePattern.Variable("V");

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        AggregateEntry.Function(
            "array_agg",
            "All values as an array, nulls too; ORDER BY in the call says in which order.",
            [AggregateEntry.Of([AggregateEntry.T], TypePattern.Array(AggregateEntry.T), site => new CollectAccumulator(site.Types[0])) with { Ordered = true, SkipsNulls = false, ResultType = site => DataType.List(site.Types[0]) }],
            "SELECT array_agg(x ORDER BY x) FROM (VALUES (2), (1)) AS t(x)",
            "[1,2]",
            "collect",
            "list"),
        AggregateEntry.Function(
            "string_agg",
            "Texts joined by a separator, a comma if none is given; nulls are left out.",
            [AggregateEntry.Of([DataType.Utf8, DataType.Utf8], DataType.Utf8, _ => new JoinTextAccumulator()) with { Ordered = true, Optional = 1 }],
            "SELECT string_agg(x, '-' ORDER BY x) FROM (VALUES ('b'), ('a')) AS t(x)",
            "a-b",
            "group_concat",
            "listagg"),
        AggregateEntry.Function(
            "map_agg",
            "Keys and values as a map; of equal keys the first counts, rows without a key are left out.",
            [AggregateEntry.Of([AggregateEntry.T, V], TypePattern.Map(AggregateEntry.T, V), site => new MapAccumulator(MapOf(site))) with { Ordered = true, ResultType = MapOf }],
            "SELECT map_agg(k, v)['b'] FROM (VALUES ('a', 1), ('b', 2)) AS t(k, v)",
            "2"),
        AggregateEntry.Function(
            "json_agg",
            "All values as a JSON array, nulls too.",
            [AggregateEntry.Of([AggregateEntry.T], DataType.Json, site => new JsonAccumulator(new CollectAccumulator(site.Types[0]))) with { Ordered = true, SkipsNulls = false }],
            "SELECT json_agg(x ORDER BY x) FROM (VALUES (2), (1)) AS t(x)",
            "[1,2]",
            "json_arrayagg",
            "jsonb_agg"),
        AggregateEntry.Function(
            "json_object_agg",
            "Keys and values as a JSON object; of equal keys the first counts.",
            [AggregateEntry.Of([DataType.Utf8, V], DataType.Json, site => new JsonAccumulator(new MapAccumulator(MapOf(site)))) with { Ordered = true }],
            "SELECT json_object_agg(k, v ORDER BY k) FROM (VALUES ('b', 2), ('a', 1)) AS t(k, v)",
            "{\"a\":1,\"b\":2}",
            "json_objectagg",
            "jsonb_object_agg"),
    ];

    private static DataType MapOf(ScalarCallSite site) => DataType.Map(site.Types[0], site.Types[1]);
}
