using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>A plan whose rows are computed once and read in several places of the query.</summary>
/// <param name="number">Its number in the query, for people.</param>
/// <param name="plan">The plan.</param>
internal sealed class SharedPlan(int number, LogicalPlan plan)
{
    public int Number { get; set; } = number;

    public LogicalPlan Plan { get; set; } = plan;

    /// <summary>How many places read it.</summary>
    public int Uses { get; set; }

    /// <summary>The node that computes it, the same for all places; null until the first is planned.</summary>
    public Execution.SharedRowsNode? Node { get; set; }
}

/// <summary>One of the places that read a shared plan.</summary>
/// <param name="Shared">The plan.</param>
/// <param name="Columns">The columns as they are called here.</param>
/// <param name="Sources">For each the column of the shared plan.</param>
internal sealed record LogicalShared(SharedPlan Shared, IReadOnlyList<ColumnVariable> Columns, IReadOnlyList<ColumnVariable> Sources) : LogicalLeaf
{
    public override IReadOnlyList<ColumnVariable> Output => Columns;
}
