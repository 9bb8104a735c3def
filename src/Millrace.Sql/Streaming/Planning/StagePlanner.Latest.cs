using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Tables with a primary key.</content>
internal sealed partial class StagePlanner
{
    // Which row is the latest is a matter of the order in which rows come, so they stay in one lane until they are dealt by key.
    private LatestStage PlanLatest(LogicalLatest latest)
    {
        StagePlan input = PlanInOrder(latest.Input);
        List<ColumnVariable> columns = [.. latest.Input.Output];
        return new LatestStage(input, [.. latest.Keys.Select(NumberOf)], latest.Version is null ? null : NumberOf(latest.Version), LogicalPrinter.Describe(latest));

        int NumberOf(BoundExpression expression) => columns.IndexOf(((BoundColumn)expression).Column);
    }

    /// <summary>The stage of a plan whose rows keep the order in which they come, where a table is all that is below.</summary>
    private StagePlan PlanInOrder(LogicalPlan plan)
    {
        var chain = new List<LogicalPlan>();
        LogicalPlan under = plan;
        for (; IsByRow(under); under = under.Inputs[0])
        {
            chain.Add(under);
        }

        StagePlan input = under is LogicalScan scan ? PlanScan(scan, inOrder: true) : Plan(under);
        return chain.Count == 0 ? input : Rows(input, under, chain);
    }
}
