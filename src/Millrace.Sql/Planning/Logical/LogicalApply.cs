using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// A join whose right side may use columns of the left one: the right side is asked once for each row of the left. Binding
/// makes it of <c>LATERAL</c>, unnesting of subqueries; unnesting leaves none.
/// </summary>
/// <param name="Kind">Inner, Left, Semi, Anti, Mark or Single.</param>
/// <param name="Left">The rows that the right side is asked for.</param>
/// <param name="Right">What is asked.</param>
/// <param name="Condition">Over columns of both; null for all pairs.</param>
internal sealed record LogicalApply(LogicalJoinKind Kind, LogicalPlan Left, LogicalPlan Right, BoundExpression? Condition) : LogicalPlan
{
    /// <summary>The boolean of <see cref="LogicalJoinKind.Mark"/>.</summary>
    public ColumnVariable? Mark { get; init; }

    public override IReadOnlyList<ColumnVariable> Output => ToJoin().Output;

    public override IReadOnlyList<LogicalPlan> Inputs => [Left, Right];

    public override LogicalPlan WithInputs(IReadOnlyList<LogicalPlan> inputs) => this with { Left = inputs[0], Right = inputs[1] };

    /// <summary>The join, where the right side uses nothing of the left.</summary>
    public LogicalJoin ToJoin() => new(Kind, Left, Right, Condition) { Mark = Mark };
}
