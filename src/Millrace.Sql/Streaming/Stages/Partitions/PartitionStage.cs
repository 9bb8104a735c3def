using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A plan whose result for the rows of a key depends on no others, such as a call over a partition: it is computed anew for
/// the keys that got or lost rows, and what differs is given.
/// </summary>
/// <param name="schema">Columns of the result.</param>
/// <param name="input">The rows that are kept.</param>
/// <param name="keys">Numbers of the key columns; without any, all rows have one key.</param>
/// <param name="plan">Makes the result of rows.</param>
/// <param name="details">As <c>EXPLAIN</c> shows it.</param>
internal sealed class PartitionStage(Schema schema, StagePlan input, IReadOnlyList<int> keys, BatchPlan plan, string details)
    : StagePlan(schema, isChanges: true, new StageInput(input, Exchange.By(keys)))
{
    public const string Rows = "rows";

    public override string Name => "Partition";

    public override string Details => details;

    public override bool GrowsWithInput => !IsPruned;

    public override IReadOnlyList<StateTable> State { get; } = [StateMark.Table, KeyedRows.TableOf(Rows, input.Schema, keys, hasTags: false)];

    /// <summary>
    /// Whether rows that are not in the result never will be, so that they are dropped. The last column of the plan's result,
    /// behind those of <see cref="StagePlan.Schema"/>, then is the number of the input row.
    /// </summary>
    public bool IsPruned { get; init; }

    /// <summary>Whether there is a result without rows too: without keys only.</summary>
    public bool IsNeverEmpty { get; init; }

    internal IReadOnlyList<int> Keys => keys;

    internal BatchPlan Plan => plan;

    public override StageOperator Open(StageContext context) => new PartitionOperator(this, context);
}
