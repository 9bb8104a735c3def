namespace Millrace.Sql.Streaming;

/// <summary>
/// The latest row of each key: a row of a key that is known takes the place of the one before, which is taken back. Rows come
/// from one lane, in their order.
/// </summary>
/// <param name="input">The rows, which are only added.</param>
/// <param name="keys">Numbers of the key columns.</param>
/// <param name="version">Number of the column whose greatest value makes a row the latest; null for the order of rows.</param>
/// <param name="details">As <c>EXPLAIN</c> shows it.</param>
internal sealed class LatestStage(StagePlan input, IReadOnlyList<int> keys, int? version, string details)
    : StagePlan(input.Schema, isChanges: true, new StageInput(input, Exchange.By(keys)))
{
    public const string Rows = "rows";

    public override string Name => "Latest";

    public override string Details => details;

    public override bool GrowsWithInput => true;

    public override IReadOnlyList<StateTable> State { get; } = [KeyedRows.TableOf(Rows, input.Schema, keys, hasTags: false)];

    internal IReadOnlyList<int> Keys => keys;

    internal int? Version => version;

    public override StageOperator Open(StageContext context) => new LatestOperator(this, context);
}
