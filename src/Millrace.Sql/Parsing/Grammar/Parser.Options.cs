using System.Text;

namespace Millrace.Sql.Parsing;

// WITH ('name' = 'value', dotted.name = word, …). Variables in values are left as they are; who opens the connector expands them.
internal sealed partial class Parser
{
    private bool AtOptions() => Current.Keyword is Keyword.With or Keyword.Options && Peek(1).Kind == TokenKind.OpenParen;

    private List<OptionSyntax> ParseOptions()
    {
        _at += 2;
        var options = new List<OptionSyntax>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (!Is(TokenKind.CloseParen))
        {
            int start = _at;
            string name = ParseOptionName();
            if (!names.Add(name))
            {
                throw ParsingErrors.Twice(_source.Place(_tokens[start].Span), $"The option '{name}'");
            }

            Expect(TokenKind.Equal, "'='");
            int first = _at;
            string value = ParseOptionValue();
            options.Add(new OptionSyntax(name, value) { Span = From(start), ValueSpan = From(first) });
            if (!Try(TokenKind.Comma))
            {
                Follows("','");
                break;
            }
        }

        Expect(TokenKind.CloseParen, "')'");
        return options;
    }

    private string ParseOptionName()
    {
        if (AtString())
        {
            return ReadString("a name");
        }

        var name = new StringBuilder(ParseAnyName("the name of an option").Text);
        while (Current.Kind is TokenKind.Dot or TokenKind.Minus)
        {
            name.Append(Is(TokenKind.Dot) ? '.' : '-');
            _at++;
            name.Append(ParseAnyName("a name").Text);
        }

        return name.ToString();
    }

    private string ParseOptionValue()
    {
        switch (Current.Kind)
        {
            case TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString:
                return ReadString("a value");
            case TokenKind.Word or TokenKind.QuotedName:
                return ParseOptionName();
            case TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Quantity or TokenKind.Variable:
                _at++;
                return TextOf(_tokens[_at - 1]).ToString();
            case TokenKind.Minus or TokenKind.Plus when Peek(1).Kind is TokenKind.Integer or TokenKind.Decimal or TokenKind.Float:
                _at += 2;
                return $"{TextOf(_tokens[_at - 2])}{TextOf(_tokens[_at - 1])}";
            default:
                throw Unexpected("a value: a text in quotes, a number or a word");
        }
    }

    /// <summary>Options that stand at two places of one statement, put together.</summary>
    private IReadOnlyList<OptionSyntax> Merge(IReadOnlyList<OptionSyntax> first, IReadOnlyList<OptionSyntax> second)
    {
        if (second.Count == 0)
        {
            return first;
        }

        var names = first.Select(o => o.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return second.FirstOrDefault(o => names.Contains(o.Name)) is { } twice
            ? throw ParsingErrors.Twice(_source.Place(twice.Span), $"The option '{twice.Name}'")
            : [.. first, .. second];
    }
}
