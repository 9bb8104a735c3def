using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Tables with a primary key.</content>
internal sealed partial class StagePlanner
{
    // Which row is the latest is a matter of the order in which rows come, so they stay in one lane until they are dealt by key.
    private LatestStage PlanLatest(LogicalLatest latest)
    {
        var chain = new List<LogicalPlan>();
        LogicalPlan under = latest.Input;
        for (; IsByRow(under); under = under.Inputs[0])
        {
            chain.Add(under);
        }

        StagePlan input = under is LogicalScan scan ? PlanScan(scan, InputDealing.OneLane) : Plan(under);
        input = chain.Count == 0 ? input : Rows(input, under, chain);
        List<ColumnVariable> columns = [.. latest.Input.Output];
        return new LatestStage(input, [.. latest.Keys.Select(NumberOf)], latest.Version is null ? null : NumberOf(latest.Version), LogicalPrinter.Describe(latest));

        int NumberOf(BoundExpression expression) => columns.IndexOf(((BoundColumn)expression).Column);
    }
}
