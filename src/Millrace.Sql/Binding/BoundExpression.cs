using Millrace.Columnar;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>An expression whose names, types and overloads are decided: all casts are explicit. Immutable.</summary>
/// <param name="Type">Type of its value.</param>
public abstract record BoundExpression(DataType Type)
{
    /// <summary>Where it stands in the statement, for errors of rows; not part of its meaning.</summary>
    public TextSpan Span { get; init; }

    /// <summary>Whether it can be null.</summary>
    public virtual bool Nullable => true;

    /// <summary>The expressions it is made of, in order.</summary>
    public abstract IReadOnlyList<BoundExpression> Children { get; }

    /// <summary>The same expression of other parts, which have the types of the old ones.</summary>
    public abstract BoundExpression WithChildren(IReadOnlyList<BoundExpression> children);
}

/// <summary>An expression without parts.</summary>
public abstract record BoundLeaf(DataType Type) : BoundExpression(Type)
{
    public sealed override IReadOnlyList<BoundExpression> Children => [];

    public sealed override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this;
}

/// <summary>A constant of a type that is not nested; null of any type.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Value">
/// Null, or a value of the .NET type in which a column of the type holds it: bool, sbyte to ulong, float, double,
/// <see cref="Int128"/> (scaled) for decimals, int for dates, long for times and timestamps, <see cref="Interval"/>; text
/// and JSON are strings, bytes and UUIDs are byte arrays.
/// </param>
public sealed record BoundConstant(DataType Type, object? Value) : BoundLeaf(Type)
{
    public override bool Nullable => Value is null;
}

/// <summary>The value of a column in the row at hand.</summary>
public sealed record BoundColumn(ColumnVariable Column) : BoundLeaf(Column.Type)
{
    public override bool Nullable => Column.Nullable;
}

/// <summary>A call of a function of single values; the arguments have the types that the overload takes.</summary>
/// <param name="Function">The function, for printing.</param>
/// <param name="Overload">Which of its overloads.</param>
/// <param name="Arguments">One for each parameter.</param>
/// <param name="Type">Type of the result, as the overload derives it from the arguments.</param>
public sealed record BoundCall(ScalarFunction Function, ScalarOverload Overload, IReadOnlyList<BoundExpression> Arguments, DataType Type) : BoundExpression(Type)
{
    public override IReadOnlyList<BoundExpression> Children => Arguments;

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Arguments = children };
}

/// <summary>A conversion. <see cref="Try"/> gives null where a value does not fit; otherwise that is an error of the row.</summary>
public sealed record BoundCast(BoundExpression Operand, DataType Type, bool Try = false) : BoundExpression(Type)
{
    public override bool Nullable => Try || Operand.Nullable;

    public override IReadOnlyList<BoundExpression> Children => [Operand];

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Operand = children[0] };
}

/// <summary>
/// A value on its way into a column of a target: what is wrong with it names the column, and where the column does not take
/// null, or no text of that length, that is an error of the row.
/// </summary>
public sealed record BoundTargetValue(BoundExpression Operand, TargetColumn Column) : BoundExpression(Operand.Type)
{
    public override bool Nullable => !Column.Required && Operand.Nullable;

    public override IReadOnlyList<BoundExpression> Children => [Operand];

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Operand = children[0] };
}

/// <summary>Comparison of two values of one type.</summary>
public sealed record BoundComparison(CompareOperator Operator, BoundExpression Left, BoundExpression Right) : BoundExpression(DataType.Boolean)
{
    public override bool Nullable => Operator is not (CompareOperator.DistinctFrom or CompareOperator.NotDistinctFrom) && (Left.Nullable || Right.Nullable);

    public override IReadOnlyList<BoundExpression> Children => [Left, Right];

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Left = children[0], Right = children[1] };
}

/// <summary>
/// <c>AND</c> or <c>OR</c> of two or more conditions. A row that an earlier one has decided never makes an error in a later one.
/// </summary>
public sealed record BoundLogic(bool And, IReadOnlyList<BoundExpression> Operands) : BoundExpression(DataType.Boolean)
{
    public override bool Nullable => Operands.Any(o => o.Nullable);

    public override IReadOnlyList<BoundExpression> Children => Operands;

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Operands = children };
}

public sealed record BoundNot(BoundExpression Operand) : BoundExpression(DataType.Boolean)
{
    public override bool Nullable => Operand.Nullable;

    public override IReadOnlyList<BoundExpression> Children => [Operand];

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Operand = children[0] };
}

/// <summary><c>IS [NOT] NULL</c>. The other tests of <c>IS</c> are comparisons of distinctness.</summary>
public sealed record BoundIsNull(BoundExpression Operand, bool Negated) : BoundExpression(DataType.Boolean)
{
    public override bool Nullable => false;

    public override IReadOnlyList<BoundExpression> Children => [Operand];

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Operand = children[0] };
}

/// <summary><c>IN</c> with constants of the operand's type. Lists with other members are comparisons joined by OR.</summary>
public sealed record BoundIn(BoundExpression Operand, IReadOnlyList<BoundConstant> Values) : BoundExpression(DataType.Boolean)
{
    public override IReadOnlyList<BoundExpression> Children => [Operand];

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Operand = children[0] };
}

/// <summary>
/// <c>CASE</c> with conditions; the values have one type. A branch makes errors only in the rows it is taken in. Also
/// <c>COALESCE</c>, <c>NULLIF</c> and <c>IF</c>, which are written as cases.
/// </summary>
/// <param name="Conditions">Of the branches, in order.</param>
/// <param name="Values">Of the branches.</param>
/// <param name="Else">Where no condition is true.</param>
public sealed record BoundCase(IReadOnlyList<BoundExpression> Conditions, IReadOnlyList<BoundExpression> Values, BoundExpression Else) : BoundExpression(Else.Type)
{
    public override IReadOnlyList<BoundExpression> Children => [.. Conditions, .. Values, Else];

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children)
        => new BoundCase([.. children.Take(Conditions.Count)], [.. children.Skip(Conditions.Count).Take(Values.Count)], children[^1]) { Span = Span };
}

/// <summary>The first value that is not null; the operands have one type.</summary>
public sealed record BoundCoalesce(IReadOnlyList<BoundExpression> Operands) : BoundExpression(Operands[0].Type)
{
    public override bool Nullable => Operands.All(o => o.Nullable);

    public override IReadOnlyList<BoundExpression> Children => Operands;

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Operands = children };
}

/// <summary>A field of a struct, by its number.</summary>
public sealed record BoundField(BoundExpression Operand, int Index) : BoundExpression(Operand.Type.Children[Index].Type)
{
    public override IReadOnlyList<BoundExpression> Children => [Operand];

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Operand = children[0] };
}

/// <summary>What a query that stands in an expression is asked for.</summary>
public enum SubqueryKind
{
    /// <summary>Its one value; null without a row, an error with more than one.</summary>
    Scalar,

    /// <summary>Whether it has a row.</summary>
    Exists,

    /// <summary>Whether the comparison is true for some row; null if for none, but unknown for some.</summary>
    Any,

    /// <summary>Whether the comparison is true for all rows.</summary>
    All,
}

/// <summary>
/// A query inside an expression. It stands only in the plan that binding makes: unnesting turns it into a join, so no
/// expression that runs has one.
/// </summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Query">The plan; it may use columns of the plans around it.</param>
/// <param name="Outer">Columns of the plans around it that it uses.</param>
/// <param name="Type">Type of the value.</param>
public sealed record BoundSubquery(SubqueryKind Kind, LogicalPlan Query, IReadOnlyList<ColumnVariable> Outer, DataType Type) : BoundExpression(Type)
{
    /// <summary>Left side of a comparison with the query's rows; the query's first columns are the right side.</summary>
    public IReadOnlyList<BoundExpression> Left { get; init; } = [];

    public CompareOperator Operator { get; init; }

    public override IReadOnlyList<BoundExpression> Children => Left;

    public override BoundExpression WithChildren(IReadOnlyList<BoundExpression> children) => this with { Left = children };
}

/// <summary>A call of an aggregate function. It stands in <see cref="LogicalAggregate"/> and in window calls.</summary>
public sealed record BoundAggregate(AggregateFunction Function, AggregateOverload Overload, IReadOnlyList<BoundExpression> Arguments, DataType Type)
{
    public bool Distinct { get; init; }

    /// <summary>Only rows for which this is true count.</summary>
    public BoundExpression? Filter { get; init; }

    /// <summary>The order in which rows are given to the function, for those that care; also <c>WITHIN GROUP</c>.</summary>
    public IReadOnlyList<BoundOrder> OrderBy { get; init; } = [];

    public TextSpan Span { get; init; }
}

/// <summary>Something to sort by; the order of nulls is decided.</summary>
public sealed record BoundOrder(BoundExpression Expression, bool Descending, bool NullsFirst);
