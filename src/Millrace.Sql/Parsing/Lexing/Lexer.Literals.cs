namespace Millrace.Sql.Parsing;

// Tokens with an inside: quotes, numbers, variables.
internal sealed partial class Lexer
{
    private TokenKind Quoted(char quote, TokenKind kind, string what)
    {
        int start = _at++;
        while (true)
        {
            int length = _text.AsSpan(_at).IndexOf(quote);
            if (length < 0)
            {
                return NoEnd(start, what, kind);
            }

            _at += length + 1;
            if (Peek(0) != quote)
            {
                return kind;
            }

            _at++;
        }
    }

    private TokenKind Escaped()
    {
        int start = _at++;
        while (true)
        {
            int length = _text.AsSpan(_at).IndexOfAny('\'', '\\');
            if (length < 0 || (_text[_at + length] == '\\' && _at + length + 1 >= _text.Length))
            {
                return NoEnd(start, "The text", TokenKind.EscapeString);
            }

            _at += length + 1;
            if (_text[_at - 1] == '\\' || Peek(0) == '\'')
            {
                _at++;
            }
            else
            {
                return TokenKind.EscapeString;
            }
        }
    }

    // $$text$$, $tag$text$tag$, or ${NAME}.
    private TokenKind Dollar()
    {
        int start = _at;
        if (Peek(1) == '{')
        {
            int length = _text.AsSpan(_at).IndexOfAny('}', '\n');
            if (length < 0 || _text[_at + length] != '}')
            {
                _at += 2;
                errors.Add(ParsingErrors.NoEnd(source.Place(new TextSpan(start, 2)), "The variable"));
                return TokenKind.Variable;
            }

            _at += length + 1;
            return TokenKind.Variable;
        }

        int end = _at + 1;
        while (end < _text.Length && IsNamePart(_text[end]) && _text[end] != '$' && (end > _at + 1 || IsNameStart(_text[end])))
        {
            end++;
        }

        if (end >= _text.Length || _text[end] != '$')
        {
            errors.Add(ParsingErrors.Character(source.Place(new TextSpan(_at, 1)), '$', "Values are written into the statement; it takes no parameters."));
            _at++;
            return TokenKind.End;
        }

        ReadOnlySpan<char> tag = _text.AsSpan(_at, end + 1 - _at);
        int close = _text.AsSpan(end + 1).IndexOf(tag);
        if (close < 0)
        {
            return NoEnd(start, "The text", TokenKind.DollarString);
        }

        _at = end + 1 + close + tag.Length;
        return TokenKind.DollarString;
    }

    private TokenKind NoEnd(int start, string what, TokenKind kind)
    {
        errors.Add(ParsingErrors.NoEnd(source.Place(new TextSpan(start, 1)), what));
        _at = _text.Length;
        return kind;
    }

    private TokenKind Number()
    {
        if (_text[_at] == '0' && Peek(1) is 'x' or 'X' or 'o' or 'O' or 'b' or 'B' && char.IsAsciiHexDigit(Peek(2)))
        {
            _at += 2;
            while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            {
                _at++;
            }

            return TokenKind.Integer;
        }

        TokenKind kind = TokenKind.Integer;
        Digits();
        if (Peek(0) == '.' && Peek(1) != '.')
        {
            kind = TokenKind.Decimal;
            _at++;
            Digits();
        }

        int sign = Peek(1) is '+' or '-' ? 1 : 0;
        if (Peek(0) is 'e' or 'E' && char.IsAsciiDigit(Peek(1 + sign)))
        {
            kind = TokenKind.Float;
            _at += 1 + sign;
            Digits();
        }

        if (_at < _text.Length && IsNameStart(_text[_at]))
        {
            kind = TokenKind.Quantity;
            while (_at < _text.Length && IsNamePart(_text[_at]))
            {
                _at++;
            }
        }

        return kind;
    }

    // Underscores may part digits.
    private void Digits()
    {
        while (char.IsAsciiDigit(Peek(0)) || (Peek(0) == '_' && char.IsAsciiDigit(Peek(1))))
        {
            _at++;
        }
    }
}
