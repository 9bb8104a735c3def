namespace Millrace.Sql.Parsing;

// What stands between operators: constants, names, parentheses, constructors.
internal sealed partial class Parser
{
    private ExpressionSyntax ParseOperand()
    {
        int start = _at;
        ExpressionSyntax operand = ParseOperandOf(Current.Kind, start);
        Grow();
        return operand;
    }

    private ExpressionSyntax ParseOperandOf(TokenKind kind, int start)
    {
        switch (kind)
        {
            case TokenKind.Word:
                return ParseWord(start);
            case TokenKind.QuotedName:
                return ParseNameOrCall(start);
            case TokenKind.Integer or TokenKind.Decimal or TokenKind.Float:
                return ParseNumber();
            case TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString:
                string text = ReadString("a text");
                return new LiteralSyntax(LiteralKind.String, text) { Span = From(start) };
            case TokenKind.Bytes:
                return ParseBytes();
            case TokenKind.OpenParen:
                return ParseParentheses(start);
            case TokenKind.OpenBracket:
                return ParseArray(start);
            case TokenKind.Minus:
                return ParseUnary(UnaryOperator.Minus, Precedence.Sign, start);
            case TokenKind.Plus:
                return ParseUnary(UnaryOperator.Plus, Precedence.Sign, start);
            case TokenKind.Tilde:
                return ParseUnary(UnaryOperator.BitNot, Precedence.Other + 1, start);
            case TokenKind.Quantity:
                throw ParsingErrors.Literal(_source.Place(Current.Span), $"Found {Describe(Current)}, which is neither a number nor a name.", "A duration is written INTERVAL '5 minutes'; a name that begins with a digit stands in double quotes.");
            default:
                throw Unexpected("an expression");
        }
    }

    private UnarySyntax ParseUnary(UnaryOperator op, int power, int start)
    {
        _at++;
        ExpressionSyntax operand = ParseExpression(power);
        return new UnarySyntax(op, operand) { Span = From(start) };
    }

    private ExpressionSyntax ParseParentheses(int start)
    {
        if (AtQuery())
        {
            QuerySyntax query = ParseQueryInParentheses();
            return new ScalarQuerySyntax(query) { Span = From(start) };
        }

        _at++;
        int first = _at;
        ExpressionSyntax inner = ParseExpression();
        if (!Is(TokenKind.Comma))
        {
            Expect(TokenKind.CloseParen, "')'");
            return inner;
        }

        var fields = new List<SelectItem> { new(inner, null) { Span = From(first) } };
        while (Try(TokenKind.Comma))
        {
            ExpressionSyntax field = ParseExpression();
            fields.Add(new SelectItem(field, null) { Span = field.Span });
        }

        Expect(TokenKind.CloseParen, "')'");
        return new StructSyntax(fields) { Span = From(start) };
    }

    private ExpressionSyntax ParseWord(int start)
    {
        bool call = Peek(1).Kind == TokenKind.OpenParen;
        switch (Current.Keyword)
        {
            case Keyword.None:
                return ParseNameOrCall(start);
            case Keyword.Null:
                _at++;
                return new LiteralSyntax(LiteralKind.Null, "") { Span = From(start) };
            case Keyword.True:
            case Keyword.False:
                string value = Is(Keyword.True) ? "true" : "false";
                _at++;
                return new LiteralSyntax(LiteralKind.Boolean, value) { Span = From(start) };
            case Keyword.Not:
                return ParseUnary(UnaryOperator.Not, Precedence.Not, start);
            case Keyword.Case:
                return ParseCase(start);
            case Keyword.Array:
                _at++;
                return Is(TokenKind.OpenBracket) ? ParseArray(start) : throw Unexpected("'['");
            case Keyword.Map when Peek(1).Kind is TokenKind.OpenBracket or TokenKind.OpenBrace:
                return ParseMap(start);
            case Keyword.Interval when Peek(1).Kind is TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString or TokenKind.Integer or TokenKind.Decimal or TokenKind.Quantity:
                Columnar.Interval interval = ParseInterval();
                return new IntervalSyntax(interval) { Span = From(start) };
            case Keyword.CurrentDate or Keyword.CurrentTime or Keyword.CurrentTimestamp or Keyword.Localtime or Keyword.Localtimestamp when !call && Peek(1).Kind != TokenKind.Dot:
                string name = TextOf(Current).ToString().ToLowerInvariant();
                _at++;
                return Call(name, start);
            case Keyword.Left or Keyword.Right or Keyword.Join when call:
                return ParseNameOrCall(start);
            default:
                return call && ParseSpecialCall(start) is { } special ? special
                    : Keywords.IsReserved(Current.Keyword) ? throw Unexpected("an expression")
                    : ParseNameOrCall(start);
        }
    }

    private ExpressionSyntax ParseNameOrCall(int start)
    {
        QualifiedName name = ParseQualifiedName("an expression");
        if (Is(TokenKind.OpenParen))
        {
            ExpressionSyntax call = ParseCall(name, start);
            return AtString() && name.Parts.Count == 1 && IsTypeName(_tokens[start]) && _tokens[_at - 1].Kind == TokenKind.CloseParen ? ParseTypedLiteral(start) : call;
        }

        return name.Parts.Count == 1 && IsTypeName(_tokens[start]) && (AtString() || AtZone() || (Is(Keyword.Precision) && IsString(Peek(1))))
            ? ParseTypedLiteral(start)
            : new NameSyntax(name) { Span = From(start) };
    }

    private bool AtString() => IsString(Current);

    private static bool IsString(in Token token) => token.Kind is TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString;

    // TIMESTAMP WITH TIME ZONE '…'
    private bool AtZone() => Current.Keyword is Keyword.With or Keyword.Without && Peek(1).Keyword == Keyword.Time && Peek(2).Keyword == Keyword.Zone && IsString(Peek(3));

    private TypedLiteralSyntax ParseTypedLiteral(int start)
    {
        _at = start;
        TypeSyntax type = ParseType();
        string text = ReadString("a text");
        return new TypedLiteralSyntax(type, text) { Span = From(start) };
    }

    private CaseSyntax ParseCase(int start)
    {
        _at++;
        ExpressionSyntax? operand = Is(Keyword.When) ? null : ParseExpression();
        var branches = new List<CaseBranch>();
        int branch = _at;
        Expect(Keyword.When);
        do
        {
            ExpressionSyntax when = ParseExpression();
            Expect(Keyword.Then);
            ExpressionSyntax then = ParseExpression();
            branches.Add(new CaseBranch(when, then) { Span = From(branch) });
            branch = _at;
        }
        while (Try(Keyword.When));
        Follows("WHEN, ELSE");
        ExpressionSyntax? otherwise = Try(Keyword.Else) ? ParseExpression() : null;
        Expect(Keyword.End);
        return new CaseSyntax(operand, branches, otherwise) { Span = From(start) };
    }

    private ArraySyntax ParseArray(int start)
    {
        _at++;
        List<ExpressionSyntax> items = Is(TokenKind.CloseBracket) ? [] : ParseExpressions();
        Follows("','");
        Expect(TokenKind.CloseBracket, "']'");
        return new ArraySyntax(items) { Span = From(start) };
    }

    private MapSyntax ParseMap(int start)
    {
        _at++;
        bool braces = Is(TokenKind.OpenBrace);
        _at++;
        var keys = new List<ExpressionSyntax>();
        var values = new List<ExpressionSyntax>();
        TokenKind close = braces ? TokenKind.CloseBrace : TokenKind.CloseBracket;
        while (!Is(close))
        {
            keys.Add(ParseExpression());
            Expect(braces ? TokenKind.Colon : TokenKind.Comma, braces ? "':'" : "',' and the value of the key");
            values.Add(ParseExpression());
            if (!Try(TokenKind.Comma))
            {
                Follows("','");
                break;
            }
        }

        Expect(close, braces ? "'}'" : "']'");
        return new MapSyntax(keys, values) { Span = From(start) };
    }
}
