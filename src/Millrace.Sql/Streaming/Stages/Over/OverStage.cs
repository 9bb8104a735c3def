using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Calls over rows in the order of event time, with frames that look back: a row is given once, when no row before it can come
/// any more. Rows that come behind are late. Rows that no later frame reaches are dropped.
/// </summary>
/// <param name="schema">Columns of the result.</param>
/// <param name="input">Rows that stay.</param>
/// <param name="keys">Numbers of the columns of the partition.</param>
/// <param name="time">Number of the column of their time.</param>
/// <param name="plan">Makes the result of rows; its last columns are the number of the row and its place in the partition.</param>
/// <param name="reach">How far frames look back.</param>
/// <param name="lag">Microseconds by which the watermark has to be ahead of a time that is complete.</param>
/// <param name="details">As <c>EXPLAIN</c> shows it.</param>
internal sealed class OverStage(Schema schema, StagePlan input, IReadOnlyList<int> keys, int time, BatchPlan plan, OverReach reach, long lag, string details)
    : StagePlan(schema, isChanges: false, new StageInput(input, Exchange.By(keys)))
{
    public const string Rows = "rows";

    public override string Name => "Over";

    public override string Details => details;

    public override bool GrowsWithInput => reach.Rows is null;

    public override IReadOnlyList<StateTable> State { get; } = [KeyedRows.TableOf(Rows, input.Schema, keys, hasTags: true)];

    public override IReadOnlyList<Schema> LateRows => [Inputs[0].Stage.Schema];

    internal IReadOnlyList<int> Keys => keys;

    internal int Time => time;

    internal BatchPlan Plan => plan;

    internal OverReach Reach => reach;

    internal long Lag => lag;

    public override StageOperator Open(StageContext context) => new OverOperator(this, context);
}
