namespace Millrace.Sql.Parsing;

/// <summary>One statement of a text, with the annotations that stand above it.</summary>
public abstract record StatementSyntax : SyntaxNode
{
    /// <summary><c>-- @name: value</c> comments at the head of the statement, in order; <see cref="StatementAnnotations"/> says what they mean.</summary>
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];
}

/// <summary><c>-- @name: value</c>; a name without a value has an empty one.</summary>
public sealed record Annotation(string Name, string Value) : SyntaxNode
{
    /// <summary>Where the value stands.</summary>
    public TextSpan ValueSpan { get; init; }
}

public sealed record QueryStatement(QuerySyntax Query) : StatementSyntax;

/// <summary>What <c>EXPLAIN</c> shows.</summary>
public enum ExplainMode
{
    Plan,
    Analyze,
    Watermark,
}

public sealed record ExplainStatement(ExplainMode Mode, StatementSyntax Statement) : StatementSyntax;

/// <summary>Kinds of objects that statements create.</summary>
public enum ObjectKind
{
    Stream,
    Table,
    View,
    Job,
}

/// <summary>A column of <c>CREATE</c> or of a file in <c>FROM</c>.</summary>
public sealed record ColumnDefinition(Identifier Name, TypeSyntax Type) : SyntaxNode
{
    public bool NotNull { get; init; }

    public bool PrimaryKey { get; init; }

    /// <summary>Name in the source, for <c>name type FROM 'source name'</c>.</summary>
    public string? From { get; init; }
}

/// <summary><c>WATERMARK FOR ts AS ts - INTERVAL '5' SECOND</c>.</summary>
public sealed record WatermarkDefinition(Identifier Column, ExpressionSyntax Expression) : SyntaxNode;

/// <summary><c>CREATE [OR REPLACE] STREAM|TABLE|VIEW [IF NOT EXISTS] n (…) WITH (…) [AS query]</c>.</summary>
public sealed record CreateStatement(ObjectKind Kind, QualifiedName Name) : StatementSyntax
{
    public bool OrReplace { get; init; }

    public bool IfNotExists { get; init; }

    public IReadOnlyList<ColumnDefinition> Columns { get; init; } = [];

    /// <summary><c>PRIMARY KEY (a, b)</c> as an entry of its own.</summary>
    public IReadOnlyList<Identifier> PrimaryKey { get; init; } = [];

    public WatermarkDefinition? Watermark { get; init; }

    public IReadOnlyList<OptionSyntax> Options { get; init; } = [];

    public QuerySyntax? Query { get; init; }
}

public sealed record DropStatement(ObjectKind Kind, QualifiedName Name, bool IfExists) : StatementSyntax;

/// <summary><c>INSERT INTO n (columns) query</c>, also <c>INSERT INTO 'file.parquet' …</c>: exactly one of name and location is given.</summary>
public sealed record InsertStatement(QualifiedName? Name, string? Location, IReadOnlyList<Identifier> Columns, QuerySyntax Query) : StatementSyntax
{
    public IReadOnlyList<OptionSyntax> Options { get; init; } = [];
}

/// <summary>What <c>SHOW</c> lists.</summary>
public enum ShowKind
{
    Streams,
    Tables,
    Views,
    Functions,
    Jobs,
    Topics,
    Partitions,
    Schema,
    Status,
    Versions,
    Metrics,
    TimeZone,
}

public sealed record ShowStatement(ShowKind Kind, QualifiedName? Name, string? Like) : StatementSyntax;

/// <summary><c>DESCRIBE n</c>, <c>DESCRIBE 'file'</c> or <c>DESCRIBE SELECT …</c>.</summary>
public sealed record DescribeStatement(QuerySyntax Query) : StatementSyntax;

/// <summary><c>DESCRIBE FUNCTION n</c>.</summary>
public sealed record DescribeFunctionStatement(Identifier Name) : StatementSyntax;

/// <summary><c>LOAD 'functions.dll'</c>: the functions of a .NET assembly, for the session.</summary>
public sealed record LoadStatement(string Path) : StatementSyntax
{
    /// <summary>Where the path stands.</summary>
    public TextSpan PathSpan { get; init; }
}

/// <summary><c>SET name = value</c> or <c>SET TIME ZONE value</c>, for the session.</summary>
public sealed record SetStatement(string Name, string Value) : StatementSyntax;

/// <summary>What is asked of a job on a server.</summary>
public enum JobAction
{
    Start,
    Stop,
    Pause,
    Resume,
    Deploy,
    Rollback,
}

/// <summary><c>START | STOP | PAUSE | RESUME | DEPLOY | ROLLBACK JOB n …</c>.</summary>
public sealed record JobStatement(JobAction Action, Identifier Name) : StatementSyntax
{
    public bool Force { get; init; }

    public string? Version { get; init; }

    /// <summary><c>BLUE_GREEN</c>, <c>CANARY</c>, <c>ROLLING</c> or <c>REPLACE</c>.</summary>
    public string? Strategy { get; init; }

    /// <summary>Per cent of <c>CANARY(p)</c>.</summary>
    public int? CanaryPercent { get; init; }

    /// <summary>The statement that the job runs.</summary>
    public StatementSyntax? Body { get; init; }
}
