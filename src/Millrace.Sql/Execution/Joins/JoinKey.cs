namespace Millrace.Sql.Execution;

/// <summary>Columns of one type that are equal in the rows that a join brings together.</summary>
/// <param name="Left">Number of the left column.</param>
/// <param name="Right">Number of the right column.</param>
/// <param name="NullsMatch">Whether null is equal to null (<c>IS NOT DISTINCT FROM</c>); otherwise it is equal to nothing.</param>
public readonly record struct JoinKey(int Left, int Right, bool NullsMatch = false);

/// <summary>What else has to be true for a pair of rows.</summary>
/// <param name="LeftColumns">The left columns that it needs.</param>
/// <param name="RightColumns">The right columns that it needs.</param>
/// <param name="Open">Makes an evaluator of a boolean for a lane; its batches have the left columns and then the right ones.</param>
public sealed record JoinCondition(IReadOnlyList<int> LeftColumns, IReadOnlyList<int> RightColumns, Func<EvaluationContext, Evaluator> Open)
{
    /// <summary>As <c>EXPLAIN</c> shows it.</summary>
    public string Text { get; init; } = "";
}
