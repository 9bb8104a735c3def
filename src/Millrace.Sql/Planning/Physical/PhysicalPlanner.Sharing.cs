using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <content>What is computed once and read in several places.</content>
public static partial class PhysicalPlanner
{
    /// <summary>The nodes that do a whole query; parts of it, and of its expressions, that are equal are computed once.</summary>
    public static PhysicalNode PlanQuery(LogicalPlan plan) => Plan(ShareExpressions.Apply(SharePlans.Apply(plan)));

    private static SharedReadNode PlanShared(LogicalShared place)
    {
        SharedPlan shared = place.Shared;
        shared.Node ??= new SharedRowsNode(Plan(ShareExpressions.Apply(shared.Plan)), shared.Number, shared.Uses);
        Layout layout = LayoutOf(shared.Plan);
        return new SharedReadNode(SchemaOf(place), shared.Node, [.. place.Sources.Select(s => layout[s])]) { Rows = shared.Node.Inputs[0].Rows };
    }
}
