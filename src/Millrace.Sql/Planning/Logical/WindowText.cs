using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Planning;

/// <summary>Calls over windows as people read them in <c>EXPLAIN</c>; default frames are left out.</summary>
public static class WindowText
{
    public static string Of(BoundWindowCall call)
    {
        string head = call.Aggregate is not null ? ExpressionText.Of(call.Aggregate) : $"{call.Function!.Name}({string.Join(", ", call.Arguments.Select(ExpressionText.Of))})";
        return $"{head}{(call.IgnoreNulls ? " ignore nulls" : "")}{Of(call.Frame)}";
    }

    private static string Of(BoundFrame frame)
    {
        if (frame == BoundFrame.ToCurrent || frame == BoundFrame.Whole)
        {
            return "";
        }

        string exclusion = frame.Exclusion == FrameExclusion.NoOthers ? "" : $" exclude {frame.Exclusion}";
        return $" {frame.Unit} {Bound(frame.Start, frame.StartOffset)} to {Bound(frame.End, frame.EndOffset)}{exclusion}".ToLowerInvariant();
    }

    private static string Bound(FrameBoundKind kind, BoundExpression? offset) => kind switch
    {
        FrameBoundKind.UnboundedPreceding => "first",
        FrameBoundKind.UnboundedFollowing => "last",
        FrameBoundKind.CurrentRow => "current",
        _ => $"{ExpressionText.Of(offset!)} {kind}",
    };
}
