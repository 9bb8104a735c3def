using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Groups of windows of event time. When the watermark passes the end of a window, its groups are final and gone. Groups that
/// are told apart by the window only would all be in one lane: a stage before makes the groups of the rows of each round in
/// every lane, and this one puts them together.
/// </summary>
internal sealed class WindowAggregateStage : StagePlan
{
    /// <summary>Name of the table of groups, or of rows.</summary>
    public const string StateName = "windows";

    private readonly WindowPlan _plan;

    /// <param name="input">The rows.</param>
    /// <param name="keys">Numbers of the columns with the keys that are no bounds, in their order.</param>
    /// <param name="plan">What is done.</param>
    /// <param name="details">As <c>EXPLAIN</c> shows it.</param>
    /// <param name="phase">Which part of it.</param>
    public WindowAggregateStage(StagePlan input, IReadOnlyList<int> keys, WindowPlan plan, string details, WindowPhase phase)
        : base(
            phase == WindowPhase.Partial ? plan.StateSchema : plan.Schema,
            plan.Emission != WindowEmission.Once,
            new StageInput(input, phase == WindowPhase.Partial ? Exchange.Keep : Exchange.By(keys)))
    {
        (_plan, Details, Phase) = (plan, details, phase);
        int[] own = [.. Enumerable.Range(1, plan.Aggregates.Keys)];
        State = phase == WindowPhase.Partial ? [ClosedUpTo.Table] :
        [
            ClosedUpTo.Table,
            plan.KeepsRows ? new StateTable(StateName, RowSlice.StateSchema(plan), own, []) : new StateTable(StateName, plan.StateSchema, own, [0, .. own]),
        ];
    }

    public override string Name => Phase == WindowPhase.Partial ? "WindowPartials" : "WindowAggregate";

    internal WindowPhase Phase { get; }

    public override string Details { get; }

    public override IReadOnlyList<StateTable> State { get; }

    public override string Signature => $"{Name} {Details} {(_plan.KeepsRows ? "rows" : _plan.Layout.HasPanes ? "panes" : "windows")}";

    /// <summary>Rows are late for the partial groups, if at all; those come when they are final.</summary>
    public override IReadOnlyList<Schema> LateRows => Phase == WindowPhase.Final ? [] : [Inputs[0].Stage.Schema];

    public override StageOperator Open(StageContext context) => new WindowAggregateOperator(this, _plan, context);
}
