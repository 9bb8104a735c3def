namespace Millrace.Sql.Parsing;

// SELECT: what is selected, and its clauses, which stand in any order behind FROM.
internal sealed partial class Parser
{
    private sealed class Clauses
    {
        public bool Selected;
        public bool Distinct;
        public List<ExpressionSyntax> DistinctOn = [];
        public List<SelectItem> Items = [];
        public QualifiedName? Into;
        public TableSyntax? From;
        public ExpressionSyntax? Where;
        public List<GroupItem>? GroupBy;
        public bool GroupByAll;
        public ExpressionSyntax? Having;
        public ExpressionSyntax? Qualify;
        public List<NamedWindow>? Windows;
        public WindowClause? TimeWindow;
    }

    private SelectSyntax ParseSelect(Tail tail)
    {
        int start = _at;
        var clauses = new Clauses();
        bool fromFirst = Is(Keyword.From);
        while (TryClause(clauses, fromFirst) || TryTailClause(tail))
        {
        }

        Follows(clauses.From is null && !clauses.GroupByAll && tail.OrderBy is null ? "',', FROM, a clause" : "a clause");
        if (!clauses.Selected)
        {
            clauses.Items.Add(new SelectItem(new StarSyntax(null, [], []) { Span = _tokens[start].Span }, null) { Span = _tokens[start].Span });
        }

        return new SelectSyntax
        {
            Distinct = clauses.Distinct,
            DistinctOn = clauses.DistinctOn,
            Items = clauses.Items,
            Into = clauses.Into,
            From = clauses.From,
            Where = clauses.Where,
            GroupBy = clauses.GroupBy ?? [],
            GroupByAll = clauses.GroupByAll,
            Having = clauses.Having,
            Qualify = clauses.Qualify,
            Windows = clauses.Windows ?? [],
            TimeWindow = clauses.TimeWindow,
            Span = From(start),
        };
    }

    private bool TryClause(Clauses clauses, bool fromFirst)
    {
        Mark mark = Here;
        try
        {
            return TryClauseOf(clauses, fromFirst);
        }
        catch (MillraceException error) when (CanRecover(error))
        {
            Recover(error, mark);
            return true;
        }
    }

    private bool TryClauseOf(Clauses clauses, bool fromFirst)
    {
        switch (Current.Keyword)
        {
            case Keyword.Select when !clauses.Selected || !fromFirst:
                Once(!clauses.Selected, "SELECT");
                clauses.Selected = true;
                ParseSelectList(clauses);
                return true;
            case Keyword.Into:
                Once(clauses.Into is null, "INTO");
                _at++;
                clauses.Into = ParseQualifiedName("the name of a sink");
                return true;
            case Keyword.From:
                Once(clauses.From is null, "FROM");
                _at++;
                clauses.From = ParseFrom();
                Follows("',', a join");
                return true;
            case Keyword.Where:
                Once(clauses.Where is null, "WHERE");
                _at++;
                clauses.Where = ParseExpression();
                Follows("an operator, a clause");
                return true;
            case Keyword.Group when Peek(1).Keyword == Keyword.By:
                Once(clauses.GroupBy is null && !clauses.GroupByAll, "GROUP BY");
                _at += 2;
                clauses.GroupByAll = Try(Keyword.All);
                clauses.GroupBy = clauses.GroupByAll ? null : ParseGroupBy();
                return true;
            case Keyword.Group:
                _at++;
                throw Unexpected("BY", Keyword.By);
            case Keyword.Having:
                Once(clauses.Having is null, "HAVING");
                _at++;
                clauses.Having = ParseExpression();
                return true;
            case Keyword.Qualify:
                Once(clauses.Qualify is null, "QUALIFY");
                _at++;
                clauses.Qualify = ParseExpression();
                return true;
            case Keyword.Window when Peek(2).Kind == TokenKind.OpenParen:
                Once(clauses.TimeWindow is null, "The time window");
                _at++;
                clauses.TimeWindow = ParseWindowClause();
                return true;
            case Keyword.Window:
                Once(clauses.Windows is null, "The list of named windows");
                _at++;
                clauses.Windows = ParseNamedWindows();
                return true;
            default:
                return false;
        }
    }

    private void ParseSelectList(Clauses clauses)
    {
        _at++;
        if (Try(Keyword.Distinct))
        {
            clauses.Distinct = true;
            if (Is(Keyword.On) && Peek(1).Kind == TokenKind.OpenParen)
            {
                _at += 2;
                clauses.DistinctOn = ParseExpressions();
                Expect(TokenKind.CloseParen, "')'");
            }
        }
        else
        {
            Try(Keyword.All);
        }

        do
        {
            clauses.Items.Add(ParseSelectItem());
        }
        while (Try(TokenKind.Comma));
        Follows("','");
    }

    private SelectItem ParseSelectItem()
    {
        int start = _at;
        if (AtStar())
        {
            StarSyntax star = ParseStar();
            Grow();
            return new SelectItem(star, null) { Span = From(start) };
        }

        ExpressionSyntax expression = ParseExpression();
        SelectRole role = TryPrimaryKey();
        Identifier? alias = Try(Keyword.As) ? ParseAnyName("a name behind AS") : TryAlias();
        if (role == SelectRole.Plain)
        {
            role = TryPrimaryKey();
        }

        return new SelectItem(expression, alias, role) { Span = From(start) };
    }

    private SelectRole TryPrimaryKey() => Try(Keyword.Primary, Keyword.Key) ? SelectRole.PrimaryKey : SelectRole.Plain;

    // A name without AS, unless it is a word that begins something here.
    private Identifier? TryAlias()
    {
        if (Is(TokenKind.QuotedName))
        {
            return ParseAnyName("a name");
        }

        if (!Is(TokenKind.Word) || Keywords.IsReserved(Current.Keyword) || BeginsSomething())
        {
            return null;
        }

        _aliasAt = _at;
        return ParseAnyName("a name");
    }

    private bool BeginsSomething()
    {
        Keyword next = Peek(1).Keyword;
        return Current.Keyword switch
        {
            Keyword.None => false,
            Keyword.Emit => next is Keyword.Changes or Keyword.Final,
            Keyword.Primary => next == Keyword.Key,
            Keyword.Asof => next is Keyword.Join or Keyword.Left or Keyword.Inner,
            Keyword.Semi or Keyword.Anti => next == Keyword.Join,
            Keyword.Within => next == Keyword.Interval || Peek(1).Kind == TokenKind.Quantity,
            Keyword.Options => Peek(1).Kind == TokenKind.OpenParen,
            Keyword.Strategy => Peek(1).Kind == TokenKind.Word && !Keywords.IsReserved(next) && Peek(2).Kind is TokenKind.End or TokenKind.OpenParen,
            _ => false,
        };
    }
}
