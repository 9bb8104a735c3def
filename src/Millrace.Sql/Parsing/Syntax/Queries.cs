using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

/// <summary>A whole query: common table expressions, a body, and what is done with the rows of the body.</summary>
public sealed record QuerySyntax(QueryBody Body) : SyntaxNode
{
    public bool Recursive { get; init; }

    public IReadOnlyList<CommonTable> With { get; init; } = [];

    public IReadOnlyList<OrderItem> OrderBy { get; init; } = [];

    public ExpressionSyntax? Limit { get; init; }

    public ExpressionSyntax? Offset { get; init; }

    /// <summary><c>EMIT CHANGES | FINAL</c>; null for the default.</summary>
    public EmitMode? Emit { get; init; }

    /// <summary>Options of a <c>WITH (…)</c> clause at the end, for the sink of <c>INTO</c>. Those of a query in CREATE or INSERT are moved to the statement.</summary>
    public IReadOnlyList<OptionSyntax> Options { get; init; } = [];
}

/// <summary>When results are given.</summary>
public enum EmitMode
{
    Changes,
    Final,
}

/// <summary><c>name (columns) AS (query)</c>.</summary>
public sealed record CommonTable(Identifier Name, IReadOnlyList<Identifier> Columns, QuerySyntax Query) : SyntaxNode;

public abstract record QueryBody : SyntaxNode;

/// <summary>Ways to put two queries together.</summary>
public enum SetOperator
{
    Union,
    Intersect,
    Except,
}

public sealed record SetOperation(SetOperator Operator, bool All, QueryBody Left, QueryBody Right) : QueryBody;

/// <summary>A query in parentheses, which may have an order and a limit of its own.</summary>
public sealed record NestedQuery(QuerySyntax Query) : QueryBody;

/// <summary><c>VALUES (1, 'a'), (2, 'b')</c>.</summary>
public sealed record ValuesSyntax(IReadOnlyList<IReadOnlyList<ExpressionSyntax>> Rows) : QueryBody;

public sealed record SelectSyntax : QueryBody
{
    public bool Distinct { get; init; }

    /// <summary><c>DISTINCT ON (…)</c>.</summary>
    public IReadOnlyList<ExpressionSyntax> DistinctOn { get; init; } = [];

    /// <summary>Expressions with names; a <see cref="StarSyntax"/> stands for several.</summary>
    public required IReadOnlyList<SelectItem> Items { get; init; }

    /// <summary>Target of <c>SELECT … INTO sink</c>.</summary>
    public QualifiedName? Into { get; init; }

    public TableSyntax? From { get; init; }

    public ExpressionSyntax? Where { get; init; }

    /// <summary><c>GROUP BY</c>: each item is an expression or a set of grouping sets.</summary>
    public IReadOnlyList<GroupItem> GroupBy { get; init; } = [];

    /// <summary><c>GROUP BY ALL</c>: every selected expression without an aggregate.</summary>
    public bool GroupByAll { get; init; }

    public ExpressionSyntax? Having { get; init; }

    public ExpressionSyntax? Qualify { get; init; }

    public IReadOnlyList<NamedWindow> Windows { get; init; } = [];

    /// <summary><c>WINDOW TUMBLING(…)</c>.</summary>
    public WindowClause? TimeWindow { get; init; }
}

/// <summary>What an alias with a meaning makes of an expression.</summary>
public enum SelectRole
{
    Plain,

    /// <summary><c>expr PRIMARY KEY</c>.</summary>
    PrimaryKey,
}

public sealed record SelectItem(ExpressionSyntax Expression, Identifier? Alias, SelectRole Role = SelectRole.Plain) : SyntaxNode;

/// <summary>A part of <c>GROUP BY</c>.</summary>
public abstract record GroupItem : SyntaxNode;

public sealed record GroupExpression(ExpressionSyntax Expression) : GroupItem;

/// <summary><c>GROUPING SETS (…)</c>, <c>ROLLUP (…)</c>, <c>CUBE (…)</c>: the sets spelled out, in order.</summary>
public sealed record GroupingSets(IReadOnlyList<IReadOnlyList<ExpressionSyntax>> Sets) : GroupItem;

/// <param name="Expression">What to sort by; an integer literal is the number of a selected column.</param>
/// <param name="Descending">Largest first.</param>
/// <param name="NullsFirst">Null for PostgreSQL's default: last when ascending, first when descending.</param>
public sealed record OrderItem(ExpressionSyntax Expression, bool Descending = false, bool? NullsFirst = null) : SyntaxNode;

/// <summary>Something that rows are taken from.</summary>
public abstract record TableSyntax : SyntaxNode
{
    public Identifier? Alias { get; init; }

    /// <summary>Names for the columns: <c>AS t (a, b)</c>.</summary>
    public IReadOnlyList<Identifier> ColumnAliases { get; init; } = [];

    /// <summary>The state of it that is wanted; null for the present one.</summary>
    public VersionSyntax? Version { get; init; }
}

/// <summary><c>FOR VERSION AS OF 123</c>, <c>FOR TIMESTAMP AS OF '…'</c>, and as the standard has it: <c>SYSTEM_VERSION</c>, <c>SYSTEM_TIME</c>.</summary>
/// <param name="Value">Which version, or when.</param>
/// <param name="IsTime">Whether it is a time.</param>
public sealed record VersionSyntax(ExpressionSyntax Value, bool IsTime) : SyntaxNode;

/// <summary>A stream, table, view or common table expression by name.</summary>
public sealed record NamedTable(QualifiedName Name) : TableSyntax
{
    /// <summary><c>FOR SYSTEM_TIME AS OF expr</c>.</summary>
    public ExpressionSyntax? AsOf { get; init; }
}

/// <summary>A file or URI in quotes, with the columns and options that it is to be read with.</summary>
public sealed record FileTable(string Location) : TableSyntax
{
    public IReadOnlyList<ColumnDefinition> Columns { get; init; } = [];

    public IReadOnlyList<OptionSyntax> Options { get; init; } = [];
}

/// <summary>A function that gives rows: <c>generate_series(1, 10)</c>, <c>unnest(a)</c>, <c>read_csv('x', delimiter = ';')</c>.</summary>
public sealed record FunctionTable(QualifiedName Name, IReadOnlyList<ExpressionSyntax> Arguments, IReadOnlyList<NamedArgument> NamedArguments) : TableSyntax
{
    public bool Lateral { get; init; }

    public bool WithOrdinality { get; init; }
}

/// <summary><c>name =&gt; value</c> or <c>name = value</c> among the arguments of a table function.</summary>
public sealed record NamedArgument(Identifier Name, ExpressionSyntax Value) : SyntaxNode;

/// <summary><c>GAP_FILL(TABLE t PARTITION BY k, DESCRIPTOR(ts), step)</c>: rows of a table, and one for each time that is missing between them.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Time">The column of their time.</param>
/// <param name="Step">How far apart they should be.</param>
public sealed record GapFillTable(TableSyntax Input, Identifier Time, ExpressionSyntax Step) : TableSyntax
{
    /// <summary>Columns by which gaps are looked for.</summary>
    public IReadOnlyList<ExpressionSyntax> PartitionBy { get; init; } = [];
}

/// <summary><c>TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)</c> and its kin.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Input">The table.</param>
/// <param name="Time">The column in <c>DESCRIPTOR</c>.</param>
/// <param name="Sizes">The intervals in the order written: size of TUMBLE, slide and size of HOP, step and size of CUMULATE, gap of SESSION.</param>
public sealed record WindowTable(TimeWindowKind Kind, TableSyntax Input, Identifier Time, IReadOnlyList<ExpressionSyntax> Sizes) : TableSyntax
{
    /// <summary><c>PARTITION BY</c> of SESSION.</summary>
    public IReadOnlyList<ExpressionSyntax> PartitionBy { get; init; } = [];
}

public sealed record SubqueryTable(QuerySyntax Query) : TableSyntax
{
    public bool Lateral { get; init; }
}

/// <summary>The kinds of joins.</summary>
public enum JoinKind
{
    Inner,
    Left,
    Right,
    Full,
    Cross,

    /// <summary>Rows of the left side that have a match, once.</summary>
    Semi,

    /// <summary>Rows of the left side that have none.</summary>
    Anti,

    /// <summary>For each row of the left side the nearest match of the right.</summary>
    AsOf,

    /// <summary>The same, and rows without a match with nulls.</summary>
    AsOfLeft,
}

public sealed record JoinTable(JoinKind Kind, TableSyntax Left, TableSyntax Right) : TableSyntax
{
    public ExpressionSyntax? On { get; init; }

    public IReadOnlyList<Identifier> Using { get; init; } = [];

    public bool Natural { get; init; }

    /// <summary><c>WITHIN INTERVAL '…'</c>: how far apart the event times of the two rows may be.</summary>
    public Interval? Within { get; init; }
}
