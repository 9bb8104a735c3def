namespace Millrace.Columnar;

/// <summary>A comparison of a column with a constant, for pruning.</summary>
/// <param name="Column">Top-level column.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Value">
/// A column of one row that holds the constant, of the column's type; of several rows, none of them null, for
/// <see cref="PredicateOperator.In"/>; null for the null tests.
/// </param>
public sealed record ColumnPredicate(string Column, PredicateOperator Operator, Column? Value);

/// <summary>What a predicate asks of a value. Only the tests for null are true or false for a null.</summary>
public enum PredicateOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    IsNull,
    IsNotNull,

    /// <summary>Equal to one of several constants.</summary>
    In,
}
