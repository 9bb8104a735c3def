namespace Millrace.Sql.Parsing;

// Whole queries: common table expressions, set operations, and the clauses about all rows.
internal sealed partial class Parser
{
    /// <summary>The clauses of a query that its last SELECT meets, since clauses stand in any order.</summary>
    private sealed class Tail
    {
        public IReadOnlyList<OrderItem>? OrderBy;
        public ExpressionSyntax? Limit;
        public bool Limited;
        public ExpressionSyntax? Offset;
        public EmitMode? Emit;
        public IReadOnlyList<OptionSyntax>? Options;

        public bool Any => OrderBy is not null || Limited || Offset is not null || Emit is not null || Options is not null;
    }

    private bool AtQuery()
        => Is(TokenKind.OpenParen) && (Current.HoldsQuery || (Current.Match == 0 && Peek(1).Keyword is Keyword.Select or Keyword.With));

    private QuerySyntax ParseQueryInParentheses()
    {
        _at++;
        QuerySyntax query = ParseQuery();
        Expect(TokenKind.CloseParen, "')'");
        return query;
    }

    private bool BeginsQuery() => Current.Keyword is Keyword.Select or Keyword.With or Keyword.From or Keyword.Values or Keyword.Table || AtQuery();

    private QuerySyntax ParseQuery()
    {
        Descend();
        int outer = _height;
        _height = 0;
        int start = _at;
        bool recursive = false;
        List<CommonTable> with = [];
        if (Is(Keyword.With) && Peek(1).Kind != TokenKind.OpenParen)
        {
            _at++;
            recursive = Is(Keyword.Recursive) && Peek(1).Keyword != Keyword.As && Try(Keyword.Recursive);
            with = ParseCommonTables();
        }

        var tail = new Tail();
        QueryBody body = ParseBody(tail, 1);
        ParseTail(tail);
        Grow();
        _height = Math.Max(outer, _height);
        _depth--;
        return new QuerySyntax(body)
        {
            Recursive = recursive,
            With = with,
            OrderBy = tail.OrderBy ?? [],
            Limit = tail.Limit,
            Offset = tail.Offset,
            Emit = tail.Emit,
            Options = tail.Options ?? [],
            Span = From(start),
        };
    }

    private List<CommonTable> ParseCommonTables()
    {
        var tables = new List<CommonTable>();
        do
        {
            int start = _at;
            Identifier name = ParseName("the name of a common table expression");
            List<Identifier> columns = Is(TokenKind.OpenParen) ? ParseNamesInParentheses("the name of a column") : [];
            Expect(Keyword.As);

            // Whether its rows are kept is the planner's own decision.
            if (!Try(Keyword.Not, Keyword.Materialized))
            {
                Try(Keyword.Materialized);
            }

            if (!Is(TokenKind.OpenParen))
            {
                throw Unexpected("'(' and a query");
            }

            QuerySyntax query = ParseQueryInParentheses();
            tables.Add(new CommonTable(name, columns, query) { Span = From(start) });
        }
        while (Try(TokenKind.Comma));
        return tables;
    }

    // INTERSECT (level 2) binds more strongly than UNION and EXCEPT (level 1).
    private QueryBody ParseBody(Tail tail, int level)
    {
        int start = _at;
        QueryBody left = level == 2 ? ParseBodyOperand(tail) : ParseBody(tail, 2);
        while (true)
        {
            SetOperator op;
            switch (Current.Keyword)
            {
                case Keyword.Union when level == 1:
                    op = SetOperator.Union;
                    break;
                case Keyword.Except when level == 1:
                    op = SetOperator.Except;
                    break;
                case Keyword.Intersect when level == 2:
                    op = SetOperator.Intersect;
                    break;
                default:
                    return left;
            }

            if (tail.Any)
            {
                throw ParsingErrors.Found(_source.Place(Current.Span), Describe(Current), "another clause or the end of the query", "To order or limit one side of a set operation, put it in parentheses.");
            }

            _at++;
            bool all = Try(Keyword.All);
            if (!all)
            {
                Try(Keyword.Distinct);
            }

            QueryBody right = level == 2 ? ParseBodyOperand(tail) : ParseBody(tail, 2);
            left = new SetOperation(op, all, left, right) { Span = From(start) };
            Grow();
        }
    }

    private QueryBody ParseBodyOperand(Tail tail)
    {
        int start = _at;
        switch (Current.Keyword)
        {
            case Keyword.Select:
            case Keyword.From:
                return ParseSelect(tail);
            case Keyword.Values:
                return ParseValues();
            case Keyword.Table:
                _at++;
                QualifiedName name = ParseQualifiedName("the name of a table");
                return new SelectSyntax
                {
                    Items = [new SelectItem(new StarSyntax(null, [], []) { Span = From(start) }, null) { Span = From(start) }],
                    From = new NamedTable(name) { Span = name.Span },
                    Span = From(start),
                };
            default:
                if (Is(TokenKind.OpenParen))
                {
                    QuerySyntax query = ParseQueryInParentheses();
                    return new NestedQuery(query) { Span = From(start) };
                }

                throw Unexpected("a query", Keyword.Select);
        }
    }

    private ValuesSyntax ParseValues()
    {
        int start = _at++;
        var rows = new List<IReadOnlyList<ExpressionSyntax>>();
        do
        {
            Expect(TokenKind.OpenParen, "'('");
            rows.Add(ParseExpressions());
            Follows("',', an operator");
            Expect(TokenKind.CloseParen, "')'");
        }
        while (Try(TokenKind.Comma));
        Follows("','");
        return new ValuesSyntax(rows) { Span = From(start) };
    }

    private void ParseTail(Tail tail)
    {
        while (TryTailClause(tail))
        {
        }
    }

    /// <summary>Reads a clause about all rows, if one comes. An error in it is kept, and reading goes on behind it.</summary>
    private bool TryTailClause(Tail tail)
    {
        Mark mark = Here;
        try
        {
            switch (Current.Keyword)
            {
                case Keyword.Order:
                    Once(tail.OrderBy is null, "ORDER BY");
                    tail.OrderBy = ParseOrderBy();
                    Follows("',', a clause");
                    return true;
                case Keyword.Limit:
                    Once(!tail.Limited, "LIMIT");
                    _at++;
                    tail.Limited = true;
                    tail.Limit = Try(Keyword.All) ? null : ParseExpression();
                    return true;
                case Keyword.Fetch:
                    Once(!tail.Limited, "The limit");
                    tail.Limited = true;
                    tail.Limit = ParseFetch();
                    return true;
                case Keyword.Offset:
                    Once(tail.Offset is null, "OFFSET");
                    _at++;
                    tail.Offset = ParseExpression();
                    _at += Current.Keyword is Keyword.Row or Keyword.Rows ? 1 : 0;
                    return true;
                case Keyword.Emit:
                    Once(tail.Emit is null, "EMIT");
                    _at++;
                    tail.Emit = Try(Keyword.Changes) ? EmitMode.Changes : Try(Keyword.Final) ? EmitMode.Final : throw Unexpected("CHANGES or FINAL", Keyword.Changes, Keyword.Final);
                    return true;
                case Keyword.With when Peek(1).Kind == TokenKind.OpenParen:
                    Once(tail.Options is null, "WITH");
                    tail.Options = ParseOptions();
                    return true;
                default:
                    return false;
            }
        }
        catch (MillraceException error) when (CanRecover(error))
        {
            Recover(error, mark);
            return true;
        }
    }

    private void Once(bool first, string what)
    {
        if (!first)
        {
            throw ParsingErrors.Twice(_source.Place(Current.Span), what);
        }
    }

    // FETCH FIRST [n] ROWS ONLY
    private ExpressionSyntax ParseFetch()
    {
        _at++;
        if (!Try(Keyword.First) && !Try(Keyword.Next))
        {
            throw Unexpected("FIRST or NEXT", Keyword.First, Keyword.Next);
        }

        ExpressionSyntax limit = Current.Keyword is Keyword.Row or Keyword.Rows ? new LiteralSyntax(LiteralKind.Integer, "1") : ParseExpression();
        if (!Try(Keyword.Row) && !Try(Keyword.Rows))
        {
            throw Unexpected("ROWS", Keyword.Rows);
        }

        Expect(Keyword.Only);
        return limit;
    }

    private List<OrderItem> ParseOrderBy()
    {
        _at++;
        Expect(Keyword.By);
        var items = new List<OrderItem>();
        do
        {
            int start = _at;
            ExpressionSyntax expression = ParseExpression();
            bool descending = Try(Keyword.Desc);
            if (!descending && !Try(Keyword.Asc))
            {
                Follows("ASC, DESC, NULLS, ','");
            }

            bool? nullsFirst = !Try(Keyword.Nulls) ? null : Try(Keyword.First) ? true : Try(Keyword.Last) ? false : throw Unexpected("FIRST or LAST", Keyword.First, Keyword.Last);
            items.Add(new OrderItem(expression, descending, nullsFirst) { Span = From(start) });
        }
        while (Try(TokenKind.Comma));
        return items;
    }
}
