namespace Millrace.Sql.Parsing;

// Statements by their first word.
internal sealed partial class Parser
{
    /// <summary>The statement, or null when it has errors, which are in the list then.</summary>
    public StatementSyntax? ParseStatement()
    {
        int before = _errors.Count;
        try
        {
            if (_annotations.Count > 0)
            {
                new AnnotationReader(_source.Place, _errors.Add).Read(_annotations);
            }

            StatementSyntax statement = ParseStatement(explained: false);
            if (_at != _count - 1)
            {
                throw Unexpected("the end of the statement");
            }

            return _errors.Count == before ? statement with { Annotations = _annotations } : null;
        }
        catch (MillraceException error)
        {
            _errors.Add(error);
            return null;
        }
    }

    private StatementSyntax ParseStatement(bool explained)
    {
        int start = _at;
        StatementSyntax statement = BeginsQuery() ? new QueryStatement(ParseQuery()) : Current.Keyword switch
        {
            Keyword.Explain when !explained => ParseExplain(),
            Keyword.Create => ParseCreate(),
            Keyword.Drop => ParseDrop(),
            Keyword.Insert => ParseInsert(),
            Keyword.Show => ParseShow(),
            Keyword.Describe or Keyword.Desc => ParseDescribe(),
            Keyword.Set => ParseSetting(),
            Keyword.Load => ParseLoad(),
            Keyword.Start or Keyword.Stop or Keyword.Pause or Keyword.Resume or Keyword.Deploy or Keyword.Rollback => ParseJob(),
            _ => throw Unexpected(
                "a statement",
                Keyword.Select, Keyword.With, Keyword.From, Keyword.Values, Keyword.Explain, Keyword.Create, Keyword.Drop, Keyword.Insert, Keyword.Show, Keyword.Describe, Keyword.Set, Keyword.Load,
                Keyword.Start, Keyword.Stop, Keyword.Pause, Keyword.Resume, Keyword.Deploy, Keyword.Rollback),
        };
        return statement with { Span = From(start) };
    }

    private ExplainStatement ParseExplain()
    {
        _at++;
        ExplainMode mode = Try(Keyword.Analyze) ? ExplainMode.Analyze : Try(Keyword.Watermark) ? ExplainMode.Watermark : ExplainMode.Plan;
        return new ExplainStatement(mode, ParseStatement(explained: true));
    }

    private DropStatement ParseDrop()
    {
        _at++;
        ObjectKind kind = Current.Keyword switch
        {
            Keyword.Stream => ObjectKind.Stream,
            Keyword.Table => ObjectKind.Table,
            Keyword.View => ObjectKind.View,
            Keyword.Job => ObjectKind.Job,
            _ => throw Unexpected("STREAM, TABLE, VIEW or JOB"),
        };
        _at++;
        bool ifExists = TryIfExists();
        return new DropStatement(kind, ParseQualifiedName("a name"), ifExists);
    }

    private bool TryIfExists() => Try(Keyword.If, Keyword.Exists);

    private InsertStatement ParseInsert()
    {
        _at++;
        Expect(Keyword.Into);
        QualifiedName? name = null;
        string? location = null;
        if (AtString())
        {
            location = ReadString("a file");
        }
        else
        {
            name = ParseQualifiedName("a name, or a file in quotes");
        }

        List<Identifier> columns = Is(TokenKind.OpenParen) && !AtQuery() ? ParseNamesInParentheses("the name of a column") : [];
        IReadOnlyList<OptionSyntax> options = AtOptions() ? ParseOptions() : [];
        QuerySyntax query = ParseQuery();
        return new InsertStatement(name, location, columns, query with { Options = [] }) { Options = Merge(options, query.Options) };
    }

    private ShowStatement ParseShow()
    {
        _at++;
        ShowKind kind = Current.Keyword switch
        {
            Keyword.Streams => ShowKind.Streams,
            Keyword.Tables => ShowKind.Tables,
            Keyword.Views => ShowKind.Views,
            Keyword.Functions => ShowKind.Functions,
            Keyword.Jobs => ShowKind.Jobs,
            Keyword.Topics => ShowKind.Topics,
            Keyword.Partitions => ShowKind.Partitions,
            Keyword.Schema => ShowKind.Schema,
            Keyword.Status => ShowKind.Status,
            Keyword.Versions => ShowKind.Versions,
            Keyword.Metrics => ShowKind.Metrics,
            Keyword.Time when Peek(1).Keyword == Keyword.Zone => ShowKind.TimeZone,
            _ => throw Unexpected("STREAMS, TABLES, VIEWS, FUNCTIONS, JOBS, TOPICS, PARTITIONS, SCHEMA, STATUS, VERSIONS, METRICS or TIME ZONE"),
        };
        _at += kind == ShowKind.TimeZone ? 2 : 1;
        bool needed = kind is ShowKind.Partitions or ShowKind.Schema or ShowKind.Versions;
        bool possible = needed || kind is ShowKind.Status or ShowKind.Metrics;
        QualifiedName? name = needed || (possible && !Is(TokenKind.End) && !Is(Keyword.Like)) ? ParseQualifiedName("a name") : null;
        return new ShowStatement(kind, name, Try(Keyword.Like) ? ReadString("a pattern in quotes") : null);
    }

    // DESCRIBE of a name or a file is that of all it has.
    private StatementSyntax ParseDescribe()
    {
        _at++;
        if (Is(Keyword.Function) && Peek(1).Kind is TokenKind.Word or TokenKind.QuotedName)
        {
            _at++;
            return new DescribeFunctionStatement(ParseAnyName("the name of a function"));
        }

        if (BeginsQuery())
        {
            return new DescribeStatement(ParseQuery());
        }

        int start = _at;
        _at += Current.Keyword is Keyword.Stream or Keyword.View && Peek(1).Kind is TokenKind.Word or TokenKind.QuotedName ? 1 : 0;
        TableSyntax table = ParseTable();
        var star = new SelectItem(new StarSyntax(null, [], []) { Span = From(start) }, null) { Span = From(start) };
        return new DescribeStatement(new QuerySyntax(new SelectSyntax { Items = [star], From = table, Span = From(start) }) { Span = From(start) });
    }

    private LoadStatement ParseLoad()
    {
        _at++;
        TextSpan span = Current.Span;
        return new LoadStatement(ReadString("the path of an assembly in quotes")) { PathSpan = span };
    }

    private SetStatement ParseSetting()
    {
        _at++;
        if (Is(Keyword.Time) && Peek(1).Keyword == Keyword.Zone)
        {
            _at += 2;
            return new SetStatement("time_zone", ParseOptionValue());
        }

        string name = ParseOptionName();
        if (!Try(TokenKind.Equal) && !Try(Keyword.To))
        {
            throw Unexpected("'='");
        }

        return new SetStatement(name, ParseOptionValue());
    }
}
