using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// A plan that gives the rows of a dependent plan for many outer rows at once: for each outer column it has a column that
/// tells for which value of it the row is.
/// </summary>
/// <param name="Plan">The plan.</param>
/// <param name="Columns">For each outer column its column in the plan.</param>
/// <param name="Certain">Whether those are never null, as where the plan compares them for equality.</param>
internal sealed record Dependent(LogicalPlan Plan, IReadOnlyDictionary<ColumnVariable, ColumnVariable> Columns, bool Certain)
{
    public ColumnVariable this[ColumnVariable outer] => Columns[outer];

    public IEnumerable<ColumnVariable> Keys => Columns.Values;

    /// <summary>What stands in expressions for the outer columns.</summary>
    public IReadOnlyDictionary<ColumnVariable, BoundExpression> Replacements => Columns.ToDictionary(c => c.Key, c => (BoundExpression)new BoundColumn(c.Value));

    public Dependent With(LogicalPlan plan) => this with { Plan = plan };

    /// <summary>Whether the rows of an outer row's column are those of a dependent plan's; nulls are equal.</summary>
    public BoundExpression Same(ColumnVariable outer, LogicalJoinKind kind) => Same(outer, this[outer], kind, Certain);

    /// <summary>
    /// Equality of two columns where null is a value. Plain equality does where one is never null, which joins do faster; a
    /// mark join would take its null for an unknown comparison.
    /// </summary>
    public static BoundExpression Same(ColumnVariable left, ColumnVariable right, LogicalJoinKind kind, bool certain)
    {
        bool plain = kind == LogicalJoinKind.Mark ? !left.Nullable && !right.Nullable : certain || !left.Nullable || !right.Nullable;
        return new BoundComparison(plain ? CompareOperator.Equal : CompareOperator.NotDistinctFrom, new BoundColumn(left), new BoundColumn(right));
    }
}
