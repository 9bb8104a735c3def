namespace Millrace.Sql.Parsing;

/// <summary>Kinds of tokens.</summary>
internal enum TokenKind : byte
{
    /// <summary>The end of a statement: a semicolon, or the end of the text.</summary>
    End,
    Word,
    QuotedName,
    String,
    EscapeString,
    DollarString,
    Bytes,
    Integer,
    Decimal,
    Float,

    /// <summary>A number with letters behind it, as <c>5m</c> or <c>64MB</c>.</summary>
    Quantity,

    /// <summary><c>${NAME}</c> outside of quotes.</summary>
    Variable,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Comma,
    Dot,
    Colon,
    DoubleColon,
    Arrow,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Caret,
    Ampersand,
    Pipe,
    Hash,
    ShiftLeft,
    ShiftRight,
    Concat,
    Tilde,
    TildeStar,
    BangTilde,
    BangTildeStar,
    JsonGet,
    JsonGetText,
    Equal,
    DoubleEqual,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>A token of a statement. Its text is a run of the source.</summary>
internal struct Token
{
    public TokenKind Kind;

    /// <summary>Which keyword a word is, if any.</summary>
    public Keyword Keyword;

    /// <summary>Of an opening parenthesis: whether what it encloses is a query.</summary>
    public bool HoldsQuery;

    public int Start;

    public int End;

    /// <summary>Of an opening parenthesis: the number of the closing one; 0 where there is none.</summary>
    public int Match;

    public readonly TextSpan Span => new(Start, End - Start);
}
