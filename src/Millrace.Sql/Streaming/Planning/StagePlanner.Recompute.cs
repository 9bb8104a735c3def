using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Plans that are computed anew.</content>
internal sealed partial class StagePlanner
{
    private RecomputeStage PlanRecompute(LogicalPlan plan)
        => new(
            PhysicalPlanner.SchemaOf(plan),
            [.. plan.Inputs.Select(Plan)],
            new BatchPlan([.. plan.Inputs.Select(i => i.Output)], plan.WithInputs),
            LogicalPrinter.Describe(plan));
}
