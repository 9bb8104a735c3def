using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

// INTERVAL '…' [unit [TO unit]], INTERVAL 5 MINUTE, and durations such as 5m where the grammar wants a length of time.
internal sealed partial class Parser
{
    private bool AtInterval() => Is(TokenKind.Quantity) || (Is(Keyword.Interval) && (IsString(Peek(1)) || Peek(1).Kind is TokenKind.Integer or TokenKind.Decimal or TokenKind.Quantity));

    private Interval ParseInterval()
    {
        if (!AtInterval())
        {
            throw Unexpected("a duration such as 5m or INTERVAL '5' MINUTE", Keyword.Interval);
        }

        int start = _at;
        bool keyword = Try(Keyword.Interval);
        bool quoted = AtString();
        bool bare = !quoted && Current.Kind is TokenKind.Integer or TokenKind.Decimal;
        string text;
        if (quoted)
        {
            text = ReadString("a text");
        }
        else
        {
            text = bare ? ReadDigits() : TextOf(Current).ToString();
            _at++;
        }

        IntervalUnit? from = null;
        IntervalUnit? to = null;
        if (keyword && (quoted || bare) && TryUnit(out IntervalUnit unit))
        {
            from = unit;
            to = Try(Keyword.To) ? TryUnit(out IntervalUnit last) ? last : throw Unexpected("a unit of time") : null;
        }
        else if (bare)
        {
            throw Unexpected("a unit of time");
        }

        return IntervalLiteral.TryParse(text, from, to, out Interval value, out string? problem)
            ? value
            : throw ParsingErrors.Literal(_source.Place(_tokens[start].Span), $"'{(text.Length <= 40 ? text : text[..40])}' is not an interval: {problem}.", "Write it as in '1 day 02:30:00', '90 seconds', 'P1DT2H' or 5m.");
    }

    private bool TryUnit(out IntervalUnit unit)
    {
        unit = default;
        if (!Is(TokenKind.Word) || Current.End - Current.Start < 3 || !IntervalLiteral.TryUnit(TextOf(Current), out unit))
        {
            return false;
        }

        _at++;
        if (unit == IntervalUnit.Second && Is(TokenKind.OpenParen) && Peek(1).Kind == TokenKind.Integer && Peek(2).Kind == TokenKind.CloseParen)
        {
            _at += 3;
        }

        return true;
    }
}
