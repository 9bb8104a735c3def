using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Sums, averages, products and differences.</summary>
internal static class SumFunctions
{
    private static readonly DataType Wide = DataType.Decimal(38, 0);

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        AggregateEntry.Function(
            "sum",
            "The sum. Of whole numbers and decimals it is exact; of doubles it does not depend on the order of rows but in the last digit.",
            [
                Small<sbyte>(DataType.Int8), Small<short>(DataType.Int16), Small<int>(DataType.Int32),
                Small<byte>(DataType.UInt8), Small<ushort>(DataType.UInt16), Small<uint>(DataType.UInt32),
                AggregateEntry.Fold<long, ExactSum, Int128, SumExact<long>>(DataType.Int64, Wide),
                AggregateEntry.Fold<ulong, ExactSum, Int128, SumExact<ulong>>(DataType.UInt64, Wide),
                AggregateEntry.Of([TypePattern.Decimal], TypePattern.Decimal, site => new DecimalSum(DataType.Decimal(38, site.Types[0].Scale)))
                    with { ResultType = site => DataType.Decimal(38, site.Types[0].Scale) },
                AggregateEntry.Fold<float, DoubleSum, double, SumDouble<float>>(DataType.Float32, DataType.Float64),
                AggregateEntry.Fold<double, DoubleSum, double, SumDouble<double>>(DataType.Float64, DataType.Float64),
            ],
            "SELECT sum(x) FROM (VALUES (1.5), (2.25)) AS t(x)",
            "3.75"),
        AggregateEntry.Function(
            "avg",
            "The mean. Of decimals it is exact to six digits more than they have.",
            [
                Average<sbyte>(DataType.Int8), Average<short>(DataType.Int16), Average<int>(DataType.Int32),
                Average<byte>(DataType.UInt8), Average<ushort>(DataType.UInt16), Average<uint>(DataType.UInt32),
                AggregateEntry.Fold<long, ExactSum, double, AverageExact<long>>(DataType.Int64, DataType.Float64),
                AggregateEntry.Fold<ulong, ExactSum, double, AverageExact<ulong>>(DataType.UInt64, DataType.Float64),
                AggregateEntry.Of([TypePattern.Decimal], TypePattern.Decimal, site => new DecimalAverage(AverageType(site), site.Types[0].Scale)) with { ResultType = AverageType },
                AggregateEntry.Fold<float, DoubleSum, double, AverageDouble<float>>(DataType.Float32, DataType.Float64),
                AggregateEntry.Fold<double, DoubleSum, double, AverageDouble<double>>(DataType.Float64, DataType.Float64),
            ],
            "SELECT avg(x) FROM (VALUES (1), (2)) AS t(x)",
            "1.5",
            "mean"),
        AggregateEntry.Function(
            "product",
            "The product, as a double.",
            [AggregateEntry.Fold<double, Product, double, ProductFold>(DataType.Float64, DataType.Float64)],
            "SELECT product(x) FROM (VALUES (2), (3), (4)) AS t(x)",
            "24"),
        AggregateEntry.Function(
            "delta",
            "The last value less the first, in the order of the rows.",
            [
                AggregateEntry.Fold<long, Ends<long>, long, DeltaFold<long>>(DataType.Int64, DataType.Int64) with { Ordered = true },
                AggregateEntry.Fold<double, Ends<double>, double, DeltaFold<double>>(DataType.Float64, DataType.Float64) with { Ordered = true },
            ],
            "SELECT delta(x ORDER BY x) FROM (VALUES (3), (10)) AS t(x)",
            "7"),
    ];

    private static AggregateOverload Small<T>(DataType type)
        where T : unmanaged, System.Numerics.IBinaryInteger<T> => AggregateEntry.Fold<T, SmallSum, long, SumSmall<T>>(type, DataType.Int64);

    private static AggregateOverload Average<T>(DataType type)
        where T : unmanaged, System.Numerics.IBinaryInteger<T> => AggregateEntry.Fold<T, SmallSum, double, AverageSmall<T>>(type, DataType.Float64);

    private static DataType AverageType(ScalarCallSite site) => DataType.Decimal(38, Math.Min(38, site.Types[0].Scale + 6));
}
