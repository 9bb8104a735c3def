using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Rows with the bounds of their sessions, given when the watermark passes the end of these.</summary>
internal sealed class SessionRowsStage : StagePlan
{
    /// <summary>Name of the table of rows.</summary>
    public const string StateName = "rows";

    /// <param name="schema">The first columns of the input, start and end.</param>
    /// <param name="input">The rows.</param>
    /// <param name="keys">Numbers of the columns with the keys of sessions.</param>
    /// <param name="time">Number of the column with the time.</param>
    /// <param name="times">When sessions end.</param>
    /// <param name="details">As <c>EXPLAIN</c> shows it.</param>
    public SessionRowsStage(Schema schema, StagePlan input, IReadOnlyList<int> keys, int time, SessionTimes times, string details)
        : base(schema, isChanges: false, new StageInput(input, Exchange.By(keys)))
    {
        (Keys, Time, Times, Details) = (keys, time, times, details);
        State = [ClosedUpTo.Table, new StateTable(StateName, Weights.Append(input.Schema), keys, [])];
    }

    public override string Name => "SessionRows";

    public override string Details { get; }

    public IReadOnlyList<int> Keys { get; }

    public int Time { get; }

    public SessionTimes Times { get; }

    public override IReadOnlyList<StateTable> State { get; }

    public override IReadOnlyList<Schema> LateRows => [Inputs[0].Stage.Schema];

    public override StageOperator Open(StageContext context) => new SessionRowsOperator(this, context);
}
