using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

/// <summary>Something that has a value.</summary>
public abstract record ExpressionSyntax : SyntaxNode;

/// <summary>What a literal is by the look of it; binding gives it a type.</summary>
public enum LiteralKind
{
    Null,
    Boolean,

    /// <summary>Digits only.</summary>
    Integer,

    /// <summary>Digits with a point: an exact number.</summary>
    Decimal,

    /// <summary>A number with an exponent: a double.</summary>
    Float,
    String,

    /// <summary><c>X'CAFE'</c>, whose text is the digits.</summary>
    Bytes,
}

/// <summary>A constant.</summary>
/// <param name="Kind">What it looks like.</param>
/// <param name="Text">Digits as written, the string without quotes and escapes, <c>true</c> or <c>false</c>; empty for null.</param>
public sealed record LiteralSyntax(LiteralKind Kind, string Text) : ExpressionSyntax;

/// <summary><c>DATE '2024-01-31'</c>, <c>TIMESTAMP '…'</c> and the like.</summary>
public sealed record TypedLiteralSyntax(TypeSyntax Type, string Text) : ExpressionSyntax;

/// <summary><c>INTERVAL '1' HOUR</c>, <c>INTERVAL '1 day 2 hours'</c>, or a duration such as <c>5m</c> where a window takes one.</summary>
public sealed record IntervalSyntax(Interval Value) : ExpressionSyntax;

/// <summary>A column, or a field of a struct column: <c>a</c>, <c>t.a</c>, <c>t.a.b</c>. Which one it is, binding decides.</summary>
public sealed record NameSyntax(QualifiedName Name) : ExpressionSyntax;

/// <summary><c>*</c> or <c>t.*</c>, with <c>EXCEPT (…)</c>/<c>EXCLUDE (…)</c> and <c>REPLACE (e AS c, …)</c>.</summary>
public sealed record StarSyntax(QualifiedName? Qualifier, IReadOnlyList<Identifier> Except, IReadOnlyList<SelectItem> Replace) : ExpressionSyntax;

/// <summary>Operators with one operand.</summary>
public enum UnaryOperator
{
    Plus,
    Minus,
    Not,

    /// <summary><c>~</c></summary>
    BitNot,
}

public sealed record UnarySyntax(UnaryOperator Operator, ExpressionSyntax Operand) : ExpressionSyntax;

/// <summary>Operators between two operands.</summary>
public enum BinaryOperator
{
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,

    /// <summary><c>^</c>, from left to right as in PostgreSQL.</summary>
    Power,
    BitAnd,
    BitOr,

    /// <summary><c>#</c></summary>
    BitXor,
    ShiftLeft,
    ShiftRight,

    /// <summary><c>||</c></summary>
    Concat,

    /// <summary><c>~</c></summary>
    RegexMatch,

    /// <summary><c>~*</c></summary>
    RegexMatchIgnoreCase,

    /// <summary><c>!~</c></summary>
    RegexNoMatch,

    /// <summary><c>!~*</c></summary>
    RegexNoMatchIgnoreCase,

    /// <summary><c>-&gt;</c></summary>
    JsonGet,

    /// <summary><c>-&gt;&gt;</c></summary>
    JsonGetText,
}

/// <param name="Operator">The operator.</param>
/// <param name="Left">Left operand.</param>
/// <param name="Right">Right operand.</param>
public sealed record BinarySyntax(BinaryOperator Operator, ExpressionSyntax Left, ExpressionSyntax Right) : ExpressionSyntax
{
    /// <summary>Where the operator itself stands.</summary>
    public TextSpan OperatorSpan { get; init; }
}

/// <summary>What <c>IS</c> asks.</summary>
public enum IsTest
{
    Null,
    True,
    False,

    /// <summary><c>IS UNKNOWN</c>: null, of a boolean.</summary>
    Unknown,
}

public sealed record IsSyntax(ExpressionSyntax Operand, IsTest Test, bool Negated) : ExpressionSyntax;

/// <summary><c>a IS [NOT] DISTINCT FROM b</c>.</summary>
public sealed record DistinctFromSyntax(ExpressionSyntax Left, ExpressionSyntax Right, bool Negated) : ExpressionSyntax;

public sealed record BetweenSyntax(ExpressionSyntax Operand, ExpressionSyntax Low, ExpressionSyntax High, bool Negated, bool Symmetric) : ExpressionSyntax;

public sealed record InListSyntax(ExpressionSyntax Operand, IReadOnlyList<ExpressionSyntax> Values, bool Negated) : ExpressionSyntax;

public sealed record InQuerySyntax(ExpressionSyntax Operand, QuerySyntax Query, bool Negated) : ExpressionSyntax;

public sealed record ExistsSyntax(QuerySyntax Query) : ExpressionSyntax;

/// <summary><c>a = ANY (…)</c> or <c>a &lt; ALL (…)</c> over a query or an array; exactly one of them is given.</summary>
public sealed record QuantifiedSyntax(ExpressionSyntax Left, BinaryOperator Operator, bool All, QuerySyntax? Query, ExpressionSyntax? Array) : ExpressionSyntax;

/// <summary>A query in parentheses that stands for its one value.</summary>
public sealed record ScalarQuerySyntax(QuerySyntax Query) : ExpressionSyntax;

/// <summary>The kinds of matching with a pattern.</summary>
public enum LikeKind
{
    Like,
    ILike,
    SimilarTo,
}

public sealed record LikeSyntax(LikeKind Kind, ExpressionSyntax Operand, ExpressionSyntax Pattern, ExpressionSyntax? Escape, bool Negated) : ExpressionSyntax;

/// <summary><c>CASE [operand] WHEN … THEN … [ELSE …] END</c>.</summary>
public sealed record CaseSyntax(ExpressionSyntax? Operand, IReadOnlyList<CaseBranch> Branches, ExpressionSyntax? Else) : ExpressionSyntax;

public sealed record CaseBranch(ExpressionSyntax When, ExpressionSyntax Then) : SyntaxNode;

/// <summary><c>CAST(a AS t)</c>, <c>a::t</c>, and <c>TRY_CAST</c>, which gives null where a value does not fit.</summary>
public sealed record CastSyntax(ExpressionSyntax Operand, TypeSyntax Type, bool Try) : ExpressionSyntax;

/// <summary>
/// A call. Forms with words between their arguments are calls too: <c>EXTRACT(part FROM a)</c> is <c>date_part('part', a)</c>,
/// <c>a AT TIME ZONE z</c> is <c>timezone(z, a)</c>, <c>SUBSTRING(a FROM 1 FOR 2)</c> is <c>substring(a, 1, 2)</c>,
/// <c>POSITION(b IN a)</c> is <c>position(a, b)</c>, <c>OVERLAY(a PLACING b FROM 1 FOR 2)</c> is <c>overlay(a, b, 1, 2)</c>,
/// <c>TRIM([BOTH | LEADING | TRAILING] 'x' FROM a)</c> is <c>trim</c>, <c>ltrim</c> or <c>rtrim</c> of <c>(a, 'x')</c>,
/// and <c>CURRENT_DATE</c> and its kin are calls without arguments.
/// </summary>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Its arguments; empty for <c>count(*)</c>.</param>
public sealed record CallSyntax(QualifiedName Name, IReadOnlyList<ExpressionSyntax> Arguments) : ExpressionSyntax
{
    /// <summary><c>count(*)</c>.</summary>
    public bool Star { get; init; }

    public bool Distinct { get; init; }

    /// <summary><c>ORDER BY</c> inside the parentheses.</summary>
    public IReadOnlyList<OrderItem> OrderBy { get; init; } = [];

    /// <summary><c>WITHIN GROUP (ORDER BY …)</c>.</summary>
    public IReadOnlyList<OrderItem> WithinGroup { get; init; } = [];

    /// <summary><c>FILTER (WHERE …)</c>.</summary>
    public ExpressionSyntax? Filter { get; init; }

    /// <summary><c>IGNORE NULLS</c>; false is <c>RESPECT NULLS</c>, which is the default.</summary>
    public bool IgnoreNulls { get; init; }

    /// <summary><c>OVER (…)</c>.</summary>
    public WindowSyntax? Over { get; init; }
}

/// <summary><c>ARRAY[a, b]</c>.</summary>
public sealed record ArraySyntax(IReadOnlyList<ExpressionSyntax> Items) : ExpressionSyntax;

/// <summary><c>MAP {'a': 1}</c>, <c>MAP['a', 1]</c>: keys and values in turn are <see cref="Keys"/> and <see cref="Values"/>.</summary>
public sealed record MapSyntax(IReadOnlyList<ExpressionSyntax> Keys, IReadOnlyList<ExpressionSyntax> Values) : ExpressionSyntax;

/// <summary><c>STRUCT(a AS x, b)</c>, <c>ROW(a, b)</c>, <c>(a, b)</c>; a field without a name gets that of its column, or <c>f1</c>, <c>f2</c>.</summary>
public sealed record StructSyntax(IReadOnlyList<SelectItem> Fields) : ExpressionSyntax;

/// <summary><c>a[1]</c> of an array (from 1), or <c>m['key']</c> of a map.</summary>
public sealed record SubscriptSyntax(ExpressionSyntax Operand, ExpressionSyntax Index) : ExpressionSyntax;

/// <summary><c>a[2:3]</c> of an array; an end that is left out is open.</summary>
public sealed record SliceSyntax(ExpressionSyntax Operand, ExpressionSyntax? From, ExpressionSyntax? To) : ExpressionSyntax;

/// <summary><c>(expression).field</c>; where the operand is a plain name it is a <see cref="NameSyntax"/> instead.</summary>
public sealed record FieldSyntax(ExpressionSyntax Operand, Identifier Field) : ExpressionSyntax;
