using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Planning;

/// <summary>What rows a query is after, without how. Immutable; rules make new plans of old ones.</summary>
public abstract record LogicalPlan
{
    /// <summary>The columns of its rows, in order.</summary>
    public abstract IReadOnlyList<ColumnVariable> Output { get; }

    /// <summary>The plans it takes rows from.</summary>
    public abstract IReadOnlyList<LogicalPlan> Inputs { get; }

    /// <summary>The same plan over other inputs, which have the columns that it uses.</summary>
    public abstract LogicalPlan WithInputs(IReadOnlyList<LogicalPlan> inputs);
}

/// <summary>A plan without inputs.</summary>
public abstract record LogicalLeaf : LogicalPlan
{
    public sealed override IReadOnlyList<LogicalPlan> Inputs => [];

    public sealed override LogicalPlan WithInputs(IReadOnlyList<LogicalPlan> inputs) => this;
}

/// <summary>A plan over one other.</summary>
public abstract record LogicalUnary(LogicalPlan Input) : LogicalPlan
{
    public sealed override IReadOnlyList<LogicalPlan> Inputs => [Input];

    public sealed override LogicalPlan WithInputs(IReadOnlyList<LogicalPlan> inputs) => this with { Input = inputs[0] };
}

/// <summary>Rows of a table of the catalog.</summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">The columns read: a variable for each, and its name in the table.</param>
public sealed record LogicalScan(ISqlTable Table, IReadOnlyList<ScanColumn> Columns) : LogicalLeaf
{
    /// <summary>Comparisons of columns with constants that the table may use to leave rows out; a filter above still tests them.</summary>
    public IReadOnlyList<BoundExpression> Predicates { get; init; } = [];

    /// <summary>Rows after which nothing more is needed.</summary>
    public long? Limit { get; init; }

    public override IReadOnlyList<ColumnVariable> Output => [.. Columns.Select(c => c.Variable)];
}

/// <param name="Variable">The column in the plan.</param>
/// <param name="Name">Its name in the table.</param>
public sealed record ScanColumn(ColumnVariable Variable, string Name);

/// <summary>Rows of constants. Without columns and with one row it is what a <c>SELECT</c> without <c>FROM</c> reads.</summary>
public sealed record LogicalValues(IReadOnlyList<ColumnVariable> Columns, IReadOnlyList<IReadOnlyList<BoundExpression>> Rows) : LogicalLeaf
{
    public override IReadOnlyList<ColumnVariable> Output => Columns;
}

/// <summary>Rows for which a condition is true.</summary>
public sealed record LogicalFilter(LogicalPlan Input, BoundExpression Condition) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => Input.Output;
}

/// <summary>A column and the expression that makes it.</summary>
public sealed record Assignment(ColumnVariable Variable, BoundExpression Expression);

/// <summary>Columns made of the input's columns; nothing else passes.</summary>
public sealed record LogicalProject(LogicalPlan Input, IReadOnlyList<Assignment> Columns) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => [.. Columns.Select(c => c.Variable)];
}

/// <summary>An aggregate and the column that holds its result.</summary>
public sealed record AggregateAssignment(ColumnVariable Variable, BoundAggregate Aggregate);

/// <summary>A row for each group. Without keys there is one group, also of no rows. Without aggregates it removes repeats.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Keys">What to group by.</param>
/// <param name="Aggregates">What to make of each group.</param>
public sealed record LogicalAggregate(LogicalPlan Input, IReadOnlyList<Assignment> Keys, IReadOnlyList<AggregateAssignment> Aggregates) : LogicalUnary(Input)
{
    /// <summary>
    /// Grouping sets as numbers of <see cref="Keys"/>: rows are grouped once by each set, other keys are null. Null for one
    /// grouping by all keys. The key variables are then nullable.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>>? Sets { get; init; }

    /// <summary>With <see cref="Sets"/>: a bigint with a bit for each key, the first highest, set where the key is not in the row's set; for <c>GROUPING()</c>.</summary>
    public ColumnVariable? GroupingId { get; init; }

    public override IReadOnlyList<ColumnVariable> Output
        => [.. Keys.Select(k => k.Variable), .. Aggregates.Select(a => a.Variable), .. GroupingId is null ? Array.Empty<ColumnVariable>() : [GroupingId]];
}

/// <summary>The first row, in the order of the input, for each value of the keys: <c>DISTINCT ON</c>.</summary>
public sealed record LogicalDistinctOn(LogicalPlan Input, IReadOnlyList<BoundExpression> Keys) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => Input.Output;
}

/// <summary>The latest row for each value of the keys: what a table with a primary key holds.</summary>
/// <param name="Input">The rows in the order in which they come.</param>
/// <param name="Keys">What tells rows apart; nulls are equal.</param>
/// <param name="Version">The row with the greatest value is the latest, of several the last; null for the last row.</param>
public sealed record LogicalLatest(LogicalPlan Input, IReadOnlyList<BoundExpression> Keys, BoundExpression? Version) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => Input.Output;
}

/// <summary>A call over a window and the column that holds its result.</summary>
public sealed record WindowAssignment(ColumnVariable Variable, BoundWindowCall Call);

/// <summary>The input's rows with a column more for each call; all calls share partition and order.</summary>
public sealed record LogicalWindow(LogicalPlan Input, IReadOnlyList<BoundExpression> PartitionBy, IReadOnlyList<BoundOrder> OrderBy, IReadOnlyList<WindowAssignment> Calls) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => [.. Input.Output, .. Calls.Select(c => c.Variable)];
}

/// <summary>Rows in order; with a limit only the first of them.</summary>
public sealed record LogicalSort(LogicalPlan Input, IReadOnlyList<BoundOrder> Keys) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => Input.Output;
}

/// <summary>Some of the rows by their number: those after <see cref="Offset"/>, at most <see cref="Limit"/>.</summary>
public sealed record LogicalLimit(LogicalPlan Input, long? Limit, long Offset) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => Input.Output;
}

/// <summary>What becomes of the rows of two inputs.</summary>
public enum LogicalJoinKind
{
    Inner,
    Left,
    Right,
    Full,

    /// <summary>Left rows with a match, once each; only left columns.</summary>
    Semi,

    /// <summary>Left rows without a match.</summary>
    Anti,

    /// <summary>All left rows, and a boolean: whether there is a match; null if there is none but the condition is unknown for some.</summary>
    Mark,

    /// <summary>All left rows with their match, or nulls; a second match is an error.</summary>
    Single,

    /// <summary>Left rows with the nearest match by the last condition, an inequality.</summary>
    AsOf,

    /// <summary>The same, and left rows without a match with nulls.</summary>
    AsOfLeft,
}

/// <summary>Pairs of rows for which a condition is true.</summary>
/// <param name="Kind">What becomes of rows without a match, and of columns.</param>
/// <param name="Left">Left rows.</param>
/// <param name="Right">Right rows.</param>
/// <param name="Condition">Over columns of both; null for all pairs.</param>
public sealed record LogicalJoin(LogicalJoinKind Kind, LogicalPlan Left, LogicalPlan Right, BoundExpression? Condition) : LogicalPlan
{
    /// <summary>The boolean of <see cref="LogicalJoinKind.Mark"/>.</summary>
    public ColumnVariable? Mark { get; init; }

    public override IReadOnlyList<ColumnVariable> Output => Kind switch
    {
        LogicalJoinKind.Semi or LogicalJoinKind.Anti => Left.Output,
        LogicalJoinKind.Mark => [.. Left.Output, Mark!],
        _ => [.. Left.Output, .. Right.Output],
    };

    public override IReadOnlyList<LogicalPlan> Inputs => [Left, Right];

    public override LogicalPlan WithInputs(IReadOnlyList<LogicalPlan> inputs) => this with { Left = inputs[0], Right = inputs[1] };
}

/// <summary>The rows of several inputs one after the other; column i of the result is column i of each, which have one type.</summary>
public sealed record LogicalUnion(IReadOnlyList<LogicalPlan> Parts, IReadOnlyList<ColumnVariable> Columns) : LogicalPlan
{
    public override IReadOnlyList<ColumnVariable> Output => Columns;

    public override IReadOnlyList<LogicalPlan> Inputs => Parts;

    public override LogicalPlan WithInputs(IReadOnlyList<LogicalPlan> inputs) => this with { Parts = inputs };
}

/// <summary><c>INTERSECT</c> and <c>EXCEPT</c>, where nulls are equal; with <see cref="All"/> rows count as often as they stand.</summary>
public sealed record LogicalSetOperation(SetOperator Operator, bool All, LogicalPlan Left, LogicalPlan Right, IReadOnlyList<ColumnVariable> Columns) : LogicalPlan
{
    public override IReadOnlyList<ColumnVariable> Output => Columns;

    public override IReadOnlyList<LogicalPlan> Inputs => [Left, Right];

    public override LogicalPlan WithInputs(IReadOnlyList<LogicalPlan> inputs) => this with { Left = inputs[0], Right = inputs[1] };
}

/// <summary>Each row of the input once for each element of its arrays, which are read side by side; nulls fill the shorter ones.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Arrays">Arrays, or maps, whose entries are structs of key and value.</param>
/// <param name="Elements">A column for each array.</param>
/// <param name="Ordinality">The number of the element, from 1.</param>
/// <param name="KeepsEmpty">Whether a row without elements stays, with nulls.</param>
public sealed record LogicalUnnest(LogicalPlan Input, IReadOnlyList<BoundExpression> Arrays, IReadOnlyList<ColumnVariable> Elements, ColumnVariable? Ordinality, bool KeepsEmpty) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => [.. Input.Output, .. Elements, .. Ordinality is null ? Array.Empty<ColumnVariable>() : [Ordinality]];
}

/// <summary><c>generate_series(from, to, step)</c>: for each row of the input the values from one to another.</summary>
public sealed record LogicalSeries(LogicalPlan Input, BoundExpression From, BoundExpression To, BoundExpression Step, ColumnVariable Value) : LogicalUnary(Input)
{
    /// <summary>Whether it goes back from a row to the one before it, as <c>GAP_FILL</c> does.</summary>
    public bool IsGap { get; init; }

    public override IReadOnlyList<ColumnVariable> Output => [.. Input.Output, Value];
}

/// <summary>Each row once for each window of event time that it falls in, with the window's bounds.</summary>
/// <param name="Input">The rows.</param>
/// <param name="Kind">Tumble, hop, cumulate or session.</param>
/// <param name="Time">The time of a row, a timestamp; rows without one are left out and counted.</param>
/// <param name="Size">Length of a window, longest of cumulating ones, gap of sessions.</param>
/// <param name="Advance">From one window to the next of hopping ones, step of cumulating ones.</param>
/// <param name="Key">Columns by which sessions are told apart.</param>
/// <param name="WindowStart">First instant of the window.</param>
/// <param name="WindowEnd">First instant behind it.</param>
public sealed record LogicalTimeWindow(
    LogicalPlan Input,
    TimeWindowKind Kind,
    BoundExpression Time,
    Interval Size,
    Interval? Advance,
    IReadOnlyList<BoundExpression> Key,
    ColumnVariable WindowStart,
    ColumnVariable WindowEnd) : LogicalUnary(Input)
{
    public override IReadOnlyList<ColumnVariable> Output => [.. Input.Output, WindowStart, WindowEnd];
}

/// <summary><c>WITH RECURSIVE</c>: the rows of <see cref="Base"/>, and those that <see cref="Step"/> makes of the rows of the round before, until there are none.</summary>
/// <param name="Base">Where it begins.</param>
/// <param name="Step">What is repeated; it reads <see cref="LogicalWorkTable"/>.</param>
/// <param name="Distinct">Whether rows that were seen are left out (<c>UNION</c>).</param>
/// <param name="Columns">The result.</param>
/// <param name="Work">Identity of the work table.</param>
public sealed record LogicalRecursion(LogicalPlan Base, LogicalPlan Step, bool Distinct, IReadOnlyList<ColumnVariable> Columns, object Work) : LogicalPlan
{
    public override IReadOnlyList<ColumnVariable> Output => Columns;

    public override IReadOnlyList<LogicalPlan> Inputs => [Base, Step];

    public override LogicalPlan WithInputs(IReadOnlyList<LogicalPlan> inputs) => this with { Base = inputs[0], Step = inputs[1] };
}

/// <summary>The rows of the last round of the recursion around it.</summary>
public sealed record LogicalWorkTable(object Work, IReadOnlyList<ColumnVariable> Columns) : LogicalLeaf
{
    public override IReadOnlyList<ColumnVariable> Output => Columns;
}
