using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Execution.Aggregation;

/// <summary>Bound calls of built-in aggregates.</summary>
internal static class Aggregates
{
    /// <summary>A call by name, with the overload that binding would choose.</summary>
    public static BoundAggregate Call(string name, params BoundExpression[] arguments)
    {
        var function = (AggregateFunction)BuiltInFunctions.Table.Find(name)!;
        ResolvedCall<AggregateOverload> call = OverloadResolution.Resolve(function, function.Overloads, CallShape.Of, arguments, default);
        return new BoundAggregate(function, call.Overload, call.Arguments, call.Type);
    }
}
