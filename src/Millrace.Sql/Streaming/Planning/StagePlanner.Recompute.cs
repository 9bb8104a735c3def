using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Plans that are computed anew.</content>
internal sealed partial class StagePlanner
{
    private RecomputeStage PlanRecompute(LogicalPlan plan)
        => plan is LogicalRecursion ? PlanRecompute(plan, ScansOf(plan)) : PlanRecompute(plan, plan.Inputs);

    // The parts are taken out of the plan; what is above them is what is computed.
    private RecomputeStage PlanRecompute(LogicalPlan plan, IReadOnlyList<LogicalPlan> parts)
        => new(
            PhysicalPlanner.SchemaOf(plan),
            [.. parts.Select(Plan)],
            new BatchPlan([.. parts.Select(i => i.Output)], inputs => Replaced(plan, parts, inputs)),
            LogicalPrinter.Describe(plan));

    private static LogicalPlan Replaced(LogicalPlan plan, IReadOnlyList<LogicalPlan> parts, IReadOnlyList<LogicalPlan> inputs)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (ReferenceEquals(parts[i], plan))
            {
                return inputs[i];
            }
        }

        return PlanTree.WithInputs(plan, input => Replaced(input, parts, inputs));
    }

    // The steps of a recursion belong together, with the rows that they hand each other: it is taken whole, down to the tables.
    private static List<LogicalPlan> ScansOf(LogicalPlan plan)
        => plan is LogicalScan or LogicalLatest ? [plan] : [.. plan.Inputs.SelectMany(ScansOf).Distinct<LogicalPlan>(ReferenceEqualityComparer.Instance)];
}
