namespace Millrace.Sql.Parsing;

/// <summary>
/// Cuts a text into tokens, one statement at a time, and remembers which parentheses belong together. Errors are collected:
/// a character that means nothing is passed over, so that one slip does not hide the next.
/// </summary>
internal sealed partial class Lexer(SourceText source, ErrorList errors)
{
    private readonly string _text = source.Text;
    private readonly List<int> _open = [];
    private int _at;
    private Token[] _tokens = new Token[64];
    private int _count;

    /// <summary>The tokens of the statement; the last is its end. Valid until the next statement.</summary>
    public ReadOnlySpan<Token> Tokens => _tokens.AsSpan(0, _count);

    /// <summary>The same, for the parser that goes through them.</summary>
    public Token[] Buffer => _tokens;

    /// <summary>The annotations above the statement.</summary>
    public List<Annotation> Annotations { get; } = [];

    /// <summary>Characters of the token that begins at an offset; 1 where none does.</summary>
    public static int LengthAt(SourceText source, int offset)
    {
        if (offset >= source.Text.Length || IsSpace(source.Text[offset]))
        {
            return 1;
        }

        var lexer = new Lexer(source, new ErrorList(source)) { _at = offset };
        lexer.Scan(source.Text[offset]);
        return lexer._at - offset;
    }

    /// <summary>Reads the next statement; false when the text has no more.</summary>
    public bool ReadStatement()
    {
        do
        {
            Annotations.Clear();
            _open.Clear();
            _count = 0;
            while (Next(out Token token))
            {
                Append(token);
                if (token.Kind == TokenKind.End)
                {
                    break;
                }
            }

            if (_count == 0 || _tokens[_count - 1].Kind != TokenKind.End)
            {
                Append(new Token { Kind = TokenKind.End, Start = _text.Length, End = _text.Length });
            }
        }
        while (_count == 1 && _at < _text.Length);
        return _count > 1;
    }

    private void Append(in Token token)
    {
        if (_count == _tokens.Length)
        {
            Array.Resize(ref _tokens, _count * 2);
        }

        int index = _count++;
        _tokens[index] = token;
        if (token.Kind == TokenKind.OpenParen)
        {
            _open.Add(index);
        }
        else if (token.Kind == TokenKind.CloseParen && _open.Count > 0)
        {
            int open = _open[^1];
            _open.RemoveAt(_open.Count - 1);
            _tokens[open].Match = index;
            _tokens[open].HoldsQuery = BeginsQuery(open + 1);
        }
    }

    // Inner parentheses close first, so what they hold is known here; looking ahead would cost the depth squared.
    private bool BeginsQuery(int index)
    {
        ref readonly Token first = ref _tokens[index];
        if (first.Kind != TokenKind.OpenParen)
        {
            return first.Keyword is Keyword.Select or Keyword.With or Keyword.From or Keyword.Table
                || (first.Keyword == Keyword.Values && _tokens[index + 1].Kind == TokenKind.OpenParen);
        }

        ref readonly Token next = ref _tokens[first.Match + 1];
        return first.HoldsQuery && (next.Kind == TokenKind.CloseParen
            || next.Keyword is Keyword.Union or Keyword.Intersect or Keyword.Except or Keyword.Order or Keyword.Limit or Keyword.Offset or Keyword.Fetch or Keyword.Emit);
    }

    private bool Next(out Token token)
    {
        while (SkipSpace())
        {
            int start = _at;
            char c = _text[_at];
            TokenKind kind = Scan(c);
            if (kind == TokenKind.End && c != ';')
            {
                continue;
            }

            token = new Token
            {
                Kind = kind,
                Start = start,
                End = _at,
                Keyword = kind == TokenKind.Word ? Keywords.Find(_text.AsSpan(start, _at - start)) : Keyword.None,
            };
            return true;
        }

        token = default;
        return false;
    }

    // Goes over what begins with a character; an end of no semicolon is a character that means nothing.
    private TokenKind Scan(char c) => IsNameStart(c) ? Word(c)
        : char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))) ? Number()
        : Other(c);

    private char Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private TokenKind Word(char first)
    {
        if (Peek(1) == '\'')
        {
            if (first is 'x' or 'X')
            {
                _at++;
                return Quoted('\'', TokenKind.Bytes, "The text of bytes");
            }

            if (first is 'e' or 'E')
            {
                _at++;
                return Escaped();
            }
        }

        do
        {
            _at++;
        }
        while (_at < _text.Length && IsNamePart(_text[_at]));
        return TokenKind.Word;
    }

    private TokenKind Other(char c)
    {
        switch (c)
        {
            case '\'':
                return Quoted('\'', TokenKind.String, "The text");
            case '"':
                return Quoted('"', TokenKind.QuotedName, "The name in quotes");
            case '`':
                return Quoted('`', TokenKind.QuotedName, "The name in quotes");
            case '$':
                return Dollar();
            default:
                return Symbol(c);
        }
    }

    private TokenKind Symbol(char c)
    {
        char next = Peek(1);
        char third = Peek(2);
        (TokenKind kind, int length) = c switch
        {
            ';' => (TokenKind.End, 1),
            '(' => (TokenKind.OpenParen, 1),
            ')' => (TokenKind.CloseParen, 1),
            '[' => (TokenKind.OpenBracket, 1),
            ']' => (TokenKind.CloseBracket, 1),
            '{' => (TokenKind.OpenBrace, 1),
            '}' => (TokenKind.CloseBrace, 1),
            ',' => (TokenKind.Comma, 1),
            '.' => (TokenKind.Dot, 1),
            ':' => next == ':' ? (TokenKind.DoubleColon, 2) : (TokenKind.Colon, 1),
            '+' => (TokenKind.Plus, 1),
            '-' => next != '>' ? (TokenKind.Minus, 1) : third == '>' ? (TokenKind.JsonGetText, 3) : (TokenKind.JsonGet, 2),
            '*' => (TokenKind.Star, 1),
            '/' => (TokenKind.Slash, 1),
            '%' => (TokenKind.Percent, 1),
            '^' => (TokenKind.Caret, 1),
            '&' => (TokenKind.Ampersand, 1),
            '|' => next == '|' ? (TokenKind.Concat, 2) : (TokenKind.Pipe, 1),
            '#' => (TokenKind.Hash, 1),
            '~' => next == '*' ? (TokenKind.TildeStar, 2) : (TokenKind.Tilde, 1),
            '!' when next == '=' => (TokenKind.NotEqual, 2),
            '!' when next == '~' => third == '*' ? (TokenKind.BangTildeStar, 3) : (TokenKind.BangTilde, 2),
            '=' => next == '>' ? (TokenKind.Arrow, 2) : next == '=' ? (TokenKind.DoubleEqual, 2) : (TokenKind.Equal, 1),
            '<' => next == '=' ? (TokenKind.LessOrEqual, 2) : next == '>' ? (TokenKind.NotEqual, 2) : next == '<' ? (TokenKind.ShiftLeft, 2) : (TokenKind.Less, 1),
            '>' => next == '=' ? (TokenKind.GreaterOrEqual, 2) : next == '>' ? (TokenKind.ShiftRight, 2) : (TokenKind.Greater, 1),
            _ => (TokenKind.End, 0),
        };
        if (length == 0)
        {
            BadCharacter(c);
            length = char.IsHighSurrogate(c) && char.IsLowSurrogate(next) ? 2 : 1;
        }

        _at += length;
        return kind;
    }

    private void BadCharacter(char c)
    {
        string? hint = c switch
        {
            '\u2018' or '\u2019' or '\u201a' or '\u00b4' => "Texts stand in straight quotes: 'text'.",
            '\u201c' or '\u201d' or '\u201e' => "Names stand in straight quotes: \"name\"; texts in 'single' ones.",
            '\u2013' or '\u2014' or '\u2212' => "Minus is written -.",
            '!' => "Not equal is written <> or !=; to negate, write NOT.",
            '?' or '@' => "Values are written into the statement; it takes no parameters.",
            _ => null,
        };
        errors.Add(ParsingErrors.Character(source.Place(new TextSpan(_at, 1)), c, hint));
    }
}
