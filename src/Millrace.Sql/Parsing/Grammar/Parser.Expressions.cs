namespace Millrace.Sql.Parsing;

// Expressions: operators by their power.
internal sealed partial class Parser
{
    // Longer chains of AND or OR become balanced trees, which mean the same and are not deep.
    private const int LongChain = 64;

    public ExpressionSyntax ParseLoneExpression()
    {
        try
        {
            ExpressionSyntax expression = ParseExpression();
            return Is(TokenKind.End) && Current.Start == Current.End ? expression : throw Unexpected("an operator or the end of the expression");
        }
        catch (MillraceException error)
        {
            _errors.Add(error);
            return Missing;
        }
    }

    // Stands where an error was; no tree with one of them is given out.
    private static ExpressionSyntax Missing { get; } = new LiteralSyntax(LiteralKind.Null, "");

    private ExpressionSyntax ParseExpression(int min = Precedence.Lowest)
    {
        Descend();
        int outer = _height;
        _height = 0;
        int start = _at;
        ExpressionSyntax expression = ParseOperators(ParseOperand(), start, min);
        _height = Math.Max(outer, _height);
        _depth--;
        return expression;
    }

    // Goes on with what stands behind an operand, as long as it binds at least as strongly as min.
    private ExpressionSyntax ParseOperators(ExpressionSyntax left, int start, int min)
    {
        // The level whose operators must not follow what was just read, as `a < b` must not be followed by `< c`.
        int blocked = -1;
        while (true)
        {
            int power = PowerOfCurrent();
            if (power <= 0 || power < min)
            {
                return left;
            }

            if (power == blocked)
            {
                throw ParsingErrors.Chained(_source.Place(Current.Span), Describe(Current));
            }

            (left, blocked) = Precedence.TryInfix(Current.Kind, out BinaryOperator op)
                ? ParseBinary(left, op, start, power)
                : ParseWordOperator(left, start, power);
            Grow();
        }
    }

    private int PowerOfCurrent()
    {
        ref readonly Token token = ref Current;
        if (token.Kind != TokenKind.Word)
        {
            return Precedence.TryInfix(token.Kind, out BinaryOperator op) ? Precedence.Of(op)
                : token.Kind switch
                {
                    TokenKind.DoubleColon => Precedence.Cast,
                    TokenKind.OpenBracket or TokenKind.Dot => Precedence.Subscript,
                    _ => 0,
                };
        }

        return token.Keyword switch
        {
            Keyword.Or => Precedence.Or,
            Keyword.And => Precedence.And,
            Keyword.Is or Keyword.Isnull or Keyword.Notnull => Precedence.Is,
            Keyword.In or Keyword.Like or Keyword.Ilike or Keyword.Between => Precedence.Range,
            Keyword.Similar when Peek(1).Keyword == Keyword.To => Precedence.Range,
            Keyword.Not when Peek(1).Keyword is Keyword.In or Keyword.Like or Keyword.Ilike or Keyword.Between or Keyword.Similar => Precedence.Range,
            Keyword.At when Peek(1).Keyword == Keyword.Time => Precedence.AtTimeZone,
            _ => 0,
        };
    }

    private (ExpressionSyntax Left, int Blocked) ParseBinary(ExpressionSyntax left, BinaryOperator op, int start, int power)
    {
        TextSpan operatorSpan = Current.Span;
        _at++;
        if (Current.Keyword is Keyword.Any or Keyword.All or Keyword.Some && Peek(1).Kind == TokenKind.OpenParen)
        {
            return (ParseQuantified(left, op, start), -1);
        }

        ExpressionSyntax right = ParseExpression(power + 1);
        return (new BinarySyntax(op, left, right) { Span = From(start), OperatorSpan = operatorSpan }, power == Precedence.Comparison ? power : -1);
    }

    private QuantifiedSyntax ParseQuantified(ExpressionSyntax left, BinaryOperator op, int start)
    {
        bool all = Is(Keyword.All);
        _at++;
        if (AtQuery())
        {
            QuerySyntax query = ParseQueryInParentheses();
            return new QuantifiedSyntax(left, op, all, query, null) { Span = From(start) };
        }

        _at++;
        ExpressionSyntax array = ParseExpression();
        Expect(TokenKind.CloseParen, "')'");
        return new QuantifiedSyntax(left, op, all, null, array) { Span = From(start) };
    }

    private (ExpressionSyntax Left, int Blocked) ParseWordOperator(ExpressionSyntax left, int start, int power)
    {
        switch (Current.Kind)
        {
            case TokenKind.DoubleColon:
                _at++;
                TypeSyntax type = ParseType();
                return (new CastSyntax(left, type, false) { Span = From(start) }, -1);
            case TokenKind.OpenBracket:
                return (ParseSubscript(left, start), -1);
            case TokenKind.Dot:
                _at++;
                Identifier field = ParseAnyName("the name of a field");
                return (WithField(left, field, start), -1);
            default:
                break;
        }

        switch (Current.Keyword)
        {
            case Keyword.And:
            case Keyword.Or:
                return (ParseChain(left, start, power), -1);
            case Keyword.At:
                _at += 2;
                Expect(Keyword.Zone);
                ExpressionSyntax zone = ParseExpression(power + 1);
                return (Call("timezone", start, zone, left), -1);
            case Keyword.Is:
                return ParseIs(left, start);
            case Keyword.Isnull:
            case Keyword.Notnull:
                bool negated = Is(Keyword.Notnull);
                _at++;
                return (new IsSyntax(left, IsTest.Null, negated) { Span = From(start) }, -1);
            default:
                return ParseRange(left, start);
        }
    }

    private static ExpressionSyntax WithField(ExpressionSyntax left, Identifier field, int start, TextSpan span)
        => left is NameSyntax name
            ? new NameSyntax(new QualifiedName([.. name.Name.Parts, field]) { Span = span }) { Span = span }
            : new FieldSyntax(left, field) { Span = span };

    private ExpressionSyntax WithField(ExpressionSyntax left, Identifier field, int start) => WithField(left, field, start, From(start));

    private BinarySyntax ParseChain(ExpressionSyntax left, int start, int power)
    {
        Keyword keyword = Current.Keyword;
        BinaryOperator op = keyword == Keyword.And ? BinaryOperator.And : BinaryOperator.Or;
        var operands = new List<ExpressionSyntax> { left };
        var operators = new List<TextSpan>();
        while (Is(keyword))
        {
            operators.Add(Current.Span);
            _at++;
            operands.Add(ParseExpression(power + 1));
        }

        if (operands.Count > LongChain)
        {
            _height += 32 - int.LeadingZeroCount(operands.Count);
            return (BinarySyntax)Balance(op, operands, operators, 0, operands.Count);
        }

        ExpressionSyntax chain = left;
        for (int i = 1; i < operands.Count; i++)
        {
            chain = Join(op, chain, operands[i], operators[i - 1]);
        }

        // The caller counts one.
        _height += operands.Count - 2;
        return (BinarySyntax)chain;
    }

    private static ExpressionSyntax Balance(BinaryOperator op, List<ExpressionSyntax> operands, List<TextSpan> operators, int from, int to)
    {
        if (to - from == 1)
        {
            return operands[from];
        }

        int middle = from + ((to - from + 1) / 2);
        return Join(op, Balance(op, operands, operators, from, middle), Balance(op, operands, operators, middle, to), operators[middle - 1]);
    }

    private static BinarySyntax Join(BinaryOperator op, ExpressionSyntax left, ExpressionSyntax right, TextSpan operatorSpan)
        => new(op, left, right) { Span = TextSpan.Cover(left.Span, right.Span), OperatorSpan = operatorSpan };

    private (ExpressionSyntax Left, int Blocked) ParseIs(ExpressionSyntax left, int start)
    {
        _at++;
        bool negated = Try(Keyword.Not);
        if (Try(Keyword.Distinct))
        {
            Expect(Keyword.From);
            ExpressionSyntax right = ParseExpression(Precedence.Is + 1);
            return (new DistinctFromSyntax(left, right, negated) { Span = From(start) }, Precedence.Is);
        }

        IsTest test = Current.Keyword switch
        {
            Keyword.Null => IsTest.Null,
            Keyword.True => IsTest.True,
            Keyword.False => IsTest.False,
            Keyword.Unknown => IsTest.Unknown,
            _ => throw Unexpected(negated ? "NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM" : "NOT, NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM"),
        };
        _at++;
        return (new IsSyntax(left, test, negated) { Span = From(start) }, -1);
    }

    private (ExpressionSyntax Left, int Blocked) ParseRange(ExpressionSyntax left, int start)
    {
        const int Operand = Precedence.Range + 1;
        bool negated = Try(Keyword.Not);
        switch (Current.Keyword)
        {
            case Keyword.In:
                _at++;
                return (ParseIn(left, negated, start), -1);
            case Keyword.Between:
                _at++;
                bool symmetric = Try(Keyword.Symmetric);
                ExpressionSyntax low = ParseExpression(Operand);
                Expect(Keyword.And);
                ExpressionSyntax high = ParseExpression(Operand);
                return (new BetweenSyntax(left, low, high, negated, symmetric) { Span = From(start) }, Precedence.Range);
            default:
                LikeKind kind = Is(Keyword.Like) ? LikeKind.Like : Is(Keyword.Ilike) ? LikeKind.ILike : LikeKind.SimilarTo;
                _at++;
                if (kind == LikeKind.SimilarTo)
                {
                    Expect(Keyword.To);
                }

                ExpressionSyntax pattern = ParseExpression(Operand);
                ExpressionSyntax? escape = Try(Keyword.Escape) ? ParseExpression(Operand) : null;
                return (new LikeSyntax(kind, left, pattern, escape, negated) { Span = From(start) }, Precedence.Range);
        }
    }

    private ExpressionSyntax ParseIn(ExpressionSyntax left, bool negated, int start)
    {
        if (AtQuery())
        {
            QuerySyntax query = ParseQueryInParentheses();
            return new InQuerySyntax(left, query, negated) { Span = From(start) };
        }

        Expect(TokenKind.OpenParen, "'('");
        List<ExpressionSyntax> values = ParseExpressions();
        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        return new InListSyntax(left, values, negated) { Span = From(start) };
    }

    // At least one expression.
    private List<ExpressionSyntax> ParseExpressions()
    {
        var list = new List<ExpressionSyntax>();
        do
        {
            list.Add(ParseExpression());
        }
        while (Try(TokenKind.Comma));
        return list;
    }

    private ExpressionSyntax ParseSubscript(ExpressionSyntax left, int start)
    {
        _at++;
        ExpressionSyntax? from = Is(TokenKind.Colon) ? null : ParseExpression();
        ExpressionSyntax? to = null;
        bool slice = Try(TokenKind.Colon);
        if (slice && !Is(TokenKind.CloseBracket))
        {
            to = ParseExpression();
        }

        Expect(TokenKind.CloseBracket, "']'");
        return slice
            ? new SliceSyntax(left, from, to) { Span = From(start) }
            : new SubscriptSyntax(left, from!) { Span = From(start) };
    }
}
