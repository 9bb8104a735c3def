using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The inequality of a nearest match: <c>left operator right</c>.</summary>
/// <param name="Left">Number of the left column.</param>
/// <param name="Right">Number of the right column.</param>
/// <param name="Operator">With greater ones the match is the last right row before, with less ones the first behind.</param>
public readonly record struct AsOfColumns(int Left, int Right, CompareOperator Operator)
{
    /// <summary>Whether the match lies before the left row.</summary>
    internal bool LooksBack => Operator is CompareOperator.Greater or CompareOperator.GreaterOrEqual;

    /// <summary>Whether an equal right row matches.</summary>
    internal bool TakesEqual => Operator is CompareOperator.GreaterOrEqual or CompareOperator.LessOrEqual;
}
