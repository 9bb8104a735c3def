namespace Millrace.Sql.Parsing;

// Names, with or without quotes, and the stars that stand for several.
internal sealed partial class Parser
{
    /// <summary>A name that is no reserved word.</summary>
    private Identifier ParseName(string expected)
        => Is(TokenKind.QuotedName) || (Is(TokenKind.Word) && !Keywords.IsReserved(Current.Keyword)) ? ParseAnyName(expected) : throw Unexpected(expected);

    /// <summary>A name where no keyword can stand, as behind a dot or AS.</summary>
    private Identifier ParseAnyName(string expected)
    {
        ref readonly Token token = ref Current;
        if (token.Kind is not (TokenKind.Word or TokenKind.QuotedName))
        {
            throw Unexpected(expected);
        }

        bool quoted = token.Kind == TokenKind.QuotedName;
        string text = quoted ? ReadQuoted() : TextOf(token).ToString();
        if (text.Length == 0)
        {
            throw ParsingErrors.Literal(_source.Place(token.Span), "Found a name without characters.", "Write at least one between the quotes.");
        }

        _at++;
        return new Identifier(text, quoted) { Span = token.Span };
    }

    private QualifiedName ParseQualifiedName(string expected)
    {
        int start = _at;
        bool call = Current.Keyword is Keyword.Left or Keyword.Right or Keyword.Join && Peek(1).Kind == TokenKind.OpenParen;
        Identifier first = call ? ParseAnyName(expected) : ParseName(expected);
        if (!Is(TokenKind.Dot))
        {
            return new QualifiedName([first]) { Span = first.Span };
        }

        var parts = new List<Identifier> { first };
        while (Try(TokenKind.Dot))
        {
            parts.Add(ParseAnyName("a name behind the dot"));
        }

        return new QualifiedName(parts) { Span = From(start) };
    }

    private List<Identifier> ParseNamesInParentheses(string expected)
    {
        Expect(TokenKind.OpenParen, "'('");
        var names = new List<Identifier>();
        do
        {
            names.Add(ParseName(expected));
        }
        while (Try(TokenKind.Comma));
        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        return names;
    }

    /// <summary>Whether a star comes, alone or behind a qualified name.</summary>
    private bool AtStar()
    {
        if (Is(TokenKind.Star))
        {
            return true;
        }

        int ahead = 0;
        while (Peek(ahead).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(ahead + 1).Kind == TokenKind.Dot)
        {
            ahead += 2;
        }

        return ahead > 0 && Peek(ahead).Kind == TokenKind.Star;
    }

    private StarSyntax ParseStar()
    {
        int start = _at;
        var qualifier = new List<Identifier>();
        while (!Try(TokenKind.Star))
        {
            qualifier.Add(qualifier.Count == 0 ? ParseName("a name") : ParseAnyName("a name"));
            Expect(TokenKind.Dot, "'.'");
        }

        QualifiedName? name = qualifier.Count == 0 ? null : new QualifiedName(qualifier) { Span = TextSpan.Cover(qualifier[0].Span, qualifier[^1].Span) };
        List<Identifier> except = [];
        List<SelectItem> replace = [];
        if ((Is(Keyword.Except) && Peek(1).Kind == TokenKind.OpenParen && !Peek(1).HoldsQuery) || (Is(Keyword.Exclude) && Peek(1).Kind == TokenKind.OpenParen))
        {
            _at++;
            except = ParseNamesInParentheses("the name of a column");
        }
        else if (Try(Keyword.Exclude))
        {
            except = [ParseName("the name of a column")];
        }

        if (Is(Keyword.Replace) && Peek(1).Kind == TokenKind.OpenParen)
        {
            _at += 2;
            replace = ParseReplacements();
        }

        return new StarSyntax(name, except, replace) { Span = From(start) };
    }

    private List<SelectItem> ParseReplacements()
    {
        var items = new List<SelectItem>();
        do
        {
            int start = _at;
            ExpressionSyntax value = ParseExpression();
            Expect(Keyword.As);
            Identifier name = ParseAnyName("the name of a column");
            items.Add(new SelectItem(value, name) { Span = From(start) });
        }
        while (Try(TokenKind.Comma));
        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        return items;
    }
}
