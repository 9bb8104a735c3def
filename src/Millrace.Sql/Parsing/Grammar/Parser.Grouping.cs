namespace Millrace.Sql.Parsing;

// GROUP BY with its sets, spelled out.
internal sealed partial class Parser
{
    private const int MaxSets = 4096;

    private List<GroupItem> ParseGroupBy()
    {
        var items = new List<GroupItem>();
        do
        {
            int start = _at;
            if (AtSets())
            {
                List<IReadOnlyList<ExpressionSyntax>> sets = ParseSets();
                items.Add(new GroupingSets(sets) { Span = From(start) });
            }
            else if (Is(TokenKind.OpenParen) && Peek(1).Kind == TokenKind.CloseParen)
            {
                _at += 2;
                items.Add(new GroupingSets([[]]) { Span = From(start) });
            }
            else
            {
                ExpressionSyntax expression = ParseExpression();
                items.Add(new GroupExpression(expression) { Span = From(start) });
            }
        }
        while (Try(TokenKind.Comma));
        Follows("','");
        return items;
    }

    private bool AtSets() => Is(Keyword.Grouping, Keyword.Sets) || (Current.Keyword is Keyword.Rollup or Keyword.Cube && Peek(1).Kind == TokenKind.OpenParen);

    private List<IReadOnlyList<ExpressionSyntax>> ParseSets()
    {
        TextSpan place = Current.Span;
        List<IReadOnlyList<ExpressionSyntax>> sets = Is(Keyword.Grouping) ? ParseGroupingSets() : SpellOut(Is(Keyword.Cube), place);
        return sets.Count <= MaxSets ? sets : throw ParsingErrors.Sets(_source.Place(place), MaxSets);
    }

    private List<IReadOnlyList<ExpressionSyntax>> ParseGroupingSets()
    {
        Descend();
        _at += 2;
        Expect(TokenKind.OpenParen, "'('");
        var sets = new List<IReadOnlyList<ExpressionSyntax>>();
        do
        {
            if (AtSets())
            {
                sets.AddRange(ParseSets());
            }
            else
            {
                sets.Add(ParseSet());
            }
        }
        while (Try(TokenKind.Comma));
        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        _depth--;
        return sets;
    }

    // (a, b), (), or an expression alone. What begins with a parenthesis may go on: (a + b) * 2.
    private List<ExpressionSyntax> ParseSet()
    {
        if (!Is(TokenKind.OpenParen) || Current.Match == 0 || _tokens[Current.Match + 1].Kind is not (TokenKind.Comma or TokenKind.CloseParen))
        {
            return [ParseExpression()];
        }

        _at++;
        List<ExpressionSyntax> set = Is(TokenKind.CloseParen) ? [] : ParseExpressions();
        Expect(TokenKind.CloseParen, "',' or ')'");
        return set;
    }

    // ROLLUP (a, b) is (a, b), (a), (); CUBE has every subset, those with the first elements first.
    private List<IReadOnlyList<ExpressionSyntax>> SpellOut(bool cube, TextSpan place)
    {
        _at += 2;
        var elements = new List<List<ExpressionSyntax>>();
        do
        {
            elements.Add(ParseSet());
        }
        while (Try(TokenKind.Comma));
        Follows("','");
        Expect(TokenKind.CloseParen, "')'");
        if (elements.Count >= (cube ? 13 : MaxSets))
        {
            throw ParsingErrors.Sets(_source.Place(place), MaxSets);
        }

        var sets = new List<IReadOnlyList<ExpressionSyntax>>();
        int count = cube ? 1 << elements.Count : elements.Count + 1;
        for (int set = 0; set < count; set++)
        {
            // Bits from the highest: a zero keeps the element, so that all of them come first.
            sets.Add([.. elements.Where((_, i) => cube ? (set >> (elements.Count - 1 - i) & 1) == 0 : i < elements.Count - set).SelectMany(e => e)]);
        }

        return sets;
    }
}
