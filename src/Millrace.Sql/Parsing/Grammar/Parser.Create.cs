namespace Millrace.Sql.Parsing;

// CREATE, and the lists of columns that it shares with files in FROM.
internal sealed partial class Parser
{
    private sealed class Definitions
    {
        public List<ColumnDefinition> Columns = [];
        public List<Identifier> PrimaryKey = [];
        public WatermarkDefinition? Watermark;
    }

    private CreateStatement ParseCreate()
    {
        _at++;
        bool orReplace = Try(Keyword.Or);
        if (orReplace)
        {
            Expect(Keyword.Replace);
        }

        ObjectKind kind = Current.Keyword switch
        {
            Keyword.Stream => ObjectKind.Stream,
            Keyword.Table => ObjectKind.Table,
            Keyword.View => ObjectKind.View,
            _ => throw Unexpected("STREAM, TABLE or VIEW", Keyword.Stream, Keyword.Table, Keyword.View),
        };
        _at++;
        bool ifNotExists = Is(Keyword.If) && Peek(1).Keyword == Keyword.Not && Peek(2).Keyword == Keyword.Exists;
        _at += ifNotExists ? 3 : 0;
        QualifiedName name = ParseQualifiedName("a name");
        Definitions definitions = kind != ObjectKind.View && Is(TokenKind.OpenParen) ? ParseDefinitions() : new Definitions();
        IReadOnlyList<OptionSyntax> options = AtOptions() ? ParseOptions() : [];
        QuerySyntax? query = null;
        if (kind == ObjectKind.View)
        {
            Expect(Keyword.As);
            query = ParseQuery();
        }
        else if (Try(Keyword.As))
        {
            query = ParseQuery();
        }
        else if (definitions.Columns.Count == 0 && options.Count == 0)
        {
            throw Unexpected("columns in parentheses, WITH or AS");
        }

        options = query is null ? options : Merge(options, query.Options);
        return new CreateStatement(kind, name)
        {
            OrReplace = orReplace,
            IfNotExists = ifNotExists,
            Columns = definitions.Columns,
            PrimaryKey = definitions.PrimaryKey,
            Watermark = definitions.Watermark,
            Options = options,
            Query = query is null ? null : query with { Options = [] },
        };
    }

    private Definitions ParseDefinitions()
    {
        _at++;
        var definitions = new Definitions();
        do
        {
            if (Is(Keyword.Watermark, Keyword.For))
            {
                Once(definitions.Watermark is null, "WATERMARK");
                definitions.Watermark = ParseWatermark();
            }
            else if (Is(Keyword.Primary, Keyword.Key))
            {
                Once(definitions.PrimaryKey.Count == 0, "PRIMARY KEY");
                _at += 2;
                definitions.PrimaryKey = ParseNamesInParentheses("the name of a column");
                Try(Keyword.Not, Keyword.Enforced);
            }
            else
            {
                definitions.Columns.Add(ParseColumn());
            }
        }
        while (Try(TokenKind.Comma));
        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        return definitions;
    }

    private WatermarkDefinition ParseWatermark()
    {
        int start = _at;
        _at += 2;
        Identifier column = ParseName("the name of a column");
        Expect(Keyword.As);
        ExpressionSyntax expression = ParseExpression();
        return new WatermarkDefinition(column, expression) { Span = From(start) };
    }

    private List<ColumnDefinition> ParseFileColumns()
    {
        _at++;
        var columns = new List<ColumnDefinition>();
        do
        {
            columns.Add(ParseColumn());
        }
        while (Try(TokenKind.Comma));
        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        return columns;
    }

    // name type [NOT NULL] [PRIMARY KEY [NOT ENFORCED]] [FROM 'name in the source'], the last three in any order.
    private ColumnDefinition ParseColumn()
    {
        int start = _at;
        Identifier name = ParseName("the name of a column");
        TypeSyntax type = ParseType();
        bool notNull = false;
        bool key = false;
        string? from = null;
        while (true)
        {
            if (Try(Keyword.Not, Keyword.Null))
            {
                notNull = true;
            }
            else if (Try(Keyword.Primary, Keyword.Key))
            {
                key = true;
                Try(Keyword.Not, Keyword.Enforced);
            }
            else if (Is(Keyword.From) && from is null)
            {
                _at++;
                from = ReadString("the name in the source, in quotes");
            }
            else if (notNull || key || !Try(Keyword.Null))
            {
                break;
            }
        }

        Follows("NOT NULL, PRIMARY KEY, FROM");
        return new ColumnDefinition(name, type) { NotNull = notNull, PrimaryKey = key, From = from, Span = From(start) };
    }
}
