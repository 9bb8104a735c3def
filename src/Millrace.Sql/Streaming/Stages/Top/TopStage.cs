using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// The first rows of each key by an order, such as the highest ten or the latest one, with or without their numbers. Of rows
/// that are only added, those beyond the bound are dropped.
/// </summary>
/// <param name="schema">The first columns of the input; behind them the number of the row, if it is wanted.</param>
/// <param name="input">The rows.</param>
/// <param name="keys">Numbers of the key columns; without any, all rows have one key.</param>
/// <param name="order">What they are sorted by; of equal ones the first to come is first.</param>
/// <param name="after">How many rows of a key are left out.</param>
/// <param name="upTo">How many of a key are looked at.</param>
/// <param name="details">As <c>EXPLAIN</c> shows it.</param>
internal sealed class TopStage(Schema schema, StagePlan input, IReadOnlyList<int> keys, IReadOnlyList<OrderColumn> order, int after, int upTo, string details)
    : StagePlan(schema, isChanges: true, new StageInput(input, Exchange.By(keys)))
{
    public const string Rows = "rows";

    public override string Name => "Top";

    public override string Details => details;

    public override bool GrowsWithInput => Inputs[0].Stage.IsChanges;

    public override IReadOnlyList<StateTable> State { get; } = [KeyedRows.TableOf(Rows, input.Schema, keys, hasTags: false)];

    /// <summary>Whether the number of the row is wanted, from 1.</summary>
    public required bool HasNumbers { get; init; }

    internal IReadOnlyList<int> Keys => keys;

    internal IReadOnlyList<OrderColumn> Order => order;

    internal int After => after;

    internal int UpTo => upTo;

    public override StageOperator Open(StageContext context) => new TopOperator(this, context);
}
