using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>How often values stand in a group.</summary>
internal static class FrequencyFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        AggregateEntry.Function(
            "mode",
            "The most frequent value, of equally frequent ones the least.",
            [AggregateEntry.Of([AggregateEntry.T], AggregateEntry.T, site => new ValueCounts(CountFold.Mode, site.Types[0], site.Types[0], 1))],
            "SELECT mode(x) FROM (VALUES (1), (2), (2)) AS t(x)",
            "2") with { WithinGroup = true },
        AggregateEntry.Function(
            "topk",
            "The most frequent values, the most frequent first, as many as the second argument says.",
            [AggregateEntry.Of([AggregateEntry.T, DataType.Int64], TypePattern.Array(AggregateEntry.T), site => new ValueCounts(CountFold.Top, DataType.List(site.Types[0]), site.Types[0], site.TryConstant(1, out long top) ? top : 1))
                with { ResultType = site => DataType.List(site.Types[0]) }],
            "SELECT topk(x, 2) FROM (VALUES ('a'), ('b'), ('b'), ('c'), ('c'), ('c')) AS t(x)",
            "[\"c\",\"b\"]",
            "approx_top_k"),
        AggregateEntry.Function(
            "histogram",
            "Each value with its count, as a map in the order of the values.",
            [AggregateEntry.Of([AggregateEntry.T], TypePattern.Map(AggregateEntry.T, DataType.Int64), site => new ValueCounts(CountFold.Histogram, HistogramType(site), site.Types[0], 0)) with { ResultType = HistogramType }],
            "SELECT histogram(x)['b'] FROM (VALUES ('a'), ('b'), ('b')) AS t(x)",
            "2"),
        AggregateEntry.Function(
            "entropy",
            "How many bits of information a value carries, by the frequencies of the values.",
            [AggregateEntry.Of([AggregateEntry.T], DataType.Float64, site => new ValueCounts(CountFold.Entropy, DataType.Float64, site.Types[0], 0))],
            "SELECT entropy(x) FROM (VALUES (1), (2), (3), (4)) AS t(x)",
            "2"),
    ];

    private static DataType HistogramType(ScalarCallSite site) => DataType.Map(site.Types[0], DataType.Int64);
}
