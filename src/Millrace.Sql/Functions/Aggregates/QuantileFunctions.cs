using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Values by their rank.</summary>
internal static class QuantileFunctions
{
    private static readonly TypePattern Number = DataType.Float64;

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        AggregateEntry.Function(
            "median",
            "The value in the middle, or the mean of the two in the middle.",
            [AggregateEntry.Of([Number], Number, _ => new QuantileAccumulator(valueFirst: true, sorted: false))],
            "SELECT median(x) FROM (VALUES (1), (2), (10), (4)) AS t(x)",
            "3"),
        AggregateEntry.Function(
            "quantile_cont",
            "The value at a fraction of the ranks, between two values in proportion.",
            [AggregateEntry.Of([Number, Number], Number, _ => new QuantileAccumulator(valueFirst: true, sorted: false))],
            "SELECT quantile_cont(x, 0.25) FROM (VALUES (1), (2), (3)) AS t(x)",
            "1.5"),
        AggregateEntry.Function(
            "percentile_cont",
            "The value at a fraction of the ranks in the order given, between two values in proportion.",
            [AggregateEntry.Of([Number, Number], Number, _ => new QuantileAccumulator(valueFirst: false, sorted: true)) with { Ordered = true, SkipsNulls = false }],
            "SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2), (3)) AS t(x)",
            "1.5") with { WithinGroup = true },
        AggregateEntry.Function(
            "percentile_disc",
            "The first value in the order given whose rank reaches a fraction.",
            [AggregateEntry.Of([Number, AggregateEntry.T], AggregateEntry.T, site => new RankAccumulator(site.Types[1])) with { Ordered = true, SkipsNulls = false }],
            "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x) FROM (VALUES ('a'), ('b'), ('c')) AS t(x)",
            "b") with { WithinGroup = true },
        AggregateEntry.Function(
            "approx_percentile",
            "About the value at a fraction of the ranks, in little memory; the fraction is a constant.",
            [AggregateEntry.Of([Number, Number], Number, site => new QuantileSketchAccumulator(site.TryConstant(1, out double fraction) ? fraction : double.NaN))],
            "SELECT approx_percentile(x, 0.5) FROM (VALUES (1), (2), (3)) AS t(x)",
            "2",
            "approx_quantile"),
    ];
}
