using System.Globalization;

namespace Millrace.Sql.Parsing;

// Windows over rows and over time.
public sealed partial class SqlPrinter
{
    private void Window(WindowSyntax window)
    {
        if (window is { Base: not null, PartitionBy.Count: 0, OrderBy.Count: 0, Frame: null, Buffer: null })
        {
            Name(window.Base);
        }
        else
        {
            WindowInParentheses(window);
        }
    }

    private void WindowInParentheses(WindowSyntax window)
    {
        Add("(");
        if (window.Buffer is not null)
        {
            Add("ROWS WINDOW BUFFER ", window.Buffer.Rows.ToString(CultureInfo.InvariantCulture), " ROWS");
        }
        else if (window.Base is not null)
        {
            Name(window.Base);
        }

        if (window.PartitionBy.Count > 0)
        {
            Part("PARTITION BY ");
            List(window.PartitionBy, Expression);
        }

        if (window.OrderBy.Count > 0)
        {
            Part("");
            OrderBy(window.OrderBy);
        }

        if (window.Frame is not null)
        {
            Part("");
            Frame(window.Frame);
        }

        if (window.Buffer is { } buffer)
        {
            Add(buffer.EmitOnFull ? " EMIT ON BUFFER FULL" : "");
            if (buffer.ExpireAfter is { } expire)
            {
                Add(" EXPIRE AFTER ");
                Interval(expire);
                Add(" INACTIVITY");
            }
        }

        Add(")");
    }

    private void Part(string text) => Add(_text[^1] == '(' ? "" : " ", text);

    private void Frame(FrameSyntax frame)
    {
        Add(frame.Unit.ToString().ToUpperInvariant(), " BETWEEN ");
        Bound(frame.Start);
        Add(" AND ");
        Bound(frame.End);
        Add(frame.Exclusion switch
        {
            FrameExclusion.CurrentRow => " EXCLUDE CURRENT ROW",
            FrameExclusion.Group => " EXCLUDE GROUP",
            FrameExclusion.Ties => " EXCLUDE TIES",
            _ => "",
        });
    }

    private void Bound(FrameBound bound)
    {
        if (bound.Offset is not null)
        {
            Expression(bound.Offset, Precedence.And + 1);
        }

        Add(bound.Kind switch
        {
            FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
            FrameBoundKind.Preceding => " PRECEDING",
            FrameBoundKind.CurrentRow => "CURRENT ROW",
            FrameBoundKind.Following => " FOLLOWING",
            _ => "UNBOUNDED FOLLOWING",
        });
    }

    private void TimeWindow(WindowClause window)
    {
        Add(" WINDOW ", window.Kind switch { TimeWindowKind.Tumble => "TUMBLING(", TimeWindowKind.Hop => "SLIDING(", _ => "SESSION(" });
        if (window.Time is not null)
        {
            Expression(window.Time);
            Add(", ");
        }

        Interval(window.Size);
        if (window.Advance is { } advance)
        {
            Add(", ");
            Interval(advance);
        }

        Clause(", ", window.Key);
        Add(")");
    }
}
