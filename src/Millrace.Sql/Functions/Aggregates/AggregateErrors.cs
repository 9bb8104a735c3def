using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>What calls of aggregates can do wrong beyond the types of arguments.</summary>
public static class AggregateErrors
{
    public static readonly ErrorCode NoOrderCode = new("MR5285", "An aggregate needs an order that values of a type do not have.", "Compare a part of the value, or cast it to varchar.");

    internal static MillraceException NoOrder(DataType type) => NoOrderCode.Error($"Values of {type} have no least or greatest.");
}
