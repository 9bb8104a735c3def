using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Calls over row buffers: the rows of a partition wait until their buffer is full, has expired, or no more rows come, and are
/// then given together.
/// </summary>
/// <param name="schema">Columns of the result.</param>
/// <param name="input">Rows that stay.</param>
/// <param name="keys">Numbers of the columns of the partition.</param>
/// <param name="time">Number of the column of their time, in whose order buffers are filled; null for the order in which rows come.</param>
/// <param name="plan">Makes the result of rows; its last columns are the number of the row, of its buffer, and the rows in that.</param>
/// <param name="most">Rows that fill a buffer.</param>
/// <param name="expiry">The time between two rows from which a buffer is expired; null for never.</param>
/// <param name="lag">Microseconds by which the watermark has to be ahead of a time that is complete.</param>
/// <param name="details">As <c>EXPLAIN</c> shows it.</param>
internal sealed class BufferStage(Schema schema, StagePlan input, IReadOnlyList<int> keys, int? time, BatchPlan plan, long most, Interval? expiry, long lag, string details)
    : StagePlan(schema, isChanges: false, new StageInput(input, Exchange.By(keys)))
{
    public const string Rows = "rows";

    /// <summary>The place of a row among all that came: it tells equal rows apart, which stand in an order.</summary>
    public static ColumnVariable Sequence { get; } = new("#sequence", DataType.Int64, nullable: false);

    public override string Name => "Buffers";

    public override string Details => details;

    public override IReadOnlyList<StateTable> State { get; } = [ClosedUpTo.Table, KeyedRows.TableOf(Rows, Stored(input.Schema), keys, hasTags: true)];

    public override IReadOnlyList<Schema> LateRows => time is null ? [] : [Inputs[0].Stage.Schema];

    /// <summary>Columns of the rows that are kept.</summary>
    internal static Schema Stored(Schema input) => new([.. input.Fields, Sequence.ToField()]);

    internal IReadOnlyList<int> Keys => keys;

    internal int? Time => time;

    internal BatchPlan Plan => plan;

    internal long Most => most;

    internal Interval? Expiry => expiry;

    internal long Lag => lag;

    public override StageOperator Open(StageContext context) => new BufferOperator(this, context);
}
