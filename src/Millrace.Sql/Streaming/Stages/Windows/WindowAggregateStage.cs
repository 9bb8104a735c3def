namespace Millrace.Sql.Streaming;

/// <summary>Groups of windows of event time. When the watermark passes the end of a window, its groups are final and gone.</summary>
internal sealed class WindowAggregateStage : StagePlan
{
    /// <summary>Name of the table of groups, or of rows.</summary>
    public const string StateName = "windows";

    private readonly WindowPlan _plan;

    /// <param name="input">The rows.</param>
    /// <param name="keys">Numbers of the columns with the keys that are no bounds, in their order.</param>
    /// <param name="plan">What is done.</param>
    /// <param name="details">As <c>EXPLAIN</c> shows it.</param>
    public WindowAggregateStage(StagePlan input, IReadOnlyList<int> keys, WindowPlan plan, string details)
        : base(plan.Schema, plan.Emission != WindowEmission.Once, new StageInput(input, Exchange.By(keys)))
    {
        _plan = plan;
        Details = details;
        int[] own = [.. Enumerable.Range(1, plan.Aggregates.Keys)];
        State =
        [
            ClosedUpTo.Table,
            plan.KeepsRows ? new StateTable(StateName, RowSlice.StateSchema(plan), own, []) : new StateTable(StateName, GroupSlice.StateSchema(plan), own, [0, .. own]),
        ];
    }

    public override string Name => "WindowAggregate";

    public override string Details { get; }

    public override IReadOnlyList<StateTable> State { get; }

    public override string Signature => $"{Name} {Details} {(_plan.KeepsRows ? "rows" : _plan.Layout.HasPanes ? "panes" : "windows")}";

    public override StageOperator Open(StageContext context) => new WindowAggregateOperator(this, _plan, context);
}
