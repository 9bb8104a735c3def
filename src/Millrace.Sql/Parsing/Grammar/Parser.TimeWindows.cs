using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

// Windows over event time: the clause WINDOW TUMBLING(…), and the table functions.
internal sealed partial class Parser
{
    private static TimeWindowKind? WindowKindOf(Keyword keyword) => keyword switch
    {
        Keyword.Tumble => TimeWindowKind.Tumble,
        Keyword.Hop => TimeWindowKind.Hop,
        Keyword.Cumulate => TimeWindowKind.Cumulate,
        Keyword.Session => TimeWindowKind.Session,
        _ => null,
    };

    private IntervalSyntax ParseDuration()
    {
        int start = _at;
        Interval value = ParseInterval();
        return new IntervalSyntax(value) { Span = From(start) };
    }

    private WindowClause ParseWindowClause()
    {
        int start = _at;
        TimeWindowKind kind = Current.Keyword switch
        {
            Keyword.Tumbling or Keyword.Tumble => TimeWindowKind.Tumble,
            Keyword.Sliding or Keyword.Hop or Keyword.Hopping => TimeWindowKind.Hop,
            Keyword.Session => TimeWindowKind.Session,
            _ => throw Unexpected("TUMBLING, SLIDING, SESSION or a name and AS"),
        };
        _at += 2;
        ExpressionSyntax? time = null;
        if (!AtInterval())
        {
            time = ParseExpression();
            Expect(TokenKind.Comma, "',' and a duration");
        }

        Interval size = ParseInterval();
        Interval? advance = null;
        ExpressionSyntax? key = null;
        if (kind == TimeWindowKind.Hop)
        {
            Expect(TokenKind.Comma, "',' and how far apart the windows begin");
            advance = ParseInterval();
        }
        else if (kind == TimeWindowKind.Session && Try(TokenKind.Comma))
        {
            key = ParseExpression();
        }

        Expect(TokenKind.CloseParen, "')'");
        return new WindowClause(kind, time, size, advance, key) { Span = From(start) };
    }

    // TUMBLE(TABLE t, DESCRIPTOR(ts), size): one size, two of HOP and CUMULATE. Without a kind it is GAP_FILL.
    private TableSyntax ParseWindowTable(TimeWindowKind? kind)
    {
        _at++;
        int start = _at;
        Try(Keyword.Table);
        TableSyntax input = AtQuery() ? new SubqueryTable(ParseQueryInParentheses()) : new NamedTable(ParseQualifiedName("TABLE and the name of a table"));
        input = input with { Span = From(start) };
        List<ExpressionSyntax> partition = [];
        if (kind is null or TimeWindowKind.Session && Try(Keyword.Partition))
        {
            Expect(Keyword.By);
            bool parentheses = Try(TokenKind.OpenParen);
            partition = parentheses ? ParseExpressions() : [ParseExpression()];
            if (parentheses)
            {
                Expect(TokenKind.CloseParen, "')'");
            }
        }

        Expect(TokenKind.Comma, "','");
        Expect(Keyword.Descriptor);
        Expect(TokenKind.OpenParen, "'('");
        Identifier time = ParseName("the name of a column");
        Expect(TokenKind.CloseParen, "')'");
        var sizes = new List<ExpressionSyntax>();
        do
        {
            Expect(TokenKind.Comma, "',' and a duration");
            sizes.Add(Is(TokenKind.Quantity) ? ParseDuration() : ParseExpression());
        }
        while (sizes.Count < (kind is TimeWindowKind.Hop or TimeWindowKind.Cumulate ? 2 : 1));
        Expect(TokenKind.CloseParen, "')'");
        return kind is { } windows ? new WindowTable(windows, input, time, sizes) { PartitionBy = partition } : new GapFillTable(input, time, sizes[0]) { PartitionBy = partition };
    }
}
