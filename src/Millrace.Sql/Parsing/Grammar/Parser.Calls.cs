namespace Millrace.Sql.Parsing;

// Calls, with what aggregates and window functions have around their arguments, and the forms with words between arguments.
internal sealed partial class Parser
{
    private CallSyntax Call(string name, int start, params IReadOnlyList<ExpressionSyntax> arguments)
    {
        TextSpan span = From(start);
        return new CallSyntax(new QualifiedName([new Identifier(name) { Span = _tokens[start].Span }]) { Span = _tokens[start].Span }, arguments) { Span = span };
    }

    private CallSyntax ParseCall(QualifiedName name, int start)
    {
        _at++;
        bool star = Is(TokenKind.Star) && Peek(1).Kind == TokenKind.CloseParen && Try(TokenKind.Star);
        bool distinct = !star && Try(Keyword.Distinct);
        if (!star && !distinct)
        {
            Try(Keyword.All);
        }

        List<ExpressionSyntax> arguments = star || (Is(TokenKind.CloseParen) && !distinct) ? [] : ParseArguments();
        IReadOnlyList<OrderItem> order = Is(Keyword.Order) ? ParseOrderBy() : [];
        bool ignoreNulls = TryNulls();
        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        ignoreNulls |= TryNulls();
        IReadOnlyList<OrderItem> within = [];
        if (Try(Keyword.Within, Keyword.Group))
        {
            Expect(TokenKind.OpenParen, "'('");
            within = Is(Keyword.Order) ? ParseOrderBy() : throw Unexpected("ORDER BY", Keyword.Order);
            Expect(TokenKind.CloseParen, "')'");
        }

        ExpressionSyntax? filter = null;
        if (Is(Keyword.Filter) && Peek(1).Kind == TokenKind.OpenParen)
        {
            _at += 2;
            Expect(Keyword.Where);
            filter = ParseExpression();
            Expect(TokenKind.CloseParen, "')'");
        }

        ignoreNulls |= TryNulls();
        WindowSyntax? over = AtOver() ? ParseOver() : null;
        return new CallSyntax(name, arguments)
        {
            Star = star,
            Distinct = distinct,
            OrderBy = order,
            WithinGroup = within,
            Filter = filter,
            IgnoreNulls = ignoreNulls,
            Over = over,
            Span = From(start),
        };
    }

    private bool AtOver()
    {
        ref readonly Token next = ref Peek(1);
        return Is(Keyword.Over) && (next.Kind is TokenKind.OpenParen or TokenKind.QuotedName || (next.Kind == TokenKind.Word && !Keywords.IsReserved(next.Keyword)));
    }

    private bool TryNulls()
    {
        if (Peek(1).Keyword != Keyword.Nulls || Current.Keyword is not (Keyword.Ignore or Keyword.Respect))
        {
            return false;
        }

        bool ignore = Is(Keyword.Ignore);
        _at += 2;
        return ignore;
    }

    private List<ExpressionSyntax> ParseArguments()
    {
        var arguments = new List<ExpressionSyntax>();
        do
        {
            arguments.Add(AtStar() ? ParseStar() : ParseExpression());
        }
        while (Try(TokenKind.Comma));
        return arguments;
    }

    // Null for words that are ordinary functions here.
    private ExpressionSyntax? ParseSpecialCall(int start)
    {
        switch (Current.Keyword)
        {
            case Keyword.Cast:
            case Keyword.TryCast:
                return ParseCast(start);
            case Keyword.Exists:
                _at++;
                if (!AtQuery())
                {
                    _at++;
                    throw Unexpected("a query", Keyword.Select);
                }

                QuerySyntax query = ParseQueryInParentheses();
                return new ExistsSyntax(query) { Span = From(start) };
            case Keyword.Row:
            case Keyword.Struct:
                return ParseStruct(start);
            case Keyword.Extract:
                return ParseExtract(start);
            case Keyword.Substring:
                return ParseSubstring(start);
            case Keyword.Position:
                return ParsePosition(start);
            case Keyword.Overlay:
                return ParseOverlay(start);
            case Keyword.Trim:
                return ParseTrim(start);
            default:
                return null;
        }
    }

    private CastSyntax ParseCast(int start)
    {
        bool permissive = Is(Keyword.TryCast);
        _at += 2;
        ExpressionSyntax operand = ParseExpression();
        Follows("an operator");
        Expect(Keyword.As);
        TypeSyntax type = ParseType();
        Expect(TokenKind.CloseParen, "')'");
        return new CastSyntax(operand, type, permissive) { Span = From(start) };
    }

    private StructSyntax ParseStruct(int start)
    {
        _at += 2;
        var fields = new List<SelectItem>();
        if (!Is(TokenKind.CloseParen))
        {
            do
            {
                int item = _at;
                ExpressionSyntax value = ParseExpression();
                Identifier? alias = Try(Keyword.As) ? ParseAnyName("a name") : null;
                fields.Add(new SelectItem(value, alias) { Span = From(item) });
            }
            while (Try(TokenKind.Comma));
        }

        Follows("',', AS");
        Expect(TokenKind.CloseParen, "')'");
        return new StructSyntax(fields) { Span = From(start) };
    }

    // EXTRACT(part FROM a), where the part is a word or a text.
    private CallSyntax? ParseExtract(int start)
    {
        if (Peek(3).Keyword != Keyword.From || (Peek(2).Kind is not (TokenKind.Word or TokenKind.QuotedName) && !IsString(Peek(2))))
        {
            return null;
        }

        _at += 2;
        int part = _at;
        string name = AtString() ? ReadString("a part of a date") : ParseAnyName("a part of a date").Text.ToLowerInvariant();
        var literal = new LiteralSyntax(LiteralKind.String, name) { Span = From(part) };
        Expect(Keyword.From);
        ExpressionSyntax value = ParseExpression();
        Expect(TokenKind.CloseParen, "')'");
        return Call("date_part", start, literal, value);
    }

    // SUBSTRING(a FROM b FOR c), either part alone, or with commas.
    private CallSyntax ParseSubstring(int start)
    {
        QualifiedName name = ParseQualifiedName("a function");
        if (Peek(1).Kind == TokenKind.CloseParen)
        {
            return ParseCall(name, start);
        }

        _at++;
        ExpressionSyntax text = ParseExpression();
        if (Current.Keyword is not (Keyword.From or Keyword.For))
        {
            return FinishPlainCall(name, start, text);
        }

        ExpressionSyntax from = Try(Keyword.From) ? ParseExpression() : new LiteralSyntax(LiteralKind.Integer, "1");
        ExpressionSyntax? length = Try(Keyword.For) ? ParseExpression() : null;
        Expect(TokenKind.CloseParen, "')'");
        return length is null ? Call("substring", start, text, from) : Call("substring", start, text, from, length);
    }

    // POSITION(part IN text): the function takes the text first, as strpos does.
    private CallSyntax ParsePosition(int start)
    {
        QualifiedName name = ParseQualifiedName("a function");
        if (Peek(1).Kind == TokenKind.CloseParen)
        {
            return ParseCall(name, start);
        }

        _at++;
        int first = _at;
        ExpressionSyntax part = ParseExpression(Precedence.Range + 1);
        if (!Try(Keyword.In))
        {
            return FinishPlainCall(name, start, ParseOperators(part, first, Precedence.Lowest));
        }

        ExpressionSyntax text = ParseExpression(Precedence.Range + 1);
        Expect(TokenKind.CloseParen, "')'");
        return Call("position", start, text, part);
    }

    // OVERLAY(a PLACING b FROM c FOR d).
    private CallSyntax ParseOverlay(int start)
    {
        QualifiedName name = ParseQualifiedName("a function");
        if (Peek(1).Kind == TokenKind.CloseParen)
        {
            return ParseCall(name, start);
        }

        _at++;
        var arguments = new List<ExpressionSyntax> { ParseExpression() };
        if (!Try(Keyword.Placing))
        {
            return FinishPlainCall(name, start, arguments[0]);
        }

        arguments.Add(ParseExpression());
        Expect(Keyword.From);
        arguments.Add(ParseExpression());
        if (Try(Keyword.For))
        {
            arguments.Add(ParseExpression());
        }

        Expect(TokenKind.CloseParen, "')'");
        return Call("overlay", start, arguments);
    }

    // TRIM([BOTH | LEADING | TRAILING] [characters] [FROM] text [, characters]).
    private CallSyntax ParseTrim(int start)
    {
        QualifiedName name = ParseQualifiedName("a function");
        if (Peek(1).Kind == TokenKind.CloseParen)
        {
            return ParseCall(name, start);
        }

        _at++;
        Keyword side = Current.Keyword is Keyword.Both or Keyword.Leading or Keyword.Trailing && Peek(1).Kind is not (TokenKind.CloseParen or TokenKind.Comma or TokenKind.Dot) ? Current.Keyword : Keyword.None;
        _at += side == Keyword.None ? 0 : 1;
        ExpressionSyntax? characters = Is(Keyword.From) ? null : ParseExpression();
        if (!Try(Keyword.From))
        {
            return side == Keyword.None ? FinishPlainCall(name, start, characters!) : FinishTrim(side, start, characters!, null);
        }

        ExpressionSyntax text = ParseExpression();
        return FinishTrim(side, start, text, characters);
    }

    private CallSyntax FinishTrim(Keyword side, int start, ExpressionSyntax text, ExpressionSyntax? characters)
    {
        if (characters is null && Try(TokenKind.Comma))
        {
            characters = ParseExpression();
        }

        Expect(TokenKind.CloseParen, "')'");
        string name = side switch { Keyword.Leading => "ltrim", Keyword.Trailing => "rtrim", _ => "trim" };
        return characters is null ? Call(name, start, text) : Call(name, start, text, characters);
    }

    private CallSyntax FinishPlainCall(QualifiedName name, int start, ExpressionSyntax first)
    {
        var arguments = new List<ExpressionSyntax> { first };
        while (Try(TokenKind.Comma))
        {
            arguments.Add(ParseExpression());
        }

        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        return new CallSyntax(name, arguments) { Span = From(start) };
    }
}
