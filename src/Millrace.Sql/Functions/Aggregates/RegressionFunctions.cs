using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Pairs of numbers, y before x; rows in which either is null are left out.</summary>
internal static class RegressionFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Pair<Correlation>("corr", "The correlation of two columns; null if one of them never changes.", "1"),
        Pair<PopulationCovariance>("covar_pop", "The covariance of all pairs.", "1.3333333333333333"),
        Pair<SampleCovariance>("covar_samp", "The covariance estimated from a sample.", "2"),
        Pair<Slope>("regr_slope", "The slope of the line through pairs (y, x) with the least squares.", "2"),
        Pair<Intercept>("regr_intercept", "Where the line through pairs (y, x) meets the y axis.", "1"),
        Pair<Determination>("regr_r2", "The share of the variance of y that the line through pairs (y, x) explains.", "1"),
        Pair<PairAverageX>("regr_avgx", "The mean of x over pairs (y, x).", "2"),
        Pair<PairAverageY>("regr_avgy", "The mean of y over pairs (y, x).", "5"),
        Pair<SquaresX>("regr_sxx", "The sum of squared distances of x from its mean.", "2"),
        Pair<SquaresY>("regr_syy", "The sum of squared distances of y from its mean.", "8"),
        Pair<SquaresXY>("regr_sxy", "The sum of products of the distances of x and y from their means.", "4"),
        AggregateEntry.Function(
            "regr_count",
            "How many pairs have no null.",
            [AggregateEntry.Of([DataType.Float64, DataType.Float64], DataType.Int64, _ => new PairAccumulator<long, long, PairCount>(DataType.Int64))],
            "SELECT regr_count(y, x) FROM (VALUES (3, 1), (5, NULL)) AS t(y, x)",
            "1"),
    ];

    private static AggregateFunction Pair<TMoment>(string name, string doc, string result)
        where TMoment : struct, IPairMoment
        => AggregateEntry.Function(
            name,
            doc,
            [AggregateEntry.Of([DataType.Float64, DataType.Float64], DataType.Float64, _ => new PairAccumulator<PairMoments, double, PairFold<TMoment>>(DataType.Float64))],
            $"SELECT {name}(y, x) FROM (VALUES (3, 1), (5, 2), (7, 3)) AS t(y, x)",
            result);
}
