namespace Millrace.Sql.Parsing;

/// <summary>How strongly operators bind: PostgreSQL's table, weakest first. Each level leaves room for the one right above it.</summary>
internal static class Precedence
{
    public const int Lowest = 0;
    public const int Or = 10;
    public const int And = 20;
    public const int Not = 30;

    /// <summary><c>IS</c>, <c>ISNULL</c>, <c>NOTNULL</c>.</summary>
    public const int Is = 40;

    /// <summary><c>&lt; &gt; = &lt;= &gt;= &lt;&gt;</c>, which do not chain.</summary>
    public const int Comparison = 50;

    /// <summary><c>BETWEEN IN LIKE ILIKE SIMILAR</c>.</summary>
    public const int Range = 60;

    /// <summary>Every operator that is not named elsewhere: <c>|| -&gt; ~ &amp; | # &lt;&lt;</c> and their kin.</summary>
    public const int Other = 70;
    public const int Additive = 80;
    public const int Multiplicative = 90;
    public const int Power = 100;
    public const int AtTimeZone = 110;

    /// <summary>Plus and minus before their operand.</summary>
    public const int Sign = 120;
    public const int Subscript = 130;
    public const int Cast = 140;

    /// <summary>What needs no parentheses anywhere.</summary>
    public const int Primary = 200;

    public static int Of(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => Or,
        BinaryOperator.And => And,
        BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less or BinaryOperator.LessOrEqual
            or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual => Comparison,
        BinaryOperator.Add or BinaryOperator.Subtract => Additive,
        BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo => Multiplicative,
        BinaryOperator.Power => Power,
        _ => Other,
    };

    /// <summary>The operator that a token is between two operands.</summary>
    public static bool TryInfix(TokenKind kind, out BinaryOperator op)
    {
        BinaryOperator? found = kind switch
        {
            TokenKind.Equal => BinaryOperator.Equal,
            TokenKind.NotEqual => BinaryOperator.NotEqual,
            TokenKind.Less => BinaryOperator.Less,
            TokenKind.LessOrEqual => BinaryOperator.LessOrEqual,
            TokenKind.Greater => BinaryOperator.Greater,
            TokenKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
            TokenKind.Plus => BinaryOperator.Add,
            TokenKind.Minus => BinaryOperator.Subtract,
            TokenKind.Star => BinaryOperator.Multiply,
            TokenKind.Slash => BinaryOperator.Divide,
            TokenKind.Percent => BinaryOperator.Modulo,
            TokenKind.Caret => BinaryOperator.Power,
            TokenKind.Ampersand => BinaryOperator.BitAnd,
            TokenKind.Pipe => BinaryOperator.BitOr,
            TokenKind.Hash => BinaryOperator.BitXor,
            TokenKind.ShiftLeft => BinaryOperator.ShiftLeft,
            TokenKind.ShiftRight => BinaryOperator.ShiftRight,
            TokenKind.Concat => BinaryOperator.Concat,
            TokenKind.Tilde => BinaryOperator.RegexMatch,
            TokenKind.TildeStar => BinaryOperator.RegexMatchIgnoreCase,
            TokenKind.BangTilde => BinaryOperator.RegexNoMatch,
            TokenKind.BangTildeStar => BinaryOperator.RegexNoMatchIgnoreCase,
            TokenKind.JsonGet => BinaryOperator.JsonGet,
            TokenKind.JsonGetText => BinaryOperator.JsonGetText,
            _ => null,
        };
        op = found.GetValueOrDefault();
        return found is not null;
    }
}
