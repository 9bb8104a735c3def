namespace Millrace.Sql.Parsing;

// FROM: tables, files, functions, queries and their joins.
internal sealed partial class Parser
{
    // A comma binds more weakly than any JOIN.
    private TableSyntax ParseFrom()
    {
        int start = _at;
        TableSyntax left = ParseJoins();
        while (Try(TokenKind.Comma))
        {
            TableSyntax right = ParseJoins();
            left = new JoinTable(JoinKind.Cross, left, right) { Span = From(start) };
            Grow();
        }

        return left;
    }

    private TableSyntax ParseJoins()
    {
        Descend();
        int outer = _height;
        _height = 0;
        int start = _at;
        TableSyntax left = ParseTable();
        while (TryJoin(out JoinKind kind, out bool natural))
        {
            left = ParseJoin(left, kind, natural, start);
            Grow();
        }

        _height = Math.Max(outer, _height);
        _depth--;
        return left;
    }

    private bool TryJoin(out JoinKind kind, out bool natural)
    {
        int start = _at;
        natural = Try(Keyword.Natural);
        kind = JoinKind.Inner;
        if (Is(Keyword.Asof) && BeginsSomething())
        {
            _at++;
            kind = Try(Keyword.Left) ? JoinKind.AsOfLeft : JoinKind.AsOf;
            _at += kind == JoinKind.AsOfLeft ? (Is(Keyword.Outer) ? 1 : 0) : Is(Keyword.Inner) ? 1 : 0;
        }
        else
        {
            kind = Current.Keyword switch
            {
                Keyword.Left when Peek(1).Keyword == Keyword.Semi => JoinKind.Semi,
                Keyword.Left when Peek(1).Keyword == Keyword.Anti => JoinKind.Anti,
                Keyword.Left => JoinKind.Left,
                Keyword.Right => JoinKind.Right,
                Keyword.Full => JoinKind.Full,
                Keyword.Cross => JoinKind.Cross,
                Keyword.Semi when Peek(1).Keyword == Keyword.Join => JoinKind.Semi,
                Keyword.Anti when Peek(1).Keyword == Keyword.Join => JoinKind.Anti,
                _ => JoinKind.Inner,
            };
            if (kind is JoinKind.Left or JoinKind.Right or JoinKind.Full)
            {
                _at++;
                Try(Keyword.Outer);
            }
            else
            {
                _at += kind switch
                {
                    JoinKind.Inner => Is(Keyword.Inner) ? 1 : 0,
                    JoinKind.Semi or JoinKind.Anti => Is(Keyword.Left) ? 2 : 1,
                    _ => 1,
                };
            }
        }

        if (Try(Keyword.Join))
        {
            return true;
        }

        return _at == start ? false : throw Unexpected("JOIN", Keyword.Join);
    }

    private JoinTable ParseJoin(TableSyntax left, JoinKind kind, bool natural, int start)
    {
        TableSyntax right = ParseTable();
        ExpressionSyntax? on = null;
        List<Identifier> columns = [];
        Columnar.Interval? within = TryWithin();
        if (kind != JoinKind.Cross && !natural)
        {
            if (Try(Keyword.On))
            {
                on = ParseExpression();
            }
            else if (Try(Keyword.Using))
            {
                columns = ParseNamesInParentheses("the name of a column");
            }
            else if (within is null)
            {
                throw Unexpected("ON or USING");
            }
        }

        within ??= TryWithin();
        return new JoinTable(kind, left, right) { On = on, Using = columns, Natural = natural, Within = within, Span = From(start) };
    }

    private Columnar.Interval? TryWithin() => Is(Keyword.Within) && BeginsSomething() && Try(Keyword.Within) ? ParseInterval() : null;

    private TableSyntax ParseTable()
    {
        int start = _at;
        TableSyntax table;
        if (AtString())
        {
            return ParseFile();
        }

        bool lateral = Try(Keyword.Lateral);
        if (AtQuery())
        {
            QuerySyntax query = ParseQueryInParentheses();
            table = new SubqueryTable(query) { Lateral = lateral };
        }
        else if (!lateral && Try(TokenKind.OpenParen))
        {
            table = ParseFrom();
            Follows("',', a join");
            Expect(TokenKind.CloseParen, "')'");
        }
        else if (Is(Keyword.Table) && Peek(1).Kind == TokenKind.OpenParen)
        {
            // TABLE(f(x)) is f(x).
            _at += 2;
            table = ParseNamedTable(lateral);
            Expect(TokenKind.CloseParen, "')'");
        }
        else
        {
            table = ParseNamedTable(lateral);
        }

        Grow();
        return WithAlias(table, start);
    }

    private TableSyntax WithAlias(TableSyntax table, int start)
    {
        table = WithVersion(table);
        bool expected = Try(Keyword.As);
        Identifier? alias = expected ? ParseName("a name behind AS") : TryAlias();
        List<Identifier> columns = alias is not null && Is(TokenKind.OpenParen) ? ParseNamesInParentheses("the name of a column") : [];
        if (alias is not null && table.Alias is not null)
        {
            throw ParsingErrors.Twice(_source.Place(alias.Span), "The name of the table");
        }

        table = WithVersion(table);
        return alias is null ? table with { Span = From(start) } : table with { Alias = alias, ColumnAliases = columns, Span = From(start) };
    }

    // A constant asks for a state of the table; anything else for the row that was valid then.
    private TableSyntax WithVersion(TableSyntax table)
    {
        Keyword kind = Peek(1).Keyword;
        bool isTime = kind == Keyword.SystemTime || TextOf(Peek(1)).Equals("TIMESTAMP", StringComparison.OrdinalIgnoreCase);
        if (!Is(Keyword.For) || table.Version is not null || table is NamedTable { AsOf: not null } || !(isTime || kind is Keyword.Version or Keyword.SystemVersion))
        {
            return table;
        }

        int start = _at;
        ExpressionSyntax value = ParseAsOf();
        return table is NamedTable named && kind == Keyword.SystemTime && value is not (LiteralSyntax or TypedLiteralSyntax)
            ? named with { AsOf = value }
            : table with { Version = new VersionSyntax(value, isTime) { Span = From(start) } };
    }

    private ExpressionSyntax ParseAsOf()
    {
        _at += 2;
        Expect(Keyword.As);
        Expect(Keyword.Of);
        return ParseExpression();
    }

    private TableSyntax ParseFile()
    {
        int start = _at;
        string location = ReadString("a file");
        IReadOnlyList<ColumnDefinition> columns = Is(TokenKind.OpenParen) ? ParseFileColumns() : [];
        IReadOnlyList<OptionSyntax> options = AtOptions() ? ParseOptions() : [];
        TableSyntax table = WithAlias(new FileTable(location) { Columns = columns, Options = options }, start);
        Grow();
        if (options.Count > 0 || !AtOptions())
        {
            return table;
        }

        options = ParseOptions();
        return (FileTable)table with { Options = options, Span = From(start) };
    }

    private TableSyntax ParseNamedTable(bool lateral)
    {
        QualifiedName name = ParseQualifiedName(lateral ? "a query or a function" : "a table, a file in quotes or a query");
        if (Is(TokenKind.OpenParen))
        {
            Keyword function = _tokens[_at - 1].Keyword;
            return name.Parts.Count > 1 ? ParseFunctionTable(name, lateral)
                : function == Keyword.GapFill ? ParseWindowTable(null)
                : WindowKindOf(function) is { } kind ? ParseWindowTable(kind)
                : ParseFunctionTable(name, lateral);
        }

        if (lateral)
        {
            throw Unexpected("'('");
        }

        return new NamedTable(name);
    }

    private FunctionTable ParseFunctionTable(QualifiedName name, bool lateral)
    {
        _at++;
        var arguments = new List<ExpressionSyntax>();
        var named = new List<NamedArgument>();
        while (!Is(TokenKind.CloseParen))
        {
            int start = _at;
            if (Current.Kind is TokenKind.Word or TokenKind.QuotedName && Peek(1).Kind is TokenKind.Arrow or TokenKind.Equal)
            {
                Identifier argument = ParseAnyName("a name");
                _at++;
                ExpressionSyntax value = ParseExpression();
                named.Add(new NamedArgument(argument, value) { Span = From(start) });
            }
            else
            {
                arguments.Add(named.Count == 0 ? ParseExpression() : throw Unexpected("an argument with a name"));
            }

            if (!Try(TokenKind.Comma))
            {
                Follows("','");
                break;
            }
        }

        Expect(TokenKind.CloseParen, "')'");
        bool ordinality = Try(Keyword.With, Keyword.Ordinality);
        return new FunctionTable(name, arguments, named) { Lateral = lateral, WithOrdinality = ordinality };
    }
}
