namespace Millrace.Sql.Functions;

/// <summary>The functions that come with the engine: each folder lists its own.</summary>
public static class BuiltInFunctions
{
    public static FunctionTable Table { get; } = new(
    [
        .. OperatorFunctions.All,
        .. TextFunctions.All,
        .. MathFunctions.All,
        .. ConditionalFunctions.All,
        .. WindowFunctions.All,
        .. TimeFunctions.All,
        .. AggregateFunctions.All,
        .. JsonFunctions.All,
        .. NestedFunctions.All,
        .. GeoFunctions.All,
        .. MessageFunctions.All,
    ]);
}
