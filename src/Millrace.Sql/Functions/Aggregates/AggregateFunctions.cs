namespace Millrace.Sql.Functions;

/// <summary>All functions of this folder.</summary>
internal static class AggregateFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        .. CountFunctions.All,
        .. SumFunctions.All,
        .. ExtremeFunctions.All,
        .. StatisticsFunctions.All,
        .. RegressionFunctions.All,
        .. QuantileFunctions.All,
        .. CollectFunctions.All,
        .. FrequencyFunctions.All,
        .. BitAggregates.All,
    ];
}
