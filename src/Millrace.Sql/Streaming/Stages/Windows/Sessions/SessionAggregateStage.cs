using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Groups that are sessions. Sessions grow and join as rows come; when the watermark passes the end of one it is final and gone.</summary>
internal sealed class SessionAggregateStage : StagePlan
{
    /// <summary>Name of the table of sessions.</summary>
    public const string StateName = "sessions";

    private readonly SessionPlan _plan;

    /// <param name="input">The rows.</param>
    /// <param name="keys">Numbers of the columns with the keys of sessions.</param>
    /// <param name="plan">What is done.</param>
    /// <param name="details">As <c>EXPLAIN</c> shows it.</param>
    public SessionAggregateStage(StagePlan input, IReadOnlyList<int> keys, SessionPlan plan, string details)
        : base(plan.Windows.Schema, plan.Windows.Emission != WindowEmission.Once, new StageInput(input, Exchange.By(keys)))
    {
        _plan = plan;
        Details = details;
        int[] own = [.. Enumerable.Range(2, plan.Windows.Aggregates.Keys)];
        State = [ClosedUpTo.Table, new StateTable(StateName, plan.StateSchema, own, [0, .. own])];
    }

    public override string Name => "SessionAggregate";

    public override string Details { get; }

    public override IReadOnlyList<StateTable> State { get; }

    public override IReadOnlyList<Schema> LateRows => [Inputs[0].Stage.Schema];

    public override StageOperator Open(StageContext context) => new SessionAggregateOperator(_plan, context);
}
