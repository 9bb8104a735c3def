using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>How many.</summary>
internal static class CountFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        AggregateEntry.Function(
            "count",
            "How many rows there are, or with an argument how many in which it is not null.",
            [
                AggregateEntry.Of([], DataType.Int64, _ => new CountAccumulator()),
                AggregateEntry.Of([TypePattern.Any], DataType.Int64, _ => new CountAccumulator()),
            ],
            "SELECT count(x) FROM (VALUES (1), (NULL), (3)) AS t(x)",
            "2"),
        AggregateEntry.Function(
            "count_if",
            "How many rows there are for which a condition is true.",
            [AggregateEntry.Of([DataType.Boolean], DataType.Int64, _ => new BooleanAccumulator(BooleanFold.CountTrue))],
            "SELECT count_if(x > 1) FROM (VALUES (1), (2), (3)) AS t(x)",
            "2"),
        AggregateEntry.Function(
            "approx_count_distinct",
            "About how many different values there are: exact up to 128, then with a standard error of 1.6 %.",
            [AggregateEntry.Of([TypePattern.Any], DataType.Int64, _ => new DistinctSketchAccumulator()) with { IgnoresRepeats = true }],
            "SELECT approx_count_distinct(x) FROM (VALUES (1), (2), (2)) AS t(x)",
            "2"),
        AggregateEntry.Function(
            "bool_and",
            "Whether a condition is true in all rows in which it is not null.",
            [AggregateEntry.Of([DataType.Boolean], DataType.Boolean, _ => new BooleanAccumulator(BooleanFold.And)) with { IgnoresRepeats = true }],
            "SELECT bool_and(x > 1) FROM (VALUES (2), (3)) AS t(x)",
            "true",
            "every"),
        AggregateEntry.Function(
            "bool_or",
            "Whether a condition is true in any row.",
            [AggregateEntry.Of([DataType.Boolean], DataType.Boolean, _ => new BooleanAccumulator(BooleanFold.Or)) with { IgnoresRepeats = true }],
            "SELECT bool_or(x > 2) FROM (VALUES (2), (3)) AS t(x)",
            "true",
            "any"),
    ];
}
