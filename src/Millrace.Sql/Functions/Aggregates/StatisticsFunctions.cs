using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Variances and higher moments, as doubles.</summary>
internal static class StatisticsFunctions
{
    private const string Numbers = "FROM (VALUES (2), (4), (4), (4), (5), (5), (7), (9)) AS t(x)";

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Spread<PopulationVariance>("var_pop", "The variance of all values.", "4"),
        Spread<SampleVariance>("var_samp", "The variance estimated from a sample; null for fewer than two values.", "4.571428571428571", "variance"),
        Spread<Root<PopulationVariance>>("stddev_pop", "The standard deviation of all values.", "2"),
        Spread<Root<SampleVariance>>("stddev_samp", "The standard deviation estimated from a sample; null for fewer than two values.", "2.138089935299395", "stddev"),
        Moment<Skewness>("skewness", "The skewness estimated from a sample; null for fewer than three values.", "0.818488"),
        Moment<Kurtosis>("kurtosis", "The excess kurtosis estimated from a sample; null for fewer than four values.", "0.940625"),
    ];

    private static AggregateFunction Spread<TMoment>(string name, string doc, string result, params IReadOnlyList<string> aliases)
        where TMoment : struct, IMoment
        => AggregateEntry.Function(name, doc, [AggregateEntry.Fold<double, Spread, double, SpreadFold<TMoment>>(DataType.Float64, DataType.Float64)], $"SELECT {name}(x) {Numbers}", result, aliases);

    private static AggregateFunction Moment<TMoment>(string name, string doc, string result)
        where TMoment : struct, IMoment
        => AggregateEntry.Function(name, doc, [AggregateEntry.Fold<double, Moments, double, MomentFold<TMoment>>(DataType.Float64, DataType.Float64)], $"SELECT {name}(x)::decimal(9,6) {Numbers}", result);
}
