using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

// Windows over rows (OVER) with their frames.
internal sealed partial class Parser
{
    private WindowSyntax ParseOver()
    {
        int start = ++_at;
        if (Is(TokenKind.OpenParen))
        {
            return ParseWindow();
        }

        Identifier name = ParseName("the name of a window");
        return new WindowSyntax { Base = name, Span = From(start) };
    }

    private List<NamedWindow> ParseNamedWindows()
    {
        var windows = new List<NamedWindow>();
        do
        {
            int start = _at;
            Identifier name = ParseName("the name of a window");
            Expect(Keyword.As);
            WindowSyntax window = ParseWindow();
            windows.Add(new NamedWindow(name, window) { Span = From(start) });
        }
        while (Try(TokenKind.Comma));
        return windows;
    }

    private WindowSyntax ParseWindow()
    {
        int start = _at;
        Expect(TokenKind.OpenParen, "'('");
        Identifier? basis = null;
        bool buffered = Current.Keyword is Keyword.Rows && Peek(1).Keyword == Keyword.Window;
        (long rows, bool onFull, Interval? expire) buffer = default;
        if (buffered)
        {
            _at += 2;
            Expect(Keyword.Buffer);
            buffer.rows = ParseCount("a number of rows", int.MaxValue);
            _at += Current.Keyword is Keyword.Rows or Keyword.Row ? 1 : throw Unexpected("ROWS", Keyword.Rows);
        }
        else if (Is(TokenKind.QuotedName) || (Is(TokenKind.Word) && !Keywords.IsReserved(Current.Keyword) && !(Is(Keyword.Partition) && Peek(1).Keyword == Keyword.By) && !AtFrame()))
        {
            basis = ParseName("the name of a window");
        }

        List<ExpressionSyntax>? partition = null;
        List<OrderItem>? order = null;
        FrameSyntax? frame = null;
        bool emitted = false;
        bool expires = false;
        while (!Is(TokenKind.CloseParen))
        {
            if (Is(Keyword.Partition) && partition is null && (buffered || (order is null && frame is null)))
            {
                _at++;
                Expect(Keyword.By);
                partition = ParseExpressions();
                Follows("','");
            }
            else if (Is(Keyword.Order) && order is null && (buffered || frame is null))
            {
                order = ParseOrderBy();
                Follows("','");
            }
            else if (AtFrame() && frame is null)
            {
                frame = ParseFrame();
            }
            else if (buffered && Is(Keyword.Emit) && !emitted)
            {
                emitted = true;
                buffer.onFull = ParseBufferEmission();
            }
            else if (buffered && Is(Keyword.Expire) && !expires)
            {
                expires = true;
                buffer.expire = ParseExpiry();
            }
            else
            {
                throw Unexpected("PARTITION BY, ORDER BY, a frame or ')'");
            }
        }

        _at++;
        return new WindowSyntax
        {
            Base = basis,
            PartitionBy = partition ?? [],
            OrderBy = order ?? [],
            Frame = frame,
            Buffer = buffered ? new RowBufferSyntax(buffer.rows, buffer.onFull, buffer.expire) { Span = From(start) } : null,
            Span = From(start),
        };
    }

    private bool ParseBufferEmission()
    {
        _at++;
        if (Try(Keyword.Every))
        {
            Expect(Keyword.Record);
            return false;
        }

        if (!Try(Keyword.On))
        {
            throw Unexpected("EVERY RECORD or ON BUFFER FULL");
        }

        Expect(Keyword.Buffer);
        Expect(Keyword.Full);
        return true;
    }

    private Interval? ParseExpiry()
    {
        _at++;
        bool after = Try(Keyword.After);
        if (Try(Keyword.Never))
        {
            return null;
        }

        if (!after)
        {
            throw Unexpected("AFTER or NEVER");
        }

        Interval interval = ParseInterval();
        Try(Keyword.Inactivity);
        return interval;
    }

    private bool AtFrame() => Current.Keyword is Keyword.Rows or Keyword.Range or Keyword.Groups && Peek(1).Kind is not (TokenKind.CloseParen or TokenKind.Comma);

    private FrameSyntax ParseFrame()
    {
        int start = _at;
        FrameUnit unit = Is(Keyword.Rows) ? FrameUnit.Rows : Is(Keyword.Range) ? FrameUnit.Range : FrameUnit.Groups;
        _at++;
        bool between = Try(Keyword.Between);
        int first = _at;
        FrameBound from = ParseBound();
        FrameBound to = new(FrameBoundKind.CurrentRow);
        if (between)
        {
            Expect(Keyword.And);
            to = ParseBound();
        }

        if (from.Kind == FrameBoundKind.UnboundedFollowing || to.Kind == FrameBoundKind.UnboundedPreceding || from.Kind > to.Kind)
        {
            throw ParsingErrors.Frame(_source.Place(_tokens[first].Span), between
                ? $"The frame begins at {Name(from.Kind)} and ends before, at {Name(to.Kind)}."
                : $"The frame begins at {Name(from.Kind)} and ends at the current row.");
        }

        FrameExclusion exclusion = Try(Keyword.Exclude) ? ParseExclusion() : FrameExclusion.NoOthers;
        return new FrameSyntax(unit, from, to, exclusion) { Span = From(start) };
    }

    private static string Name(FrameBoundKind kind) => kind switch
    {
        FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
        FrameBoundKind.Preceding => "a row PRECEDING",
        FrameBoundKind.CurrentRow => "CURRENT ROW",
        FrameBoundKind.Following => "a row FOLLOWING",
        _ => "UNBOUNDED FOLLOWING",
    };

    private FrameBound ParseBound()
    {
        int start = _at;
        if (Try(Keyword.Current, Keyword.Row))
        {
            return new FrameBound(FrameBoundKind.CurrentRow) { Span = From(start) };
        }

        ExpressionSyntax? offset = null;
        if (!(Is(Keyword.Unbounded) && Peek(1).Keyword is Keyword.Preceding or Keyword.Following && Try(Keyword.Unbounded)))
        {
            offset = AtInterval() && Is(TokenKind.Quantity) ? ParseDuration() : ParseExpression(Precedence.And + 1);
        }

        bool preceding = Try(Keyword.Preceding);
        if (!preceding && !Try(Keyword.Following))
        {
            throw Unexpected("PRECEDING or FOLLOWING");
        }

        FrameBoundKind kind = (preceding, offset) switch
        {
            (true, null) => FrameBoundKind.UnboundedPreceding,
            (true, _) => FrameBoundKind.Preceding,
            (false, null) => FrameBoundKind.UnboundedFollowing,
            _ => FrameBoundKind.Following,
        };
        return new FrameBound(kind, offset) { Span = From(start) };
    }

    private FrameExclusion ParseExclusion() => Current.Keyword switch
    {
        Keyword.Current when Try(Keyword.Current, Keyword.Row) => FrameExclusion.CurrentRow,
        Keyword.Group when Try(Keyword.Group) => FrameExclusion.Group,
        Keyword.Ties when Try(Keyword.Ties) => FrameExclusion.Ties,
        Keyword.No when Try(Keyword.No, Keyword.Others) => FrameExclusion.NoOthers,
        _ => throw Unexpected("CURRENT ROW, GROUP, TIES or NO OTHERS"),
    };
}
