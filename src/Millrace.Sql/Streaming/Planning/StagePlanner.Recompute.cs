using Millrace.Sql.Catalog;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Plans that are computed anew.</content>
internal sealed partial class StagePlanner
{
    private RecomputeStage PlanRecompute(LogicalPlan plan)
        => new(
            PhysicalPlanner.SchemaOf(plan),
            [.. plan.Inputs.Select(Plan)],
            tables => PhysicalPlanner.Plan(plan.WithInputs([.. plan.Inputs.Select((input, i) => Over(input, tables[i]))])),
            LogicalPrinter.Describe(plan));

    // A table with the columns of a plan in its place.
    private static LogicalScan Over(LogicalPlan plan, ISqlTable table)
        => new(table, [.. plan.Output.Select((c, i) => new ScanColumn(c, RecomputeStage.ColumnOf(i)))]);
}
