using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Planning;

/// <summary>Tells the last row of a partition, for plans that keep only that one. No query can call it.</summary>
internal static class LatestRow
{
    /// <summary>A call that is true in the last row of its partition.</summary>
    public static BoundWindowCall IsLast { get; } = Call();

    private static BoundWindowCall Call()
    {
        var overload = new WindowOverload { Parameters = [], Returns = DataType.Boolean, Kernel = _ => Mark };
        return new BoundWindowCall { Function = new WindowFunction("#is_last", "Whether the row is the last of its partition.", [overload]), Overload = overload, Frame = BoundFrame.Whole };
    }

    private static void Mark(in WindowCall call, ColumnBuilder results)
    {
        var target = (BooleanBuilder)results;
        target.AppendRun(false, call.Rows - 1);
        target.Append(true);
    }
}
